// Training: minibatches, epochs, and what is told meanwhile.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "learn/columns.h"
#include "learn/model.h"

namespace minimand::learn {

// Where a run saves itself. One folder belongs to one run.
struct CheckpointOptions {
  std::string folder;  // empty: nowhere
  std::int64_t every_epochs = 1;
  double every_seconds = 0;  // > 0: instead
  bool resume = false;       // go on from the newest whole checkpoint, if there is one
  bool allow_numerics_change = false;  // of a resumed run: go on from another numerics_version, without its bits
  bool verify = false;       // read each back before it takes its place
};

// Objective: mean loss + l1 * sum of abs(w) + l2/2 * sum of w^2 over the weights of scaled features, biases
// free.
struct FitOptions {
  explicit FitOptions(Loss chosen) : loss(std::move(chosen)) {}

  Loss loss;
  std::string model = "linear";
  std::string optimizer = "adam";
  std::string schedule = "constant";
  std::int64_t epochs = 10;  // at most; for methods that take all rows at once, their iterations
  std::int64_t batch = 128;  // rows; the last batch of an epoch may be smaller
  std::uint64_t seed = 0;
  double valid = 0.1;        // share of the rows kept to measure the loss, in [0, 1)
  int threads = 1;           // 0 = all cores the process may use
  std::int64_t classes = 0;  // 0: largest label + 1
  double l1 = 0, l2 = 0;
  double clip = 0;             // > 0: longer gradients are shortened to this norm
  double dropout = 0;          // share of hidden outputs set to 0 in training, in [0, 1)
  std::string augment;         // "shift:2:flip", images only
  std::int64_t patience = 0;   // > 0: ends after so many epochs without a better validation loss
  bool balanced = false;       // each class weighs as much as any other
  array weights{};             // of the rows, (n), each >= 0; absent: all alike
  std::vector<std::string> feature_names, target_names;  // kept in the model
  std::vector<Column> columns;                           // how features were made of a table; kept in the model
  std::vector<std::string> class_names;                  // kept in the model
  CheckpointOptions checkpoint;
};

// Processor seconds of all threads.
struct Timing {
  double data = 0, products = 0, loss = 0, optimizer = 0;
};
struct EpochReport : EpochResult {
  std::int64_t epochs = 0;
  double seconds = 0;          // of this epoch
  double rows_per_second = 0;  // trained
  Timing timing;               // of this epoch, measuring excepted
};
struct BatchReport {
  std::int64_t epoch = 0, epochs = 0;    // from 1
  std::int64_t rows_done = 0, rows = 0;  // of this epoch
  double loss = 0;                       // mean over the epoch so far
  double seconds = 0;                    // since training began
};
struct Watch {
  std::function<void(const EpochReport&)> epoch;
  std::function<bool(const BatchReport&)> batch;  // false: stop now
  // What was made of the data, before the first step; its history is that of the run that is resumed.
  std::function<void(const Model&)> start;
  // What else there is to say, a line at a time.
  std::function<void(const std::string&)> note;
};

// features: (n, ...) of any type; targets: (n), (n, 1) or (n, columns), class indices (n) or distributions
// (n, K) for a row loss. The same bits for the same seed on any number of threads. RUN001 if the loss stops
// being finite, PAR005 for options, SHP001, SHP002, DOM002, DOM005, TGT001 for data.
Model fit(const array& features, const array& targets, const FitOptions& options, const Watch& watch = {});

}  // namespace minimand::learn
