// The subcommands: each adds its options to the application and returns what runs when it was chosen.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace minimand::cli {

struct Command {
  CLI::App* app;
  std::function<int()> run;  // returns the exit status; throws minimand::error
};

Command list_command(CLI::App& parent);
Command explain_command(CLI::App& parent);
Command compare_command(CLI::App& parent);
Command eval_command(CLI::App& parent);
Command merge_command(CLI::App& parent);
Command fit_command(CLI::App& parent);
Command predict_command(CLI::App& parent);
Command inspect_command(CLI::App& parent);
Command check_command(CLI::App& parent);
Command bench_command(CLI::App& parent);

}  // namespace minimand::cli
