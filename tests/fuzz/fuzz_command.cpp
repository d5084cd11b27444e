// Arguments of the command, a line each: what they ask for is found or refused in one line, and nothing is run.
#include <string>
#include <vector>

#include "cli/application.h"
#include "one_line.h"

using namespace minimand;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::string> words = {"minimand"};
  if (size > 0) words.emplace_back();
  for (std::size_t i = 0; i < size; ++i) {
    if (data[i] == '\n' || data[i] == 0) words.emplace_back();
    else words.back() += static_cast<char>(data[i]);
  }
  std::vector<const char*> argv;
  for (const std::string& word : words) argv.push_back(word.c_str());
  argv.push_back(nullptr);
  static cli::Application application;  // made once: that takes longer than to read arguments
  const fuzz::Guard guard(size);
  try {
    MINIMAND_REQUIRE(application.parse(static_cast<int>(words.size()), argv.data()) != nullptr);
  } catch (const error& e) {
    MINIMAND_REQUIRE(e.code() == error_code::PAR005);
    fuzz::require_one_line(e);
  }
  return 0;
}
