// Option values: words of a list, numbers in a range, and what several subcommands ask in the same way.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/words.h"

namespace minimand::cli {

// Checks of CLI11; what they say follows the option's name: "--threads: "x" is not a whole number, 0 or more".
CLI::Validator word_of(std::vector<std::string> words);
CLI::Validator whole_number(std::int64_t low = std::numeric_limits<std::int64_t>::min(),
                            std::int64_t high = std::numeric_limits<std::int64_t>::max());
CLI::Validator real_number(double low, double high, bool low_open = false);
CLI::Validator reduction_text();

// Throws PAR005 if the option was not given.
void need(const CLI::App& app, const std::string& option);

// "--format table|json"
class FormatOption {
 public:
  explicit FormatOption(CLI::App& app, const std::string& text_name = "table");
  Format value() const { return *text_ == "json" ? Format::json : Format::table; }

 private:
  std::shared_ptr<std::string> text_;
};

// "--plot [FILE.svg]": unset if it was not given, "" for the terminal.
void add_plot(CLI::App& app, std::optional<std::string>& plot);

// "--threads N", 0 for all cores the process may use.
void add_threads(CLI::App& app, int& threads);

}  // namespace minimand::cli
