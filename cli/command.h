// The subcommands: each adds its options to the application and returns what runs when it was chosen.
#pragma once

#include <functional>

#include "cli/arguments.h"

namespace minimand::cli {

struct Command {
  Arguments arguments;
  std::function<int()> run;  // returns the exit status; throws minimand::error
};

Command list_command(Arguments& parent);
Command explain_command(Arguments& parent);
Command compare_command(Arguments& parent);
Command eval_command(Arguments& parent);
Command merge_command(Arguments& parent);
Command fit_command(Arguments& parent);
Command predict_command(Arguments& parent);
Command inspect_command(Arguments& parent);
Command check_command(Arguments& parent);
Command bench_command(Arguments& parent);

}  // namespace minimand::cli
