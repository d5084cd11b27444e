// minimand list: the losses there are.
#include "api/about.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/samples.h"
#include "cli/text.h"
#include "io/json.h"

namespace minimand::cli {
namespace {

struct Options { std::string family; };

std::vector<std::string> families() {
  std::vector<std::string> out;
  for (int f = 0; f <= static_cast<int>(facts::Family::divergence); ++f) out.push_back(word(static_cast<facts::Family>(f)));
  return out;
}

io::Json parameters_json(const LossEntry& entry) {
  io::Json out = io::Json::array();
  for (const facts::Param& p : parameters_of(entry)) {
    out.push_back({{"name", p.name}, {"default", parameter_text(p, p.value)}, {"range", p.range.text}, {"meaning", p.meaning}});
  }
  return out;
}

std::vector<std::string> derivatives(const LossEntry& entry) {
  bool zero = false;
  curvatures_of(loss(loss_name(entry)), zero);
  return zero ? std::vector<std::string>{"gradient"} : std::vector<std::string>{"gradient", "curvature"};
}

int run(const Options& options, Format format) {
  io::Json rows = io::Json::array();
  Table table({{"name", Table::Side::left}, {"what it does", Table::Side::left}, {"parameters", Table::Side::left},
               {"derivatives", Table::Side::left}});
  for (const LossEntry* entry : catalogue()) {
    const char* const family = word(facts_of(*entry).family);
    if (!options.family.empty() && family != options.family) continue;
    const std::string name(loss_name(*entry));
    const std::vector<std::string> has = derivatives(*entry);
    rows.push_back({{"name", name}, {"family", family}, {"summary", facts_of(*entry).summary},
                    {"parameters", parameters_json(*entry)}, {"derivatives", has}});
    std::string parameters;
    for (const facts::Param& p : parameters_of(*entry)) {
      parameters += (parameters.empty() ? "" : " ") + std::string(p.name) + '=' + parameter_text(p, p.value);
    }
    table.add({name, facts_of(*entry).summary, parameters, has.size() == 1 ? "gradient" : "gradient, curvature"});
  }
  if (format == Format::json) {
    print(rows.rows());
  } else {
    const std::string count = std::to_string(rows.size()) + (rows.size() == 1 ? " loss" : " losses");
    print((rows.size() == 0 ? "" : table.text()) + count + "; minimand explain NAME shows one\n");
  }
  return 0;
}

}  // namespace

Command list_command(Arguments& parent) {
  Arguments app = parent.subcommand("list", "Lists the losses.");
  app.examples("minimand list\nminimand list --family regression\nminimand list --format json");
  auto options = std::make_shared<Options>();
  app.option("--family", options->family, "only one family: " + alternatives(families()))
      .value("F").check(word_of(families()));
  const FormatOption format(app);
  return {app, [=] { return run(*options, format.value()); }};
}

}  // namespace minimand::cli
