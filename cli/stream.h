// Prediction, target and weight of an evaluation, read side by side in chunks of rows.
#pragma once

#include <minimand/evaluate.hpp>
#include <optional>
#include <string>
#include <vector>

#include "io/load.h"

namespace minimand::cli {

struct Sources {
  std::string prediction, target, weight;  // weight: "" if there is none
  bool rows_of_classes = false;            // some loss has a class axis
  int class_axis = -1;
  std::optional<dtype> as;                 // the prediction is converted to this type
  io::Options read;
};

class Stream {
 public:
  explicit Stream(const Sources& sources);

  // Reads the next chunk, or all that is left; false at the end. An input without rows has one chunk, an empty one.
  bool next(bool everything);
  void rewind();
  bool rewindable() const;
  std::int64_t rows_read() const { return rows_read_; }
  std::int64_t bytes_read() const { return bytes_read_; }

  // The chunk.
  array prediction() const { return prediction_.view; }
  array target() const { return target_.view; }
  array weight() const { return weight_.view; }
  // Where the chunk begins: the number of its first element, or of its first row of classes.
  std::int64_t begin(bool row_loss) const;

  // Of the whole prediction; -1 where only the end tells. The type is that of the chunks.
  const std::vector<std::int64_t>& shape() const { return prediction_.shape; }
  dtype type() const { return type_; }
  std::int64_t rows() const { return single_row_ ? 1 : prediction_.shape.empty() ? 1 : inputs_.rows(prediction_.index); }
  bool has_weight() const { return !weight_.name.empty(); }
  int class_axis() const { return class_axis_; }  // from the front
  int stream_axis() const { return prediction_.axis; }
  // Elements, or rows of classes, in each row that is read.
  std::int64_t per_row(bool row_loss) const;
  // SHP001 in the words of the files unless the shapes suit a loss.
  void check_shapes(bool row_loss) const;

  // Where an element of the chunk lies: "counts.csv:118:3" or "p.npy: index [117,2]".
  std::string place(role argument, std::int64_t position) const;
  // An error of an evaluation in the words of the files; `count` offenders in all, the first one at `place`.
  error located(const error& found, std::int64_t count, const std::string& place) const;

 private:
  struct Input {
    int index = -1, axis = 0;
    std::vector<std::int64_t> shape;
    io::Owned owned;
    array view;
    std::string name;
  };

  void open(const Sources& sources);
  void load_single_row(const Sources& sources);
  void add(Input& input, const std::string& spec, int axis);
  void convert();
  const Input& of(role argument) const;

  Input prediction_, target_, weight_;
  mutable io::Inputs inputs_;
  std::optional<dtype> as_;
  dtype type_ = dtype::f32;
  int class_axis_ = -1;
  bool rows_of_classes_ = false, single_row_ = false, single_done_ = false, begun_ = false;
  std::int64_t chunk_rows_ = 0, rows_read_ = 0, bytes_read_ = 0;
};

}  // namespace minimand::cli
