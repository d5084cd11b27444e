// The words that option values are made of.
#pragma once

#include <minimand/evaluate.hpp>
#include <string>
#include <vector>

namespace minimand::cli {

enum class Format { table, json };

// "mean", "mean_over:512": what a sum is divided by.
struct Reduction {
  minimand::reduction kind = reduction::mean;
  double mean_over = 0;
  std::string text = "mean";
};

// All throw PAR005 with the nearest word.
Reduction parse_reduction(const std::string& text);
empty parse_empty(const std::string& word);
const std::vector<std::string>& empty_words();
curvature parse_curvature(const std::string& word);
const std::vector<std::string>& curvature_words();
// f32, f64, f16, bf16
dtype parse_float_type(const std::string& word);
const std::vector<std::string>& float_type_words();

// "a, b and c" with last = "and".
std::string enumerated(const std::vector<std::string>& words, const std::string& last);
// "a, b or c"
std::string alternatives(const std::vector<std::string>& words);
// In double quotes, safe to print.
std::string in_quotes(const std::string& text);
// Whether all of a text is a number of this kind.
bool parse_number(const std::string& text, double& value);
bool parse_number(const std::string& text, std::int64_t& value);

}  // namespace minimand::cli
