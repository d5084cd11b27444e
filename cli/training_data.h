// Features and targets for training and prediction, held in memory.
#pragma once

#include <minimand/evaluate.hpp>

#include "cli/table.h"
#include "io/load.h"
#include "learn/columns.h"
#include "learn/model.h"

namespace minimand::cli {

enum class Missing { error, mean, drop };  // what becomes of cells without content

struct TrainingData {
  io::Owned features, targets, weights;                  // weights: absent if there are none
  std::vector<std::string> feature_names, target_names;  // of a CSV file
  std::vector<learn::Column> columns;                    // of a CSV file: how it became features
  std::vector<std::string> class_names;                  // where labels are texts
};

// "price" or, for several outputs, "width,height".
std::vector<std::string> split_names(const std::string& text);

// All columns of a CSV file but targets and weight as features; columns of texts become categories. Labels that are
// texts become class indices (or the two numbers of a binary loss) in ascending order. CSV001 counts missing cells.
TrainingData split_table(const TextTable& table, const std::vector<std::string>& targets, const std::string& weight,
                         const Loss& loss, Missing missing);
// The same columns, categories and classes from another table.
TrainingData encode_table(const TextTable& table, const learn::Model& model, const std::vector<std::string>& targets,
                          const std::string& weight, Missing missing);

// The features a model wants: an array, or a CSV file, from which columns are taken by their names if it has a header
// and the model remembers names, else all.
io::Owned load_features(const std::string& spec, const learn::Model& model, const io::Options& options);
// The truth: an array, or a column of a CSV file, whose labels may be texts the model knows.
io::Owned load_truth(const std::string& spec, const learn::Model& model, const io::Options& options);

// Rows of an array, by their numbers, copied.
io::Owned take_rows(const array& from, const std::vector<std::int64_t>& rows);

}  // namespace minimand::cli
