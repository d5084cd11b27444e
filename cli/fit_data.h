// The data of `minimand fit`: a table or arrays, and the rows that are kept to test the model.
#pragma once

#include "cli/fit_options.h"
#include "cli/training_data.h"

namespace minimand::cli {

struct FitData : TrainingData {
  io::Owned test_features, test_targets;  // absent without --test FRACTION or arrays
  std::string test_table;                 // --test FILE.csv: read when the model is there
};

FitData load_fit_data(const FitRequest& request, const Loss& loss);
// What the model is tested on; empty if nothing was asked for.
std::string test_text(const FitRequest& request, FitData& data, const learn::Model& model);

}  // namespace minimand::cli
