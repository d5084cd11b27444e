// Numbers within the domains of a loss: what plots, checks and benchmarks evaluate it on.
#pragma once

#include <minimand/evaluate.hpp>
#include <optional>
#include <string>
#include <vector>

#include "facts/facts.h"

namespace minimand::cli {

// "huber:delta=1": with the parameters that have their defaults.
std::string full_text(const Loss& loss);
// The default or given value of a parameter as text.
std::string parameter_text(const facts::Param& parameter, double value);

// The legal targets, which a parameter may change (hinge:labels=01).
const facts::Domain& target_domain(const Loss& loss);
// Whether a row's target may be a class index, as far as these targets go.
bool takes_index(const facts::Domain& target);

struct Sample {
  std::int64_t rows = 0, classes = 0;      // classes 0: a loss of single elements
  std::vector<double> prediction, target;  // [rows] or [rows][classes]; an index target [rows]
  bool index = false;                      // the target is an index
  array prediction_view() const { return view(prediction, classes > 0); }
  array target_view() const { return view(target, classes > 0 && !index); }

 private:
  array view(const std::vector<double>& numbers, bool two_axes) const;
};

// Draws rows (elements if the loss is pointwise) well inside the domains; the same seed, the same numbers.
Sample draw_sample(const Loss& loss, std::int64_t rows, std::int64_t classes, std::uint64_t seed);

// The loss of each element or row, and its derivatives by the prediction.
struct Outputs { std::vector<double> value, gradient, hessian; };
Outputs evaluate_sample(const Loss& loss, const Sample& sample, std::optional<curvature> which = curvature::exact);

// The curvatures a loss offers, by their words. `zero` tells whether the exact one is 0 wherever it was tried.
std::vector<std::string> curvatures_of(const Loss& loss, bool& zero);

}  // namespace minimand::cli
