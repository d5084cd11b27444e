// Writes an .npy file from front to back.
#include "io/npy_writer.h"

#include <algorithm>
#include <cstring>

#include "io/npy.h"

namespace minimand::io {
namespace {

constexpr std::int64_t gathered = 4096;      // elements brought together from a strided view at a time
constexpr std::int64_t leading_digits = 20;  // as many as an extent can have

}  // namespace

NpyWriter::NpyWriter(const std::string& path, dtype type, std::vector<std::int64_t> shape)
    : file_(path), type_(type), shape_(std::move(shape)), open_ended_(!shape_.empty() && shape_[0] < 0) {
  if (open_ended_) {
    if (!file_.regular()) {
      throw error(error_code::IO003, file_.name() +
                                         ": the number of rows is not known yet, so the output must be "
                                         "a file, not a pipe or device");
    }
    shape_[0] = 0;
  }
  const std::string header = npy_header(type_, shape_, open_ended_ ? leading_digits : 0);
  file_.write(header.data(), header.size());
}

void NpyWriter::write(const array& elements) {
  if (elements.type != type_) {
    throw error(error_code::INT001, file_.name() + ": elements are " + minimand::name(elements.type) +
                                        ", the file holds " + minimand::name(type_));
  }
  const std::int64_t count = elements.size();
  const auto size = static_cast<std::int64_t>(size_of(type_));
  elements_ += count;
  const auto* data = static_cast<const std::byte*>(elements.data);
  std::int64_t step = size;
  bool contiguous = true;
  for (int a = elements.rank; a-- > 0; step *= elements.shape[a]) {
    contiguous &= elements.shape[a] == 1 || elements.strides[a] == step;
  }
  if (contiguous || count == 0) {
    file_.write(data, static_cast<std::size_t>(count * size));
    return;
  }
  std::vector<std::byte> block(static_cast<std::size_t>(std::min(count, gathered) * size));
  std::int64_t index[max_rank]{};
  for (std::int64_t done = 0, held = 0; done < count;) {
    std::memcpy(block.data() + held * size, data, static_cast<std::size_t>(size));
    ++done, ++held;
    for (int a = elements.rank; a-- > 0;) {
      data += elements.strides[a];
      if (++index[a] < elements.shape[a]) break;
      data -= elements.strides[a] * elements.shape[a];
      index[a] = 0;
    }
    if (held == gathered || done == count) {
      file_.write(block.data(), static_cast<std::size_t>(held * size));
      held = 0;
    }
  }
}

void NpyWriter::commit() {
  std::int64_t row = 1, expected = 1;
  for (std::size_t a = 0; a < shape_.size(); ++a) (a > 0 ? row : expected) *= shape_[a];
  if (open_ended_ && row > 0 && elements_ % row == 0) {
    expected = shape_[0] = elements_ / row;
    const std::string header = npy_header(type_, shape_, leading_digits);
    file_.rewrite(0, header.data(), header.size());
  }
  if (expected * row != elements_) {
    throw error(error_code::INT001, file_.name() + ": " + std::to_string(elements_) +
                                        " elements written, shape " + shape_text(shape_) + " declared");
  }
  file_.commit();
}

}  // namespace minimand::io
