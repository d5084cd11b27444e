// Reads and prints the options of a subcommand as TOML.
#include "cli/config.h"

#include <algorithm>

#include "cli/text.h"
#include "cli/toml.h"
#include "cli/words.h"
#include "io/source.h"

namespace minimand::cli {
namespace {

constexpr std::size_t most_bytes = 1 << 20;

// Options that a file may set: all with a long name but those of this file itself.
std::vector<Option> settable(const Arguments& app) {
  std::vector<Option> out;
  for (const Option& o : app.options()) {
    const std::string name = o.name();
    if (name != "help" && name != "config" && name != "print-config") out.push_back(o);
  }
  return out;
}

}  // namespace

ConfigOption::ConfigOption(Arguments app) : app_(app) {
  app.option("--config", *path_, "options as in a file of lines name = value; those on the command line come first")
      .value("FILE.toml");
  app.flag("--print-config", *print_, "prints the options as such a file and does nothing else");
}

void ConfigOption::apply() const {
  if (path_->empty()) return;
  const std::unique_ptr<io::Source> source = io::open_source(*path_);
  const std::string_view text = source->peek(most_bytes + 1);
  if (text.size() > most_bytes) throw error(error_code::CFG004, source->name() + ": is no file of options: it is larger than 1 MiB");
  apply(text, source->name());
}

void ConfigOption::apply(std::string_view text, const std::string& file) const {
  std::vector<Option> options = settable(app_);
  std::vector<std::string> names;
  for (const Option& o : options) names.push_back(o.name());
  for (const TomlEntry& entry : parse_toml(text, file)) {
    const auto fail = [&](const std::string& why) {
      throw error(error_code::CFG004, file + ':' + std::to_string(entry.line) + ": " + why);
    };
    if (!entry.table.empty() && entry.table != app_.name())
      fail("table " + in_quotes(entry.table) + " is not " + in_quotes(app_.name()));
    const auto found = std::find(names.begin(), names.end(), entry.name);
    if (found == names.end()) fail("unknown option " + in_quotes(entry.name) + did_you_mean(entry.name, names));
    Option& option = options[static_cast<std::size_t>(found - names.begin())];
    if (option.given()) continue;
    if (option.flag() && entry.value != "true" && entry.value != "false") fail(entry.name + " is true or false");
    if (!option.needs_value() && entry.value == "false") continue;
    try {
      option.set(entry.value);
    } catch (const error& e) {
      fail(e.what());
    }
  }
}

std::string ConfigOption::text() const {
  std::string out;
  for (const Option& o : settable(app_)) {
    if (!o.given()) continue;
    const std::string value = o.given_value();
    double number = 0;
    out += o.name() + " = ";
    if (o.flag()) out += "true";
    else out += parse_number(value, number) ? value : toml_string(value);
    out += '\n';
  }
  return out;
}

bool ConfigOption::printed() const {
  if (*print_) print(text());
  return *print_;
}

}  // namespace minimand::cli
