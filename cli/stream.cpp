// Chunks of the inputs of an evaluation, and where an offender lies in its file.
#include "cli/stream.h"

#include <algorithm>

#include "cli/convert.h"
#include "cli/text.h"

namespace minimand::cli {
namespace {

constexpr std::int64_t chunk_bytes = std::int64_t{8} << 20;  // of the widest input
constexpr std::int64_t block = 4096;

bool is_float(dtype t) { return t == dtype::f32 || t == dtype::f64 || t == dtype::f16 || t == dtype::bf16; }

// Axes of a file; nothing is read of it but its header.
int rank_of(const std::string& spec, const io::Options& options) {
  io::Inputs probe(options);
  return static_cast<int>(probe.shape(probe.add(spec)).size());
}

std::vector<std::int64_t> without_trailing_ones(std::vector<std::int64_t> shape) {
  while (!shape.empty() && shape.back() == 1) shape.pop_back();
  return shape;
}

// -1 stands for any extent.
bool same(const std::vector<std::int64_t>& a, const std::vector<std::int64_t>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](auto x, auto y) { return x == y || x < 0 || y < 0; });
}

std::string shape_text(std::vector<std::int64_t> shape) {
  std::string text = io::shape_text(shape);
  for (std::size_t at; (at = text.find("-1")) != std::string::npos;) text.replace(at, 2, "?");
  return text;
}

}  // namespace

Stream::Stream(const Sources& sources) : inputs_(sources.read), as_(sources.as), rows_of_classes_(sources.rows_of_classes) {
  const bool stdin_is_prediction = sources.prediction == "-" || sources.prediction.starts_with("-:");
  const int rank = !rows_of_classes_ ? 0 : stdin_is_prediction ? -1 : rank_of(sources.prediction, sources.read);
  class_axis_ = sources.class_axis;
  if (rank >= 0 && rows_of_classes_) {
    if (class_axis_ < -rank || class_axis_ >= rank) {
      throw error(error_code::PAR005, "--class-axis " + std::to_string(class_axis_) + ": prediction " + sources.prediction +
                                          " has " + std::to_string(rank) + (rank == 1 ? " axis" : " axes"));
    }
    if (class_axis_ < 0) class_axis_ += rank;
  } else if (rank < 0 && class_axis_ < -1) {
    throw error(error_code::PAR005, "--class-axis counts from the front (0, 1, ...) or is -1 where a stream is read");
  }
  rank == 1 ? load_single_row(sources) : open(sources);
  const dtype in_file = prediction_.view.present ? prediction_.view.type : inputs_.type(prediction_.index);
  if (in_file == dtype::boolean) {
    throw error(error_code::SHP002, prediction_.name + ": holds booleans; a prediction is a number, integers or floating-point");
  }
  type_ = as_.value_or(is_float(in_file) ? in_file : dtype::f64);
}

void Stream::add(Input& input, const std::string& spec, int axis) {
  input.index = inputs_.add(spec, axis);
  input.shape = inputs_.shape(input.index);
  input.name = inputs_.name(input.index);
  input.axis = input.shape.empty() ? 0 : axis;
}

void Stream::open(const Sources& sources) {
  const bool classes_first = rows_of_classes_ && class_axis_ == 0;
  add(prediction_, sources.prediction, classes_first ? 1 : 0);
  const int rank = static_cast<int>(prediction_.shape.size());
  if (rows_of_classes_ && class_axis_ < 0) class_axis_ += rank;
  if (rows_of_classes_ && (class_axis_ < 0 || class_axis_ >= rank || rank < 2)) {
    throw error(error_code::SHP001, "prediction " + prediction_.name + " has shape " + shape_text(prediction_.shape) +
                                        ": rows of classes need two axes or more");
  }
  const bool distribution = classes_first && rank_of(sources.target, sources.read) == rank;
  add(target_, sources.target, distribution ? 1 : 0);
  if (!sources.weight.empty()) add(weight_, sources.weight, 0);

  std::int64_t widest = 1;
  for (int i = 0; i < inputs_.size(); ++i) widest = std::max(widest, inputs_.row_bytes(i));
  chunk_rows_ = std::max<std::int64_t>(1, chunk_bytes / widest);
  if (chunk_rows_ > block) chunk_rows_ -= chunk_rows_ % block;
}

// One row of classes and no axis to stream along.
void Stream::load_single_row(const Sources& sources) {
  single_row_ = true;
  const auto load = [&](Input& input, const std::string& spec) {
    input.name = spec;
    input.owned = io::load(spec, sources.read);
    input.view = input.owned.view;
    input.shape.assign(input.view.shape, input.view.shape + input.view.rank);
  };
  load(prediction_, sources.prediction);
  load(target_, sources.target);
  if (!sources.weight.empty()) load(weight_, sources.weight);
}

bool Stream::next(bool everything) {
  if (single_row_) {
    if (std::exchange(single_done_, true)) return false;
    rows_read_ = 1;
  } else {
    const std::int64_t n = inputs_.next(everything ? std::numeric_limits<std::int64_t>::max() : chunk_rows_);
    rows_read_ = inputs_.begin() + n;
    if (n == 0 && begun_) return false;
    begun_ = true;
    for (Input* input : {&prediction_, &target_, &weight_}) {
      if (input->index < 0) continue;
      input->view = inputs_.chunk(input->index);
      bytes_read_ += n * inputs_.row_bytes(input->index);
    }
  }
  convert();
  return true;
}

void Stream::convert() {
  if (prediction_.view.type == type_) return;
  io::Owned other = converted(prediction_.view, type_);
  prediction_.owned = std::move(other);
  prediction_.view = prediction_.owned.view;
}

bool Stream::rewindable() const { return single_row_ || inputs_.rewindable(); }
void Stream::rewind() {
  if (!single_row_) inputs_.rewind();
  single_done_ = begun_ = false;
}

std::int64_t Stream::per_row(bool row_loss) const {
  if (single_row_) return 1;
  std::int64_t n = 1;
  for (std::size_t a = 0; a < prediction_.shape.size(); ++a) {
    const int axis = static_cast<int>(a);
    if (axis != prediction_.axis && !(row_loss && axis == class_axis_)) n *= prediction_.shape[a];
  }
  return n;
}

std::int64_t Stream::begin(bool row_loss) const { return single_row_ ? 0 : inputs_.begin() * per_row(row_loss); }

void Stream::check_shapes(bool row_loss) const {
  const std::vector<std::int64_t> whole = without_trailing_ones(prediction_.shape);
  std::vector<std::int64_t> rows = prediction_.shape;
  if (row_loss) rows.erase(rows.begin() + class_axis_);
  const auto refuse = [&](const Input& other, const std::string& role, const std::string& wanted) {
    throw error(error_code::SHP001, "prediction " + prediction_.name + " has shape " + shape_text(prediction_.shape) + ", " +
                                        role + ' ' + other.name + " has " + shape_text(other.shape) + ": " + wanted);
  };
  const std::vector<std::int64_t> target = without_trailing_ones(target_.shape);
  const bool index = row_loss && same(without_trailing_ones(rows), target);
  if (!same(whole, target) && !index) {
    refuse(target_, "target", row_loss ? "the shape without the class axis (indices) or with it (distributions) is needed"
                                       : "equal shapes are needed, trailing axes of size 1 aside");
  }
  if (weight_.name.empty()) return;
  const std::vector<std::int64_t> weight = without_trailing_ones(weight_.shape);
  const std::vector<std::int64_t>& full = row_loss ? rows : whole;
  if (weight.size() > full.size() ||
      !same(weight, {full.begin(), full.begin() + static_cast<std::ptrdiff_t>(weight.size())})) {
    refuse(weight_, "weight", row_loss ? "the shape without the class axis, or its leading axes, is needed"
                                       : "its shape or that of its leading axes is needed");
  }
}

const Stream::Input& Stream::of(role argument) const {
  return argument == role::target ? target_ : argument == role::weight ? weight_ : prediction_;
}

std::string Stream::place(role argument, std::int64_t position) const {
  const Input& in = of(argument);
  const array& chunk = in.view;
  std::int64_t scale = 1, row = 0, column = 0;
  for (int a = chunk.rank; a-- > 0; position /= std::max<std::int64_t>(1, chunk.shape[a])) {
    const std::int64_t here = position % std::max<std::int64_t>(1, chunk.shape[a]);
    if (a == in.axis && !single_row_) {
      row = inputs_.begin() + here;
    } else {
      column += here * scale;
      scale *= chunk.shape[a];
    }
  }
  return in.index >= 0 ? inputs_.locate(in.index, row, column) : in.name + ": index [" + std::to_string(column) + "]";
}

error Stream::located(const error& found, std::int64_t count, const std::string& place) const {
  std::string text = found.what();
  if (const std::size_t tail = text.find("; " + std::to_string(found.count()) + " such"); tail != std::string::npos) {
    text.resize(tail);
  }
  const std::string position = " at position " + std::to_string(found.first());
  if (const std::size_t at = text.find(position); at != std::string::npos) text.erase(at, position.size());
  std::string message = place + ": " + text;
  if (count > 1) {
    message += "; " + std::to_string(count);
    if (const std::size_t bracket = place.rfind('['); bracket != std::string::npos) {
      message += " such elements, first at index " + place.substr(bracket);
    } else {  // file:row:column
      const std::size_t column = place.rfind(':'), row = place.rfind(':', column - 1);
      message += " such rows, first at row " + place.substr(row + 1, column - row - 1);
    }
  }
  return {found.code(), message, found.where(), -1, count};
}

}  // namespace minimand::cli
