// Text of the form name:key=value:key=value, by which models and optimisers are chosen.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace minimand::learn {

struct OptionsText {
  std::string name;
  std::vector<std::pair<std::string, std::string>> options;  // key "" for a value without a key
};

// `what` is "optimiser" or "model". PAR005 on an empty name or value, or a key given twice.
OptionsText parse_options(std::string_view text, std::string_view what);

// The nearest of the names by edit distance, or "" if none is near.
std::string nearest(std::string_view misspelt, std::span<const std::string_view> names);
// "; did you mean \"adam\"?", else "; there are sgd, adam"
std::string suggestion(std::string_view misspelt, std::span<const std::string_view> names);

// PAR005 unless all of the text is a number (inf allowed).
double parse_number(std::string_view text, std::string_view what);
// The shortest text that reads back equal.
std::string number_text(double value);

}  // namespace minimand::learn
