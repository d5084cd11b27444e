// A way to move the parameters, one epoch at a time: in batches, or by all rows at once.
#pragma once

#include <functional>
#include <memory>

#include "learn/run_state.h"
#include "learn/trainer.h"

namespace minimand::learn {

class Learner {
 public:
  enum class Outcome { moved, converged, stopped };

  virtual ~Learner() = default;
  // Goes on from state.row to the end of the epoch, or until `go_on`, which is asked after every step, says no.
  virtual Outcome epoch(RunState& state, const std::function<bool()>& go_on) = 0;
  // The loss over the rows kept for it.
  virtual Tally measure(const RunState& state) = 0;
  virtual double penalty(const RunState& state) const = 0;
  virtual Timing timing() const = 0;
};

// Both begin with the parameters in setup.model unless the state has some.
std::unique_ptr<Learner> learner_by_batches(const Setup& setup, RunState& state);
std::unique_ptr<Learner> learner_by_all(const Setup& setup, RunState& state);

// RUN001, with what to try.
[[noreturn]] void throw_diverged(const Setup& setup, const RunState& state, const std::string& what);

}  // namespace minimand::learn
