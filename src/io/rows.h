// A source of rows: what stands behind one or more inputs that are read together.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "io/layout.h"
#include "io/source.h"

namespace minimand::io {

// Memory that grows as data arrives, so that a size a file merely declares allocates nothing.
class Buffer {
 public:
  explicit Buffer(std::int64_t most) : most_(most) {}
  // Room for at least `bytes`; what is there stays, and growing row by row costs constant time per row.
  // MEM001 beyond the limit.
  std::byte* reserve(std::int64_t bytes, const std::string& name);
  std::byte* data() noexcept { return bytes_.data(); }
  // Gives the memory away, cut to `bytes`.
  std::vector<std::byte> take(std::int64_t bytes);

 private:
  std::vector<std::byte> bytes_;
  std::int64_t most_;
};

// One file or stream, read in chunks of rows; a table lets several selections of columns share one reading.
class RowSource {
 public:
  virtual ~RowSource() = default;
  // Rows in all, or -1 while unknown.
  virtual std::int64_t rows() const = 0;
  // Reads the next chunk: `count` rows, fewer only at the end. Views of the former chunk become invalid.
  virtual std::int64_t read(std::int64_t count) = 0;
  virtual bool rewindable() const = 0;
  virtual void rewind() = 0;
  virtual const std::string& name() const = 0;

  // Chooses columns ("price", "3", "a..j"; "" for the only one) and returns the number of the selection.
  virtual int select(const std::string& columns) = 0;
  virtual dtype type(int selection) const = 0;
  virtual std::vector<std::int64_t> shape(int selection) const = 0;
  virtual array chunk(int selection) = 0;
  virtual std::vector<std::byte> take(int selection) = 0;
  // Bytes of one row of the selection.
  virtual std::int64_t row_bytes(int selection) const = 0;
  // Where an element is, for messages: `row` of the whole input, `column` counted row-major within the row.
  virtual std::string locate(int selection, std::int64_t row, std::int64_t column) const = 0;
};

// An array file whose header was read; rows run along `axis`, which may be negative.
std::unique_ptr<RowSource> array_rows(std::unique_ptr<Source> source, Layout layout, int axis,
                                      const Options& options, error_code size_error);
std::unique_ptr<RowSource> npy_rows(std::unique_ptr<Source> source, int axis, const Options& options);
// Also gzip, told by its first bytes.
std::unique_ptr<RowSource> idx_rows(std::unique_ptr<Source> source, int axis, const Options& options);
// Cells become f64.
std::unique_ptr<RowSource> csv_rows(std::unique_ptr<Source> source, const Options& options);

}  // namespace minimand::io
