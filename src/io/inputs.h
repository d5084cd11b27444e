// All inputs of a command, read side by side in chunks of rows and in memory that does not grow with the
// data.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "io/layout.h"
#include "io/rows.h"

namespace minimand::io {

class Inputs {
 public:
  explicit Inputs(Options options = {}) : options_(options) {}

  // Opens an input and reads its header; returns its index. See spec.h for the forms of `spec`. Rows run
  // along `stream_axis` (negative: from the last). Inputs that name the same file, or standard input, share
  // one reading of it. All inputs are added before the first next().
  int add(const std::string& spec, int stream_axis = 0);
  // The same for rows already opened, for example in memory; `columns` as in a spec.
  int add(std::unique_ptr<RowSource> rows, const std::string& columns = "");

  int size() const noexcept { return static_cast<int>(inputs_.size()); }
  dtype type(int i) const;
  // Extents, the one along the stream axis -1 while unknown (CSV before its end).
  std::vector<std::int64_t> shape(int i) const;
  // Rows in all, -1 while unknown; a scalar is one row.
  std::int64_t rows(int i) const;
  // Bytes that one row takes in memory.
  std::int64_t row_bytes(int i) const;
  // The file's name, with its column if one was chosen; safe to print.
  const std::string& name(int i) const;

  // Reads the next chunk, the same rows of every input; returns how many, at most `max_rows`, 0 at the end.
  // SHP001 if one input has fewer rows than another, as soon as that is known.
  std::int64_t next(std::int64_t max_rows);
  // Row of the whole input at which the chunk begins.
  std::int64_t begin() const noexcept { return begin_; }
  // The chunk of an input: extents as shape(i) with the chunk's rows along the stream axis. A view, writable,
  // valid until the next next(), rewind() or take().
  array chunk(int i);
  // The memory of the chunk, given away with the chunk as a view of it.
  std::vector<std::byte> take(int i);

  // Where an element is: "counts.csv:118:3" (line and column of the file, from 1) or "p.npy: index [117,2]".
  // `row` counts from 0 over the whole input, `column` from 0 row-major within the row.
  std::string locate(int i, std::int64_t row, std::int64_t column = 0) const;

  // Whether every input can be read a second time; rewind() throws IO001 if not.
  bool rewindable() const;
  void rewind();

 private:
  struct Stream {
    std::string path;  // "" if it was not opened here
    int axis;
    bool csv;
    std::unique_ptr<RowSource> rows;
  };
  struct Input {
    std::size_t stream;
    int selection;
    std::string name;
  };

  std::size_t open(const std::string& spec, int stream_axis, std::string& columns);
  const Input& at(int i) const { return inputs_.at(static_cast<std::size_t>(i)); }
  RowSource& rows_of(const Input& in) const { return *streams_[in.stream].rows; }
  void compare_known_rows() const;
  [[noreturn]] void fail_rows(std::size_t shorter, std::size_t longer) const;
  std::string label(std::size_t stream) const;

  Options options_;
  std::vector<Stream> streams_;
  std::vector<Input> inputs_;
  std::int64_t begin_ = 0, held_ = 0;  // the chunk: first row, rows
};

}  // namespace minimand::io
