// minimand check: derivatives against differences, domains and kinks against what a loss says of itself.
#include <algorithm>
#include <cmath>

#include "api/about.h"
#include "cli/checks.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/text.h"
#include "io/json.h"

namespace minimand::cli {
namespace {

struct Options {
  std::vector<std::string> losses;
  bool all = false;
};

int run(const Options& o, Format format) {
  std::vector<Loss> chosen;
  if (o.all) {
    for (const LossEntry* entry : catalogue()) chosen.push_back(loss(loss_name(*entry)));
  } else {
    for (const std::string& text : o.losses) {
      for (Loss& l : losses(text)) chosen.push_back(std::move(l));
    }
  }
  std::vector<Check> checks;
  for (const Loss& l : chosen) {
    for (Check& c : check_loss(l)) checks.push_back(std::move(c));
  }
  const auto failed = std::count_if(checks.begin(), checks.end(), [](const Check& c) { return !c.passed; });
  if (format == Format::json) {
    io::Json rows = io::Json::array();
    for (const Check& c : checks) {
      rows.push_back({{"loss", c.loss}, {"check", c.what}, {"passed", c.passed}, {"points", c.points}, {"skipped", c.skipped},
                      {"worst", c.worst}, {"limit", c.limit}, {"note", c.note}, {"target", target()}});
    }
    print(rows.rows());
  } else {
    using Side = Table::Side;
    Table table({{"loss", Side::left}, {"check", Side::left}, {"points", Side::right}, {"skipped", Side::right},
                 {"worst", Side::right}, {"limit", Side::right}, {"result", Side::left}, {"", Side::left}});
    for (const Check& c : checks) {
      const bool measured = c.limit > 0;
      char worst[32], limit[32];
      std::snprintf(worst, sizeof worst, "%.1e", c.worst);
      std::snprintf(limit, sizeof limit, "%.0e", c.limit);
      table.add({c.loss, c.what, std::to_string(c.points), c.skipped > 0 ? std::to_string(c.skipped) : "",
                 measured ? worst : "", measured ? limit : "", c.passed ? "pass" : "FAIL", c.note});
    }
    print(table.text() + std::to_string(checks.size()) + " checks, " + std::to_string(failed) + " failed, target " + target() + '\n');
  }
  return failed > 0 ? 1 : 0;
}

}  // namespace

Command check_command(Arguments& parent) {
  Arguments app = parent.subcommand("check", "Checks derivatives against differences, domains and kinks.");
  app.examples("minimand check huber:delta=1.5\nminimand check --all\nminimand check --all --format json");
  auto o = std::make_shared<Options>();
  app.option("losses", o->losses, "the losses");
  app.flag("--all", o->all, "every loss of the catalogue, with its default parameters");
  const FormatOption format(app);
  return {app, [=] {
    if (!o->all) app.need("losses");
    if (o->all && !o->losses.empty()) throw error(error_code::PAR005, "--all takes no names of losses");
    return run(*o, format.value());
  }};
}

}  // namespace minimand::cli
