// A trained model: everything needed to predict, and how it came to be.
#pragma once

#include <cstdint>
#include <minimand/evaluate.hpp>
#include <string>
#include <vector>

#include "facts/facts.h"
#include "learn/aligned.h"
#include "learn/columns.h"
#include "learn/data.h"
#include "learn/network.h"

namespace minimand::learn {

// Losses are means over the rows; NaN where there is nothing to measure.
struct EpochResult {
  std::int64_t epoch = 0;                         // 1, 2, ...
  double train_loss = 0;                          // over the epoch's batches, each before its step
  double valid_loss = 0;                          // after the epoch, over the rows kept for it
  double train_accuracy = 0, valid_accuracy = 0;  // share of right labels, where targets are classes
};

struct Model {
  explicit Model(Loss chosen) : loss(std::move(chosen)) {}

  Loss loss;
  Network network;
  AlignedVector<float> parameters;  // [network.parameter_count()]
  std::vector<double> exact;        // the same before rounding, where they were found in f64; else empty
  Scaling scaling;
  bool listed = false;  // a prediction is a list per row, (rows, outputs), else a number, (rows)

  // How it was trained.
  std::string optimizer, schedule = "constant", augment;
  std::string products;  // what computed the matrix products
  std::uint64_t seed = 0;
  std::int64_t rows = 0, valid_rows = 0, batch = 0, epochs = 0;
  double l1 = 0, l2 = 0, clip = 0, dropout = 0;
  std::int64_t patience = 0;
  bool balanced = false, weighted = false;
  std::vector<std::string> feature_names, target_names;  // may be empty
  std::vector<Column> columns;                           // of the table features were made of; may be empty
  std::vector<std::string> class_names;                  // the texts of labels 0, 1, ...; may be empty
  std::vector<EpochResult> history;
  std::int64_t best_epoch = 0;  // whose parameters these are, if not the last one's
  bool stopped = false;         // by the caller, before the last epoch

  const facts::Facts& facts() const;
  std::int64_t outputs() const { return network.outputs(); }
};

// A linear model in the features' own units: prediction (before the link) = bias + sum of weight * x.
struct Coefficients {
  std::vector<double> weight;  // (features, outputs), row-major
  std::vector<double> bias;    // (outputs)
};
// PAR005 if the model has hidden layers.
Coefficients coefficients(const Model& model);

}  // namespace minimand::learn
