// What is derived from the table of options: completion of a shell, and the page of the manual.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace minimand::cli {

// A script for bash, zsh or fish.
std::string completion(const CLI::App& app, const std::string& shell);
// minimand(1) for man, in troff.
std::string man_page(const CLI::App& app);

}  // namespace minimand::cli
