// A CSV file whose columns may hold texts, in memory.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "io/layout.h"

namespace minimand::cli {

class TextTable {
 public:
  // "-" is standard input. CSV errors as everywhere.
  TextTable(const std::string& path, const io::Options& options);

  const std::string& name() const { return name_; }  // of the file, safe to print
  const std::vector<std::string>& columns() const { return columns_; }
  std::size_t rows() const { return lines_.size(); }
  std::string_view cell(std::size_t row, std::size_t column) const;
  // Empty, or one of NA, N/A, NaN, null, None and ? in any case of letters.
  bool missing(std::size_t row, std::size_t column) const;
  // Of a cell that is a number; else NaN.
  double number(std::size_t row, std::size_t column) const;
  // Some cell of the column is neither missing nor a number.
  bool is_text(std::size_t column) const;
  // "houses.csv:17:4"
  std::string place(std::size_t row, std::size_t column) const;
  // CSV004 with the nearest name if it is not there.
  std::size_t find(const std::string& column) const;

 private:
  std::string name_;
  std::vector<std::string> columns_;
  std::string bytes_;                // of all cells, one after the other
  std::vector<std::uint64_t> ends_;  // of each cell
  std::vector<std::int64_t> lines_;  // of the file, from 1
};

}  // namespace minimand::cli
