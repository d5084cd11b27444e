// The command minimand: subcommands, help with examples first, and one line for every mistake.
#include <cstring>
#include <minimand/evaluate.hpp>

#include "api/escape.h"
#include "cli/command.h"
#include "cli/failure.h"
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

ErrorFormat wanted_errors(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--errors=json") == 0) return ErrorFormat::json;
    if (std::strcmp(argv[i], "--errors") == 0 && i + 1 < argc && std::strcmp(argv[i + 1], "json") == 0) {
      return ErrorFormat::json;
    }
  }
  return ErrorFormat::text;
}

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

std::string manual(const CLI::App& app, const std::string& topic) {
  if (topic.empty()) return app.help();
  for (const CLI::App* sub : app.get_subcommands({})) {
    if (sub->get_name() == topic) return sub->help();
  }
  refuse_subcommand(app, topic);
}

// The first word that no option or subcommand took.
void refuse_leftovers(const CLI::App& app, const CLI::App* chosen) {
  for (const CLI::App* level : {chosen, &app}) {
    if (level == nullptr || level->remaining().empty()) continue;
    const std::string word = level->remaining().front();
    if (word.starts_with("-") && word != "-") {
      const std::string bare = word.substr(0, word.find('='));
      std::vector<std::string> names = option_names(app);
      if (chosen != nullptr) names = option_names(*chosen);
      throw error(error_code::PAR005, "unknown option \"" + escaped(bare) + '"' + did_you_mean(bare, names));
    }
    if (chosen != nullptr) throw error(error_code::PAR005, "unexpected argument \"" + escaped(word) + '"');
    refuse_subcommand(app, word);
  }
}

int run(int argc, char** argv) {
  CLI::App app("Loss functions: value, gradient and second derivative in one pass.", "minimand");
  app.formatter(std::make_shared<Help>());
  app.footer(
      "minimand list\n"
      "minimand explain huber\n"
      "minimand eval --loss squared_error,huber:delta=1.5 --prediction p.npy --target t.csv:price\n"
      "minimand fit houses.csv --target price --loss huber --model linear --out houses.model\n"
      "minimand help eval");
  app.allow_extras();
  app.set_help_flag("-h,--help", "this help");
  bool show_version = false;
  app.add_flag("--version", show_version, "version, numerics version, instruction set and threads in use");
  std::string errors = "text";
  app.add_option("--errors", errors, "how a failure is printed: one line of text, or one JSON object")
      ->option_text("text|json")->check(word_of({"text", "json"}));
  std::string shell;
  app.add_option("--completion", shell, "prints a script that completes the words of this command in a shell")
      ->option_text("bash|zsh|fish")->check(word_of({"bash", "zsh", "fish"}));
  bool man = false;
  app.add_flag("--man", man, "prints the page of the manual for man: minimand --man | man -l -");

  std::vector<Command> commands;
  for (const auto add : {list_command, explain_command, compare_command, eval_command, merge_command, fit_command,
                         predict_command, inspect_command, check_command, bench_command}) {
    commands.push_back(add(app));
    commands.back().app->allow_extras()->fallthrough();
  }
  app.require_subcommand(0, 1);
  app.add_subcommand("help", "Shows the manual of a subcommand.")->footer("minimand help eval");

  const auto chosen = [&]() -> const CLI::App* {
    const auto all = app.get_subcommands();
    return all.empty() ? nullptr : all.front();
  };
  // Before CLI11, which would take the topic for a second subcommand.
  if (argc > 1 && std::strcmp(argv[1], "help") == 0) {
    print(manual(app, argc > 2 ? argv[2] : ""));
    return 0;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    print((chosen() != nullptr ? chosen() : &app)->help());
    return 0;
  } catch (const CLI::ValidationError& e) {
    refuse_leftovers(app, chosen());
    throw error(error_code::PAR005, e.what());  // words of our own checks, safe to print
  } catch (const CLI::ParseError& e) {
    refuse_leftovers(app, chosen());
    throw error(error_code::PAR005, escaped(e.what()));
  }
  refuse_leftovers(app, chosen());
  if (show_version || man || !shell.empty()) {
    print(show_version ? version() : man ? man_page(app) : completion(app, shell));
    return 0;
  }
  for (const Command& c : commands) {
    if (c.app->parsed()) return c.run();
  }
  throw error(error_code::PAR005, "a subcommand is needed (minimand --help shows all)");
}

}  // namespace
}  // namespace minimand::cli

int main(int argc, char** argv) {
  using namespace minimand::cli;
  prepare_process();
  const ErrorFormat errors = wanted_errors(argc, argv);
  try {
    const int status = run(argc, argv);
    finish_output();
    return status;
  } catch (...) {
    return report_current(errors);
  }
}
