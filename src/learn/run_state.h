// Everything that changes while a model is trained: with it, a run goes on as if it had never stopped.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "learn/schedule.h"
#include "learn/setup.h"

namespace minimand::learn {

struct RunState {
  std::int64_t epoch = 1;  // in which the next step is
  std::int64_t row = 0;    // of the epoch, where the next step begins
  std::int64_t steps = 0;  // done
  Tally tally;             // of the epoch so far
  Schedule::Memory schedule;
  double first_loss = std::numeric_limits<double>::quiet_NaN();  // of the first epoch: what divergence is measured by
  double best_loss = std::numeric_limits<double>::infinity();
  std::int64_t best_epoch = 0, waited = 0;  // epochs since the best one
  bool converged = false;  // as the method sees it
  bool finished = false;
  std::vector<EpochResult> history;

  AlignedVector<float> parameters;           // steps by batches
  std::vector<AlignedVector<float>> moments; // of the optimiser
  std::vector<double> exact;                 // methods that take all rows
  double step_length = 1;                    // of the descent with a line search
  AlignedVector<float> best;                 // of the best epoch, with patience; likewise
  std::vector<double> best_exact;
};

}  // namespace minimand::learn
