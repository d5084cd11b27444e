// One line for every mistake.
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

std::string version() {
  return "minimand " MINIMAND_VERSION "\nnumerics_version " + std::to_string(numerics_version()) + "\ntarget " +
         target() + "\nthreads " + std::to_string(processors()) + '\n';
}

std::vector<std::string> option_names(const Arguments& app) {
  std::vector<std::string> names;
  for (const Option& o : app.options()) {
    if (!o.positional()) names.push_back("--" + o.name());
  }
  return names;
}

[[noreturn]] void refuse_subcommand(const Arguments& app, const std::string& word) {
  std::vector<std::string> names;
  for (const Arguments& sub : app.subcommands()) names.push_back(sub.name());
  throw error(error_code::PAR005, "unknown subcommand \"" + escaped(word) + '"' + did_you_mean(word, names) +
                                      " (minimand --help shows all)");
}

}  // namespace

Application::Application() : app_("minimand", "Loss functions: value, gradient and second derivative in one pass.") {
  app_.examples(
      "minimand list\n"
      "minimand explain huber\n"
      "minimand eval --loss squared_error,huber:delta=1.5 --prediction p.npy --target t.csv:price\n"
      "minimand fit houses.csv --target price --loss huber --model linear --out houses.model\n"
      "minimand help eval");
  app_.flag("--version", version_, "version, numerics version, instruction set and threads in use");
  app_.option("--errors", errors_, "how a failure is printed: one line of text, or one JSON object")
      .value("text|json").check(word_of({"text", "json"}));
  app_.option("--completion", shell_, "prints a script that completes the words of this command in a shell")
      .value("bash|zsh|fish").check(word_of({"bash", "zsh", "fish"}));
  app_.flag("--man", man_, "prints the page of the manual for man: minimand --man | man -l -");

  for (const auto add : {list_command, explain_command, compare_command, eval_command, merge_command, fit_command,
                         predict_command, inspect_command, check_command, bench_command}) {
    commands_.push_back(add(app_));
    commands_.back().arguments.share_parent_options();
  }
  app_.subcommand("help", "Shows the manual of a subcommand.").examples("minimand help eval");
}

std::optional<Arguments> Application::chosen() const {
  for (const Arguments& sub : app_.subcommands()) {
    if (sub.chosen()) return sub;
  }
  return {};
}

std::string Application::manual(const std::string& topic) const {
  if (topic.empty()) return help(app_);
  for (const Arguments& sub : app_.subcommands()) {
    if (sub.name() == topic) return help(sub);
  }
  refuse_subcommand(app_, topic);
}

// The first word that no option or subcommand took.
void Application::refuse_leftovers() const {
  const std::optional<Arguments> sub = chosen();
  std::vector<std::string> words = app_.leftovers();
  if (sub && !sub->leftovers().empty()) words = sub->leftovers();
  if (words.empty()) return;
  const std::string& word = words.front();
  if (word.starts_with("-") && word != "-") {
    const std::string bare = word.substr(0, word.find('='));
    throw error(error_code::PAR005, "unknown option \"" + escaped(bare) + '"' + did_you_mean(bare, option_names(sub.value_or(app_))));
  }
  if (sub) throw error(error_code::PAR005, "unexpected argument \"" + escaped(word) + '"');
  refuse_subcommand(app_, word);
}

std::function<int()> Application::parse(int argc, const char* const* argv) {
  version_ = man_ = false, shell_.clear();
  const auto printing = [](std::string text) { return [text = std::move(text)] { return print(text), 0; }; };
  // Before CLI11, which would take the topic for a second subcommand.
  if (argc > 1 && std::strcmp(argv[1], "help") == 0) return printing(manual(argc > 2 ? argv[2] : ""));
  try {
    if (!app_.parse(argc, argv)) return printing(help(chosen().value_or(app_)));
  } catch (const ArgumentError&) {
    refuse_leftovers();
    throw;
  }
  refuse_leftovers();
  if (version_) return printing(version());
  if (man_) return printing(man_page(app_));
  if (!shell_.empty()) return printing(completion(app_, shell_));
  for (const Command& c : commands_) {
    if (c.arguments.chosen()) return c.run;
  }
  throw error(error_code::PAR005, "a subcommand is needed (minimand --help shows all)");
}

}  // namespace minimand::cli
