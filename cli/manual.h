// What is derived from the table of options: the help, completion of a shell, and the page of the manual.
#pragma once

#include <string>

#include "cli/arguments.h"

namespace minimand::cli {

// What it does, examples, then arguments and options.
std::string help(const Arguments& app);
// A script for bash, zsh or fish.
std::string completion(const Arguments& app, const std::string& shell);
// minimand(1) for man, in troff.
std::string man_page(const Arguments& app);

}  // namespace minimand::cli
