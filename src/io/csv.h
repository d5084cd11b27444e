// CSV as RFC 4180 has it, one row at a time in bounded memory, and the numbers in its cells.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "io/layout.h"
#include "io/source.h"

namespace minimand::io {

// A cell as a number, whatever the locale: the grammar of std::from_chars (no sign +, no blanks, no
// hexadecimal), where what is too large is an infinity and what is too small is zero, or, in any case of
// letters, one of
//   nan -nan inf -inf infinity -infinity
std::optional<double> parse_number(std::string_view cell);

// A text as one cell: in quotes where it holds a separator, a quote or a line end.
std::string csv_cell(std::string_view text);

// Splits a stream into rows and cells. Rows end with \n, \r\n or \r, the last also with the file; cells may
// be quoted ("" for a quote) and then hold separators and line ends. A BOM is skipped. CSV002 where a row has
// another number of cells than the first, CSV003 beyond a limit, for NUL and for misplaced quotes.
class CsvReader {
 public:
  // `block` is how many bytes are asked for at a time; the result does not depend on it.
  CsvReader(std::unique_ptr<Source> source, const Options& options, std::size_t block = 65536);

  // Goes to the next row; false at the end of the file.
  bool next();
  // Columns of every row, 0 before the first.
  std::size_t columns() const noexcept { return columns_; }
  // Cell of the current row, without its quotes.
  std::string_view cell(std::size_t column) const;
  // The same as a number; CSV001 if it is none.
  double number(std::size_t column) const;
  // Line of the file (from 1) in which the current row begins.
  std::int64_t line() const noexcept { return line_; }
  // Reads again from the first row.
  void rewind();

  const Source& source() const noexcept { return *source_; }
  // Throws with "file:line:column: what"; column counts from 0 and is printed from 1, -1 leaves it out.
  [[noreturn]] void fail(error_code code, std::int64_t column, const std::string& what) const;

 private:
  struct Cell {
    std::size_t begin, end;
  };  // relative to the row

  bool refill();
  int byte(std::size_t at);
  int scan(std::size_t& at, const std::array<bool, 256>& stops);
  bool read_cell(std::size_t& at);
  std::size_t read_quoted(std::size_t& at);
  void check_row_length(std::size_t at) const;
  std::int64_t here() const noexcept { return static_cast<std::int64_t>(cells_.size()); }

  std::unique_ptr<Source> source_;
  Options options_;
  std::size_t block_;
  std::vector<char> buffer_;
  std::size_t row_ = 0, end_ = 0, next_ = 0;  // in buffer_: the row, what is read, the row after
  std::vector<Cell> cells_;
  std::size_t columns_ = 0;
  std::int64_t line_ = 0, next_line_ = 1;
  bool started_ = false;
};

}  // namespace minimand::io
