// A state machine over blocks of bytes: every decision depends on bytes and limits, never on where a block
// ends.
#include "io/csv.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "api/escape.h"

namespace minimand::io {
namespace {

// Bytes that end a run of plain ones, outside and inside quotes.
constexpr auto plain_stops = [] {
  std::array<bool, 256> stops{};
  for (const unsigned char c : {',', '"', '\n', '\r', '\0'}) stops[c] = true;
  return stops;
}();
constexpr auto quoted_stops = [] {
  std::array<bool, 256> stops = plain_stops;
  stops[','] = false;
  return stops;
}();

}  // namespace

std::string csv_cell(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == text.npos) return std::string(text);
  std::string out = "\"";
  for (const char c : text) out.append(c == '"' ? 2 : 1, c);
  return out + '"';
}

CsvReader::CsvReader(std::unique_ptr<Source> source, const Options& options, std::size_t block)
    : source_(std::move(source)), options_(options), block_(block) {}

void CsvReader::fail(error_code code, std::int64_t column, const std::string& what) const {
  const std::string cell = column < 0 ? "" : ":" + std::to_string(column + 1);
  throw error(code, source_->name() + ":" + std::to_string(line_) + cell + ": " + what);
}

// Reads more behind the current row, which may move to the front of the buffer; false at the end of the file.
bool CsvReader::refill() {
  if (row_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + row_, end_ - row_);
    end_ -= row_;
    row_ = 0;
  }
  if (buffer_.size() - end_ < block_) buffer_.resize(std::max(end_ + block_, 2 * end_));
  const std::size_t got = source_->read_some(buffer_.data() + end_, block_);
  end_ += got;
  return got > 0;
}

// The byte at `at` of the current row, or -1 at the end of the file.
int CsvReader::byte(std::size_t at) {
  while (row_ + at >= end_) {
    if (!refill()) return -1;
  }
  return static_cast<unsigned char>(buffer_[row_ + at]);
}

// Moves `at` to the next byte in `stops` and returns it, or -1 at the end of the file.
int CsvReader::scan(std::size_t& at, const std::array<bool, 256>& stops) {
  for (;;) {
    const char* p = buffer_.data() + row_ + at;
    const char* const end = buffer_.data() + end_;
    while (p < end && !stops[static_cast<unsigned char>(*p)]) ++p;
    at = static_cast<std::size_t>(p - buffer_.data()) - row_;
    check_row_length(at);
    if (p < end) return static_cast<unsigned char>(*p);
    if (!refill()) return -1;
  }
}

void CsvReader::check_row_length(std::size_t at) const {
  if (static_cast<std::int64_t>(at) > options_.max_line) {
    fail(error_code::CSV003, here(), "row is longer than " + std::to_string(options_.max_line) + " B");
  }
}

bool CsvReader::next() {
  if (!started_) {
    started_ = true;
    if (byte(0) == 0xef && byte(1) == 0xbb && byte(2) == 0xbf) next_ = 3;
  }
  row_ = next_;
  line_ = next_line_;
  cells_.clear();
  if (byte(0) < 0) return false;
  std::size_t at = 0;
  while (read_cell(at)) {
  }
  next_ = row_ + at;
  if (columns_ == 0) columns_ = cells_.size();
  if (cells_.size() != columns_) {
    // A blank line is refused too: skipping it would shift all later rows against those of another file.
    const bool blank = cells_.size() == 1 && cells_[0].begin == cells_[0].end;
    fail(error_code::CSV002, std::min(here(), static_cast<std::int64_t>(columns_)),
         (blank ? "row is empty" : "row has " + std::to_string(cells_.size()) + " columns") +
             ", the first row has " + std::to_string(columns_));
  }
  return true;
}

// Reads the cell at `at` and what ends it; true if another cell follows.
bool CsvReader::read_cell(std::size_t& at) {
  if (here() == options_.max_columns) {
    fail(error_code::CSV003, here(),
         "row has more than " + std::to_string(options_.max_columns) + " columns");
  }
  Cell cell{at, at};
  if (byte(at) == '"') {
    cell.begin = at + 1;
    cell.end = read_quoted(at);
  } else {
    scan(at, plain_stops);
    cell.end = at;
  }
  if (static_cast<std::int64_t>(cell.end - cell.begin) > options_.max_field) {
    fail(error_code::CSV003, here(), "cell is longer than " + std::to_string(options_.max_field) + " B");
  }
  const int stop = byte(at);
  switch (stop) {
    case ',':
    case '\n':
    case '\r':
    case -1:
      break;
    case '\0':
      fail(error_code::CSV003, here(), "cell holds a NUL byte");
    case '"':
      fail(error_code::CSV003, here(), "cell has a quote in it but does not begin with one");
    default:
      fail(error_code::CSV003, here(), "cell goes on after its closing quote");
  }
  cells_.push_back(cell);
  if (stop == -1) return false;
  ++at;
  if (stop == ',') return true;
  if (stop == '\r' && byte(at) == '\n') ++at;
  ++next_line_;
  return false;
}

// Reads from the opening quote to behind the closing one; doubled quotes become single ones in place. Returns
// the end of the contents.
std::size_t CsvReader::read_quoted(std::size_t& at) {
  std::size_t end = ++at;
  for (;;) {
    const std::size_t from = at;
    const int stop = scan(at, quoted_stops);
    if (stop < 0) fail(error_code::CSV003, here(), "quote is never closed");
    if (stop == '\0') fail(error_code::CSV003, here(), "cell holds a NUL byte");
    const int after = byte(at + 1);
    const bool closed = stop == '"' && after != '"';
    const std::size_t kept = at - from + (closed ? 0 : 1);
    if (end != from) std::memmove(buffer_.data() + row_ + end, buffer_.data() + row_ + from, kept);
    end += kept;
    at += stop == '"' && !closed ? 2 : 1;
    if (closed) return end;
    if (stop == '\n' || (stop == '\r' && after != '\n')) ++next_line_;
  }
}

std::string_view CsvReader::cell(std::size_t column) const {
  const Cell c = cells_[column];
  return {buffer_.data() + row_ + c.begin, c.end - c.begin};
}

double CsvReader::number(std::size_t column) const {
  const std::string_view text = cell(column);
  if (const auto value = parse_number(text)) return *value;
  fail(error_code::CSV001, static_cast<std::int64_t>(column),
       text.empty() ? "cell is empty" : "\"" + escaped(text) + "\" is not a number");
}

void CsvReader::rewind() {
  source_->seek(0);
  row_ = end_ = next_ = 0;
  cells_.clear();
  columns_ = 0;
  line_ = 0;
  next_line_ = 1;
  started_ = false;
}

}  // namespace minimand::io
