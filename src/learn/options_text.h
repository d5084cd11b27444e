// Text of the form name:key=value:key=value, by which models and optimisers are chosen.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "facts/facts.h"

namespace minimand::learn {

struct OptionsText {
  std::string name;
  std::vector<std::pair<std::string, std::string>> options;  // key "" for a value without a key
};

// `what` is "optimiser" or "model". PAR005 on an empty name or value, or a key given twice.
OptionsText parse_options(std::string_view text, std::string_view what);

// The value of each parameter, given or default, in their order. PAR005 for a key that is none of them, with the
// nearest one, and for a value outside its range.
std::vector<double> parameter_values(const OptionsText& spec, std::span<const facts::Param> parameters,
                                     std::string_view what);
// Canonical: only those that differ from their defaults.
std::string parameters_text(std::string name, std::span<const facts::Param> parameters,
                            std::span<const double> values);

// The nearest of the names by edit distance, or "" if none is near.
std::string nearest(std::string_view misspelt, std::span<const std::string_view> names);
// "; did you mean \"adam\"?", else "; there are sgd, adam"
std::string suggestion(std::string_view misspelt, std::span<const std::string_view> names);

// PAR005 unless all of the text is a number (inf allowed).
double parse_number(std::string_view text, std::string_view what);
// The shortest text that reads back equal.
std::string number_text(double value);

}  // namespace minimand::learn
