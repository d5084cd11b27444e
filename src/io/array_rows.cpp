// Rows of an array file along any of its axes: one contiguous run where the axis is the slowest, a positioned
// read per run of the slower axes elsewhere.
#include <algorithm>
#include <bit>
#include <cstring>

#include "io/gzip.h"
#include "io/idx.h"
#include "io/npy.h"
#include "io/rows.h"

namespace minimand::io {
namespace {

// A stream declares what it likes; its buffer grows by this at first, then doubles as data arrives.
constexpr std::int64_t first_growth = std::int64_t{1} << 20;

template <class T>
void swap_bytes(std::byte* data, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) {
    T value;
    std::memcpy(&value, data + i * static_cast<std::int64_t>(sizeof(T)), sizeof(T));
    if constexpr (sizeof(T) == 2) value = __builtin_bswap16(value);
    if constexpr (sizeof(T) == 4) value = __builtin_bswap32(value);
    if constexpr (sizeof(T) == 8) value = __builtin_bswap64(value);
    std::memcpy(data + i * static_cast<std::int64_t>(sizeof(T)), &value, sizeof(T));
  }
}

class ArrayRows final : public RowSource {
 public:
  ArrayRows(std::unique_ptr<Source> source, Layout layout, int axis, const Options& options,
            error_code size_error)
      : source_(std::move(source)),
        layout_(std::move(layout)),
        options_(options),
        size_error_(size_error),
        buffer_(options.max_bytes),
        size_(static_cast<std::int64_t>(size_of(layout_.type))) {
    const int rank = static_cast<int>(layout_.shape.size());
    if (rank > 0 && (axis < -rank || axis >= rank)) {
      throw error(error_code::SHP002, name() + ": has no axis " + std::to_string(axis) + "; its shape is " +
                                          shape_text(layout_.shape));
    }
    // In the order of the file, slowest axis first; a Fortran array is the reverse.
    stored_ = layout_.shape;
    axis_ = rank == 0 ? 0 : axis < 0 ? axis + rank : axis;
    int stored_axis = axis_;
    if (layout_.fortran) {
      std::reverse(stored_.begin(), stored_.end());
      stored_axis = rank - 1 - axis_;
    }
    stored_axis_ = static_cast<std::size_t>(std::max(stored_axis, 0));
    rows_ = rank == 0 ? 1 : stored_[stored_axis_];
    const bool none = std::find(stored_.begin(), stored_.end(), 0) != stored_.end();
    for (std::size_t a = 0; a < stored_.size() && !none; ++a) {
      if (a < stored_axis_) runs_ *= stored_[a];
      if (a > stored_axis_) run_bytes_ *= stored_[a];
    }
    run_bytes_ *= none ? 0 : size_;
    if (none) runs_ = 1;
    if (runs_ > 1 && !source_->seekable()) {
      throw error(error_code::SHP002, name() + ": shape " + shape_text(layout_.shape) +
                                          (layout_.fortran ? " in Fortran order" : "") +
                                          " cannot be read from a stream along axis " +
                                          std::to_string(axis_) +
                                          "; give a file, or the other order of axes");
    }
    if (rows_ > options.max_rows) {
      throw error(error_code::MEM001, name() + ": has " + std::to_string(rows_) + " rows; the limit is " +
                                          std::to_string(options.max_rows));
    }
  }

  std::int64_t rows() const override { return rows_; }
  bool rewindable() const override { return source_->rewindable(); }
  const std::string& name() const override { return source_->name(); }
  int select(const std::string&) override { return 0; }
  dtype type(int) const override { return layout_.type; }
  std::vector<std::int64_t> shape(int) const override { return layout_.shape; }
  std::int64_t row_bytes(int) const override { return runs_ * run_bytes_; }
  std::vector<std::byte> take(int) override { return buffer_.take(held_ * row_bytes(0)); }

  std::int64_t read(std::int64_t count) override {
    begin_ += held_;
    held_ = 0;
    const std::int64_t n = std::min(count, rows_ - begin_);
    if (runs_ == 1 || n == rows_) {
      read_run(0, begin_ * run_bytes_, n * runs_ * run_bytes_);
    } else {
      buffer_.reserve(n * row_bytes(0), name());
      for (std::int64_t r = 0; r < runs_; ++r) {
        source_->seek(layout_.begin + (r * rows_ + begin_) * run_bytes_);
        read_run(r * n * run_bytes_, (r * rows_ + begin_) * run_bytes_, n * run_bytes_);
      }
    }
    held_ = n;
    if (begin_ + n == rows_ && !ended_) expect_end();
    convert(n * row_bytes(0) / size_);
    return n;
  }

  void rewind() override {
    if (source_->seekable()) {
      source_->seek(layout_.begin);
    } else {
      source_->seek(0);
      std::byte skipped[256];
      for (std::int64_t left = layout_.begin; left > 0;) {
        const std::size_t got =
            source_->read_some(skipped, static_cast<std::size_t>(std::min<std::int64_t>(left, 256)));
        if (got == 0) throw error(size_error_, name() + ": ended within its header when read again");
        left -= static_cast<std::int64_t>(got);
      }
    }
    begin_ = held_ = 0;
    ended_ = false;
  }

  array chunk(int) override {
    std::vector<std::int64_t> shape = stored_;
    if (!shape.empty()) shape[stored_axis_] = held_;
    array out(buffer_.data(), layout_.type, shape, true);
    if (layout_.fortran) {
      std::reverse(out.shape, out.shape + out.rank);
      std::reverse(out.strides, out.strides + out.rank);
    }
    return out;
  }

  std::string locate(int, std::int64_t row, std::int64_t column) const override {
    std::string index;
    for (int a = static_cast<int>(layout_.shape.size()); a-- > 0;) {
      const std::int64_t extent = std::max<std::int64_t>(1, layout_.shape[static_cast<std::size_t>(a)]);
      const std::int64_t here = a == axis_ ? row : column % extent;
      if (a != axis_) column /= extent;
      index = std::to_string(here) + (index.empty() ? "" : ",") + index;
    }
    return name() + ": index [" + index + "]";
  }

 private:
  // `bytes` from where the source stands, `offset` B after the first element, to `at` in the buffer.
  void read_run(std::int64_t at, std::int64_t offset, std::int64_t bytes) {
    const bool trusted = source_->size() >= 0;  // the size of the file was checked against the header
    for (std::int64_t done = 0; done < bytes;) {
      const std::int64_t room = trusted ? bytes : std::min(bytes, std::max(first_growth, 2 * done));
      std::byte* to = buffer_.reserve(at + room, name()) + at + done;
      const auto got = static_cast<std::int64_t>(source_->read(to, static_cast<std::size_t>(room - done)));
      done += got;
      if (done < room) {
        throw error(size_error_,
                    name() + ": header declares " + std::to_string(layout_.bytes) + " B of data (shape " +
                        shape_text(layout_.shape) + ", " + minimand::name(layout_.type) + "), it has " +
                        std::to_string(offset + done) + " after offset " + std::to_string(layout_.begin));
      }
    }
  }

  void expect_end() {
    ended_ = true;
    if (options_.lenient && size_error_ == error_code::NPY004) return;
    if (source_->seekable()) source_->seek(layout_.begin + layout_.bytes);
    std::byte extra;
    if (source_->read_some(&extra, 1) > 0) {
      throw error(size_error_, name() + ": goes on after the " + std::to_string(layout_.bytes) +
                                   " B of data that its header declares (offset " +
                                   std::to_string(layout_.begin + layout_.bytes) + ")");
    }
  }

  void convert(std::int64_t count) {
    std::byte* const data = buffer_.data();
    if (layout_.swapped && size_ == 2) swap_bytes<std::uint16_t>(data, count);
    if (layout_.swapped && size_ == 4) swap_bytes<std::uint32_t>(data, count);
    if (layout_.swapped && size_ == 8) swap_bytes<std::uint64_t>(data, count);
    if (layout_.type != dtype::boolean) return;
    // Any other byte is no value of the C++ type, and no NumPy wrote it.
    std::byte* const end = data + count;
    std::byte* const bad = std::find_if(data, end, [](std::byte b) { return b > std::byte{1}; });
    if (bad != end) {
      throw error(error_code::NPY003, name() + ": holds byte " + std::to_string(static_cast<int>(*bad)) +
                                          " where a boolean is 0 or 1, in the rows from " +
                                          std::to_string(begin_));
    }
  }

  std::unique_ptr<Source> source_;
  Layout layout_;
  Options options_;
  error_code size_error_;
  Buffer buffer_;
  std::int64_t size_;                 // of an element, B
  std::vector<std::int64_t> stored_;  // extents in the order of the file, slowest first
  int axis_ = 0;                      // of the rows
  std::size_t stored_axis_ = 0;       // the same in stored_
  std::int64_t rows_ = 0;
  std::int64_t runs_ = 1, run_bytes_ = 1;  // of one row: its contiguous runs and their length
  std::int64_t begin_ = 0, held_ = 0;      // the chunk: first row, rows
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<RowSource> array_rows(std::unique_ptr<Source> source, Layout layout, int axis,
                                      const Options& options, error_code size_error) {
  return std::make_unique<ArrayRows>(std::move(source), std::move(layout), axis, options, size_error);
}

std::unique_ptr<RowSource> npy_rows(std::unique_ptr<Source> source, int axis, const Options& options) {
  Layout layout = read_npy_header(*source, options);
  return array_rows(std::move(source), std::move(layout), axis, options, error_code::NPY004);
}

std::unique_ptr<RowSource> idx_rows(std::unique_ptr<Source> source, int axis, const Options& options) {
  const std::int64_t packed = source->size();
  const bool gzip = source->peek(2) == "\x1f\x8b";
  if (gzip) source = gzip_source(std::move(source), options);
  Layout layout = read_idx_header(*source, options);
  if (gzip && packed >= 0 && layout.bytes / options.max_unpack > packed) {
    throw error(error_code::IDX003, source->name() + ": declares " + std::to_string(layout.bytes) +
                                        " B, more than " + std::to_string(options.max_unpack) +
                                        " times its packed size of " + std::to_string(packed) + " B");
  }
  return array_rows(std::move(source), std::move(layout), axis, options, error_code::IDX002);
}

}  // namespace minimand::io
