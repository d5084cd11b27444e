// Files of options: none crashes the reader; of what it accepts, the options it prints give themselves again, and whether
// they combine is told in one line.
#include <memory>
#include <minimand/catalogue.hpp>
#include <string>

#include "cli/config.h"
#include "cli/fit_options.h"
#include "one_line.h"

using namespace minimand;

namespace {

struct Fit {
  void clear() { app.clear(), *request = {}; }
  cli::Arguments app{"fit", ""};
  std::shared_ptr<cli::FitRequest> request = std::make_shared<cli::FitRequest>();
  cli::ConfigOption config{(cli::add_fit_options(app, request), app)};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  find_loss("");  // the catalogue is built once, on nobody's account; so are the options
  static Fit fit, again;
  const fuzz::Guard guard(size);
  fit.clear(), again.clear();
  try {
    fit.config.apply(input, "input");
  } catch (const error& e) {
    MINIMAND_REQUIRE(e.code() == error_code::CFG004);
    fuzz::require_one_line(e);
    return 0;
  }
  const std::string printed = fit.config.text();
  again.config.apply(printed, "printed");
  MINIMAND_REQUIRE(again.config.text() == printed);
  try {
    cli::fit_options(*fit.request);
  } catch (const error& e) {
    MINIMAND_REQUIRE(exit_status(e.code()) == 2);
    fuzz::require_one_line(e);
  }
  return 0;
}
