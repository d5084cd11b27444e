// What a model says of rows it may not have seen.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "learn/model.h"

namespace minimand::learn {

enum class As {
  prediction,  // what the loss takes: the activation link of the output
  mean,        // the expected target: the mean link of the prediction
  label        // the class: the largest of a row, or which of two
};
// PAR005 for anything but "prediction", "mean", "label".
As parse_as(std::string_view text);

struct Predictions {
  std::int64_t rows = 0;
  std::int64_t columns = 0;          // 0: one number per row
  std::vector<float> values;         // (rows) or (rows, columns), unless labels were asked for
  std::vector<std::int64_t> labels;  // (rows) or (rows, columns)
  array view() const;                // of whichever there is
};

// features: (n, ...), scaled as in training. CFG002 if a row has another number of features than the model;
// PAR005 for labels of a model that has none.
Predictions predict(const Model& model, const array& features, As as = As::mean, int threads = 1);

}  // namespace minimand::learn
