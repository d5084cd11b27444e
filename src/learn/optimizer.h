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

// How parameters move.
enum class Method {
  batches,  // a step for every batch, by the formula of the optimiser
  descent,  // the others take all rows at once, in f64
  lbfgs,
  newton
};

struct OptimizerEntry {
  const char* name;
  const char* summary;
  const char* reference;  // the paper
  std::span<const facts::Param> params;
  int states;   // numbers kept per parameter, all 0 at the start
  Method method;
  int epochs;   // passes over the data if none are asked for
};
std::span<const OptimizerEntry> optimizers();

class Optimizer {
 public:
  static constexpr int max_constants = 10, max_states = 4;
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
  // NaN where it has none or finds its own.
  double rate() const noexcept;
  double value(std::string_view parameter) const;

  // number = 1, 2, ...; the learning rate is multiplied by `factor`.
  Step step(std::int64_t number, double factor = 1) const;
  // parameters[n], gradient[n], state[entry().states][n]. Elements do not know of each other, so any cut of
  // the parameters into ranges gives the same bits, and so does every instruction set. With l1 > 0 each
  // element then moves towards 0 by l1 times its own step length and stops there: the proximal step of
  // l1 * abs(w).
  void update(const Step& step, float* parameters, const float* gradient, float* const* state, std::int64_t n,
              double l1 = 0) const;

 private:
  const OptimizerEntry* entry_;
  int index_;
  std::vector<double> values_;  // of entry().params; the first is the learning rate
};

}  // namespace minimand::learn
