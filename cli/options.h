// Option values: words of a list, numbers in a range, and what several subcommands ask in the same way.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <limits>
#include <minimand/evaluate.hpp>
#include <string>
#include <vector>

namespace minimand::cli {

// Checks of CLI11; what they say follows the option's name: "--threads: "x" is not a whole number, 0 or more".
CLI::Validator word_of(std::vector<std::string> words);
CLI::Validator whole_number(std::int64_t low = std::numeric_limits<std::int64_t>::min(),
                            std::int64_t high = std::numeric_limits<std::int64_t>::max());
CLI::Validator real_number(double low, double high, bool low_open = false);

// Throws PAR005 if the option was not given.
void need(const CLI::App& app, const std::string& option);

// "--format table|json"
enum class Format { table, json };
struct FormatOption {
  explicit FormatOption(CLI::App& app, const std::string& text_name = "table");
  Format value() const { return *text_ == "json" ? Format::json : Format::table; }
 private:
  std::shared_ptr<std::string> text_;
};

// "--threads N", 0 for all cores the process may use.
void add_threads(CLI::App& app, int& threads);

// "mean", "mean_over:512": what a sum is divided by.
struct Reduction {
  minimand::reduction kind = reduction::mean;
  double mean_over = 0;
  std::string text = "mean";
};
Reduction parse_reduction(const std::string& text);
CLI::Validator reduction_text();
empty parse_empty(const std::string& word);
const std::vector<std::string>& empty_words();
curvature parse_curvature(const std::string& word);
const std::vector<std::string>& curvature_words();
// f16, bf16, f32, f64
dtype parse_float_type(const std::string& word);

}  // namespace minimand::cli
