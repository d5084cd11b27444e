// Features and targets for training and prediction, held in memory.
#pragma once

#include "io/load.h"

namespace minimand::cli {

struct TrainingData {
  io::Owned features, targets;
  std::vector<std::string> feature_names, target_names;  // of a CSV file
};

// All columns of a CSV file but the target as features. CSV004 with the nearest name if it is not there.
TrainingData split_table(const std::string& path, const std::string& target, const io::Options& options);
// The features a model wants: an array, or a CSV file, from which columns are taken by the names in `wanted` if it
// has a header and the model remembers names, else all.
io::Owned load_features(const std::string& spec, const std::vector<std::string>& wanted, const io::Options& options);

}  // namespace minimand::cli
