// Optimisers by text: "adam:lr=0.01". Each is one file in optimizers/: its facts, the constants of a step,
// and the update of one parameter as a formula over a vector of numbers.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "facts/facts.h"

namespace minimand::learn {

struct OptimizerEntry {
  const char* name;
  const char* summary;
  const char* reference;  // the paper
  std::span<const facts::Param> params;
  int states;  // numbers kept per parameter, all 0 at the start
};
std::span<const OptimizerEntry> optimizers();

class Optimizer {
 public:
  static constexpr int max_constants = 8, max_states = 4;
  // What the step's number and the options determine.
  struct Step {
    double constants[max_constants] = {};
  };

  // PAR005 with the nearest name on a mistake.
  explicit Optimizer(std::string_view text);

  const OptimizerEntry& entry() const noexcept { return *entry_; }
  // Canonical: only options that differ from their defaults.
  std::string text() const;
  // The same optimiser with another learning rate, as text.
  std::string text_with_rate(double rate) const;
  double rate() const noexcept { return values_[0]; }

  // number = 1, 2, ...
  Step step(std::int64_t number) const;
  // parameters[n], gradient[n], state[entry().states][n]. Elements do not know of each other, so any cut of
  // the parameters into ranges gives the same bits, and so does every instruction set.
  void update(const Step& step, float* parameters, const float* gradient, float* const* state,
              std::int64_t n) const;

 private:
  const OptimizerEntry* entry_;
  int index_;
  std::vector<double> values_;  // of entry().params; the first is the learning rate
};

}  // namespace minimand::learn
