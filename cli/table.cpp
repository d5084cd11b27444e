// Reads a table of texts and numbers.
#include "cli/table.h"

#include <algorithm>
#include <cmath>

#include "api/escape.h"
#include "cli/text.h"
#include "io/csv.h"

namespace minimand::cli {

TextTable::TextTable(const std::string& path, const io::Options& options) {
  io::CsvReader reader(io::open_source(path), options);
  name_ = reader.source().name();
  if (!reader.next()) throw error(error_code::CSV004, name_ + ": is empty");
  for (std::size_t c = 0; c < reader.columns(); ++c)
    columns_.push_back(options.header ? std::string(reader.cell(c)) : std::to_string(c + 1));
  for (bool more = !options.header || reader.next(); more; more = reader.next()) {
    lines_.push_back(reader.line());
    for (std::size_t c = 0; c < reader.columns(); ++c) {
      bytes_ += reader.cell(c);
      ends_.push_back(bytes_.size());
    }
    if (static_cast<std::int64_t>(bytes_.size() + ends_.size() * sizeof(std::size_t)) > options.max_bytes) {
      throw error(error_code::MEM001, name_ + ": the table takes more than " + std::to_string(options.max_bytes) + " B, the limit");
    }
  }
}

std::string_view TextTable::cell(std::size_t row, std::size_t column) const {
  const std::size_t i = row * columns_.size() + column;
  const std::size_t begin = i == 0 ? 0 : ends_[i - 1];
  return std::string_view(bytes_).substr(begin, ends_[i] - begin);
}

bool TextTable::missing(std::size_t row, std::size_t column) const {
  const std::string_view text = cell(row, column);
  if (text.size() > 4) return false;
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  for (const char* word : {"", "na", "n/a", "nan", "null", "none", "?"})
    if (lower == word) return true;
  return false;
}

double TextTable::number(std::size_t row, std::size_t column) const {
  return io::parse_number(cell(row, column)).value_or(std::nan(""));
}

bool TextTable::is_text(std::size_t column) const {
  for (std::size_t r = 0; r < rows(); ++r)
    if (!io::parse_number(cell(r, column)) && !missing(r, column)) return true;
  return false;
}

std::string TextTable::place(std::size_t row, std::size_t column) const {
  return name_ + ':' + std::to_string(lines_[row]) + ':' + std::to_string(column + 1);
}

std::size_t TextTable::find(const std::string& column) const {
  const auto found = std::find(columns_.begin(), columns_.end(), column);
  if (found != columns_.end()) return static_cast<std::size_t>(found - columns_.begin());
  throw error(error_code::CSV004, name_ + ": has no column \"" + escaped(column) + '"' + did_you_mean(column, columns_));
}

}  // namespace minimand::cli
