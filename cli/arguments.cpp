// Calls of CLI11.
#include "cli/arguments.h"

#include <CLI/CLI.hpp>

#include "api/escape.h"

namespace minimand::cli {
namespace {

template <class F>
void unless_refused(F&& call) {
  try {
    call();
  } catch (const CLI::CallForHelp&) {
    throw;
  } catch (const CLI::ValidationError& e) {
    throw ArgumentError(error_code::PAR005, e.what());  // words of our own checks, safe to print
  } catch (const CLI::Error& e) {
    throw ArgumentError(error_code::PAR005, escaped(e.what()));
  }
}

}  // namespace

Option& Option::value(const std::string& text) {
  option_->option_text(text);
  return *this;
}
Option& Option::check(const ValueCheck& check) {
  option_->check(CLI::Validator([check](std::string& text) { return check(text); }, ""));
  return *this;
}
std::string Option::name() const { return option_->get_single_name(); }
std::string Option::names() const { return option_->get_name(positional(), !positional()); }
std::string Option::what() const { return option_->get_description(); }
std::string Option::value() const { return option_->get_option_text(); }
bool Option::positional() const { return option_->get_positional(); }
bool Option::flag() const { return option_->get_expected_max() == 0; }
bool Option::needs_value() const { return option_->get_expected_min() > 0; }
bool Option::given() const { return option_->count() > 0; }
std::string Option::given_value() const { return option_->results().back(); }

void Option::set(const std::string& text) {
  unless_refused([&] {
    option_->add_result(text);
    option_->run_callback();
  });
}

Arguments::Arguments(const std::string& name, const std::string& what) : app_(std::make_shared<CLI::App>(what, name)) {
  app_->allow_extras()->require_subcommand(0, 1)->set_help_flag("-h,--help", "this help");
}

Arguments Arguments::subcommand(const std::string& name, const std::string& what) {
  app_->add_subcommand(name, what);
  return Arguments(app_->get_subcommand_ptr(name));
}
void Arguments::share_parent_options() { app_->fallthrough(); }
void Arguments::examples(const std::string& lines) { app_->footer(lines); }

Option Arguments::option(const std::string& name, std::string& to, const std::string& what) {
  return Option(app_->add_option(name, to, what));
}
Option Arguments::option(const std::string& name, std::vector<std::string>& to, const std::string& what) {
  return Option(app_->add_option(name, to, what));
}
Option Arguments::option(const std::string& name, int& to, const std::string& what) {
  return Option(app_->add_option(name, to, what));
}
Option Arguments::option(const std::string& name, std::int64_t& to, const std::string& what) {
  return Option(app_->add_option(name, to, what));
}
Option Arguments::option(const std::string& name, double& to, const std::string& what) {
  return Option(app_->add_option(name, to, what));
}
Option Arguments::option(const std::string& name, std::optional<std::uint64_t>& to, const std::string& what) {
  return Option(app_->add_option(name, to, what));
}
Option Arguments::option(const std::string& name, std::function<void(const std::string&)> take, const std::string& what) {
  const auto callback = [take = std::move(take)](const CLI::results_t& words) {
    take(words.empty() || words.front() == "true" ? "" : words.front());  // "true": what CLI11 gives for none
    return true;
  };
  return Option(app_->add_option(name, callback, what)->expected(0, 1));
}
Option Arguments::flag(const std::string& name, bool& to, const std::string& what) {
  return Option(app_->add_flag(name, to, what));
}

bool Arguments::parse(int argc, const char* const* argv) {
  try {
    unless_refused([&] { app_->parse(argc, argv); });
    return true;
  } catch (const CLI::CallForHelp&) {
    return false;
  }
}
bool Arguments::chosen() const { return app_->parsed(); }
std::vector<std::string> Arguments::leftovers() const { return app_->remaining(); }
bool Arguments::given(const std::string& name) const { return app_->count(name) > 0; }
void Arguments::need(const std::string& name) const {
  if (!given(name))
    throw error(error_code::PAR005, name + " is missing (minimand " + app_->get_name() + " --help shows the options)");
}
void Arguments::clear() { app_->clear(); }

std::string Arguments::name() const { return app_->get_name(); }
std::string Arguments::what() const { return app_->get_description(); }
std::string Arguments::examples() const { return app_->get_footer(); }
std::vector<Arguments> Arguments::subcommands() const {
  std::vector<Arguments> out;
  for (const CLI::App* sub : app_->get_subcommands({})) out.push_back(Arguments(app_->get_subcommand_ptr(sub->get_name())));
  return out;
}
std::vector<Option> Arguments::options() const {
  std::vector<Option> out;
  for (CLI::Option* o : app_->get_options()) out.push_back(Option(o));
  return out;
}

}  // namespace minimand::cli
