// What is settled once for a training run: the data, who learns from what, the model to begin with.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "learn/augment.h"
#include "learn/classes.h"
#include "learn/data.h"
#include "learn/model.h"
#include "learn/optimizer.h"
#include "learn/schedule.h"
#include "learn/trainer.h"

namespace minimand::learn {

struct Setup {
  // Checks everything that can be checked before the first step.
  Setup(const array& features, const array& targets, const FitOptions& options);

  int threads_for(std::int64_t rows) const;
  // l1 * sum of abs(w) + l2/2 * sum of w^2 over the weights.
  template <class T>
  double penalty(const T* parameters) const;

  const FitOptions& options;
  int threads;
  Optimizer optimizer;
  Schedule schedule;
  Augment augment;
  Rows features, targets;
  Model model;  // with its first parameters
  Split split;
  Classes classes;
  bool row_loss, accuracy = false;
  std::vector<double> weights;  // of every row, mean 1 over those that are learnt from; empty: 1 each
};

// Sums over the rows of an epoch.
struct Tally {
  double sum = 0, weight = 0;
  std::int64_t hits = 0, compared = 0;
  double mean() const { return weight > 0 ? sum / weight : std::numeric_limits<double>::quiet_NaN(); }
  double share() const {
    return compared ? static_cast<double>(hits) / static_cast<double>(compared)
                    : std::numeric_limits<double>::quiet_NaN();
  }
};

}  // namespace minimand::learn
