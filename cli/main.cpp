// The command minimand.
#include <cstring>

#include "cli/application.h"
#include "cli/failure.h"
#include "cli/process.h"

namespace minimand::cli {
namespace {

ErrorFormat wanted_errors(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--errors=json") == 0) return ErrorFormat::json;
    if (std::strcmp(argv[i], "--errors") == 0 && i + 1 < argc && std::strcmp(argv[i + 1], "json") == 0) {
      return ErrorFormat::json;
    }
  }
  return ErrorFormat::text;
}

}  // namespace
}  // namespace minimand::cli

int main(int argc, char** argv) {
  using namespace minimand::cli;
  prepare_process();
  const ErrorFormat errors = wanted_errors(argc, argv);
  try {
    Application application;
    const int status = application.parse(argc, argv)();
    finish_output();
    return status;
  } catch (...) {
    return report_current(errors);
  }
}
