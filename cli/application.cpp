// Help with examples first, and one line for every mistake.
#include "cli/application.h"

#include <cstring>
#include <minimand/evaluate.hpp>

#include "api/escape.h"
#include "cli/manual.h"
#include "cli/options.h"
#include "cli/process.h"
#include "cli/text.h"

namespace minimand::cli {
namespace {

// What it does, examples (the footer of CLI11), then arguments and options.
class Help : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* app, std::string, CLI::AppFormatMode) const override {
    std::string out = app->get_description() + "\n\n";
    std::istringstream examples(app->get_footer());
    for (std::string line; std::getline(examples, line);) out += "  " + line + '\n';
    out += '\n';
    for (const CLI::App* sub : app->get_subcommands({})) {
      if (!sub->get_group().empty()) out += row(sub->get_name(), sub->get_description());
    }
    if (!app->get_subcommands({}).empty()) out += '\n';
    for (const bool positional : {true, false}) {
      for (const CLI::Option* o : app->get_options()) {
        if (o->get_positional() != positional || o->get_group().empty()) continue;
        std::string left = o->get_name(positional, !positional);
        if (!positional && !o->get_option_text().empty()) left += ' ' + o->get_option_text();
        out += row(left, o->get_description());
      }
    }
    return out;
  }

 private:
  static std::string row(const std::string& left, const std::string& right) {
    constexpr std::size_t column = 30;
    const bool fits = left.size() + 4 <= column;
    const std::string fill = fits ? std::string(column - 2 - left.size(), ' ') : '\n' + std::string(column, ' ');
    return "  " + left + fill + wrapped(right, 100, column) + '\n';
  }
};

std::string version() {
  return "minimand " MINIMAND_VERSION "\nnumerics_version " + std::to_string(numerics_version()) + "\ntarget " +
         target() + "\nthreads " + std::to_string(processors()) + '\n';
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* o : app.get_options()) {
    for (const std::string& name : o->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

[[noreturn]] void refuse_subcommand(const CLI::App& app, const std::string& word) {
  std::vector<std::string> names;
  for (const CLI::App* sub : app.get_subcommands({})) names.push_back(sub->get_name());
  throw error(error_code::PAR005, "unknown subcommand \"" + escaped(word) + '"' + did_you_mean(word, names) +
                                      " (minimand --help shows all)");
}

}  // namespace

Application::Application() : app_("Loss functions: value, gradient and second derivative in one pass.", "minimand") {
  app_.formatter(std::make_shared<Help>());
  app_.footer(
      "minimand list\n"
      "minimand explain huber\n"
      "minimand eval --loss squared_error,huber:delta=1.5 --prediction p.npy --target t.csv:price\n"
      "minimand fit houses.csv --target price --loss huber --model linear --out houses.model\n"
      "minimand help eval");
  app_.allow_extras();
  app_.set_help_flag("-h,--help", "this help");
  app_.add_flag("--version", version_, "version, numerics version, instruction set and threads in use");
  app_.add_option("--errors", errors_, "how a failure is printed: one line of text, or one JSON object")
      ->option_text("text|json")->check(word_of({"text", "json"}));
  app_.add_option("--completion", shell_, "prints a script that completes the words of this command in a shell")
      ->option_text("bash|zsh|fish")->check(word_of({"bash", "zsh", "fish"}));
  app_.add_flag("--man", man_, "prints the page of the manual for man: minimand --man | man -l -");

  for (const auto add : {list_command, explain_command, compare_command, eval_command, merge_command, fit_command,
                         predict_command, inspect_command, check_command, bench_command}) {
    commands_.push_back(add(app_));
    commands_.back().app->allow_extras()->fallthrough();
  }
  app_.require_subcommand(0, 1);
  app_.add_subcommand("help", "Shows the manual of a subcommand.")->footer("minimand help eval");
}

const CLI::App* Application::chosen() const {
  const auto all = app_.get_subcommands();
  return all.empty() ? nullptr : all.front();
}

std::string Application::manual(const std::string& topic) const {
  if (topic.empty()) return app_.help();
  for (const CLI::App* sub : app_.get_subcommands({})) {
    if (sub->get_name() == topic) return sub->help();
  }
  refuse_subcommand(app_, topic);
}

// The first word that no option or subcommand took.
void Application::refuse_leftovers() const {
  for (const CLI::App* level : {chosen(), &app_}) {
    if (level == nullptr || level->remaining().empty()) continue;
    const std::string word = level->remaining().front();
    if (word.starts_with("-") && word != "-") {
      const std::string bare = word.substr(0, word.find('='));
      const std::vector<std::string> names = option_names(chosen() != nullptr ? *chosen() : app_);
      throw error(error_code::PAR005, "unknown option \"" + escaped(bare) + '"' + did_you_mean(bare, names));
    }
    if (chosen() != nullptr) throw error(error_code::PAR005, "unexpected argument \"" + escaped(word) + '"');
    refuse_subcommand(app_, word);
  }
}

std::function<int()> Application::parse(int argc, const char* const* argv) {
  version_ = man_ = false, shell_.clear();
  const auto printing = [](std::string text) { return [text = std::move(text)] { return print(text), 0; }; };
  // Before CLI11, which would take the topic for a second subcommand.
  if (argc > 1 && std::strcmp(argv[1], "help") == 0) return printing(manual(argc > 2 ? argv[2] : ""));
  try {
    app_.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return printing((chosen() != nullptr ? chosen() : &app_)->help());
  } catch (const CLI::ValidationError& e) {
    refuse_leftovers();
    throw error(error_code::PAR005, e.what());  // words of our own checks, safe to print
  } catch (const CLI::ParseError& e) {
    refuse_leftovers();
    throw error(error_code::PAR005, escaped(e.what()));
  }
  refuse_leftovers();
  if (version_) return printing(version());
  if (man_) return printing(man_page(app_));
  if (!shell_.empty()) return printing(completion(app_, shell_));
  for (const Command& c : commands_) {
    if (c.app->parsed()) return c.run;
  }
  throw error(error_code::PAR005, "a subcommand is needed (minimand --help shows all)");
}

}  // namespace minimand::cli
