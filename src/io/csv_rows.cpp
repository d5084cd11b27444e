// Columns of a CSV file as rows of numbers; several selections share one reading of the file.
#include <algorithm>
#include <charconv>
#include <cstring>

#include "api/escape.h"
#include "io/csv.h"
#include "io/rows.h"

namespace minimand::io {
namespace {

struct Selection {
  std::int64_t first = 0, count = 1;  // columns
  bool range = false;                 // "a..j": rank 2 even for one column
  Buffer buffer;
  std::int64_t row_bytes() const { return count * static_cast<std::int64_t>(sizeof(double)); }
};

class CsvRows final : public RowSource {
 public:
  CsvRows(std::unique_ptr<Source> source, const Options& options)
      : reader_(std::move(source), options), options_(options) {
    begin();
    if (options_.header) {
      for (std::size_t c = 0; c < reader_.columns(); ++c) names_.emplace_back(reader_.cell(c));
    }
  }

  std::int64_t rows() const override { return ended_ ? begin_ + held_ : -1; }
  bool rewindable() const override { return reader_.source().rewindable(); }
  const std::string& name() const override { return reader_.source().name(); }
  dtype type(int) const override { return dtype::f64; }
  std::int64_t row_bytes(int selection) const override { return at(selection).row_bytes(); }
  std::vector<std::byte> take(int selection) override {
    Selection& s = at(selection);
    return s.buffer.take(held_ * s.row_bytes());
  }

  int select(const std::string& columns) override {
    if (started_) throw error(error_code::INT001, name() + ": columns chosen after reading began");
    Selection s{.buffer = Buffer(options_.max_bytes)};
    if (columns.empty()) {
      if (reader_.columns() != 1) {
        throw error(error_code::CSV004, name() + ": has " + std::to_string(reader_.columns()) +
                                            " columns; choose one as " + name() + ":NAME" + known());
      }
    } else if (const auto single = find(columns)) {
      s.first = *single;
    } else {
      select_range(columns, s);
    }
    selections_.push_back(std::move(s));
    return static_cast<int>(selections_.size()) - 1;
  }

  std::vector<std::int64_t> shape(int selection) const override {
    const Selection& s = at(selection);
    return s.range ? std::vector<std::int64_t>{rows(), s.count} : std::vector<std::int64_t>{rows()};
  }

  std::int64_t read(std::int64_t count) override {
    started_ = true;
    begin_ += held_;
    held_ = 0;
    lines_.clear();
    while (held_ < count && !ended_) {
      if (!pending_ && !reader_.next()) {
        ended_ = true;
        break;
      }
      pending_ = false;
      if (begin_ + held_ == options_.max_rows) {
        throw error(error_code::MEM001,
                    name() + ": has more than " + std::to_string(options_.max_rows) + " rows, the limit");
      }
      note_line();
      for (Selection& s : selections_) parse(s);
      ++held_;
    }
    return held_;
  }

  void rewind() override {
    reader_.rewind();
    begin();
    begin_ = held_ = 0;
    lines_.clear();
    straight_ = true;
    ended_ = false;
  }

  array chunk(int selection) override {
    Selection& s = at(selection);
    const std::int64_t extents[] = {held_, s.count};
    return {s.buffer.data(), dtype::f64, std::span(extents, s.range ? 2 : 1), true};
  }

  std::string locate(int selection, std::int64_t row, std::int64_t column) const override {
    const std::string cell = std::to_string(at(selection).first + column + 1);
    std::int64_t line = row + (options_.header ? 2 : 1);
    if (!straight_) {
      if (row < begin_ || row >= begin_ + held_) {
        return name() + ": data row " + std::to_string(row + 1) + ", column " + cell;
      }
      auto after = std::upper_bound(lines_.begin(), lines_.end(), row,
                                    [](std::int64_t r, const Line& l) { return r < l.row; });
      const Line& known_line = *--after;
      line = known_line.line + row - known_line.row;
    }
    return name() + ":" + std::to_string(line) + ":" + cell;
  }

 private:
  struct Line {
    std::int64_t row, line;
  };

  const Selection& at(int selection) const { return selections_[static_cast<std::size_t>(selection)]; }
  Selection& at(int selection) { return selections_[static_cast<std::size_t>(selection)]; }

  // Reads the row that tells the columns.
  void begin() {
    if (!reader_.next()) throw error(error_code::CSV004, name() + ": is empty");
    pending_ = !options_.header;
  }

  // The lines of a chunk's rows: only where a row does not begin on the line after the last one's.
  void note_line() {
    const std::int64_t row = begin_ + held_, line = reader_.line();
    if (line != row + (options_.header ? 2 : 1)) straight_ = false;
    if (lines_.empty() || line - lines_.back().line != row - lines_.back().row) lines_.push_back({row, line});
  }

  void parse(Selection& s) {
    const std::int64_t bytes = s.row_bytes();
    std::byte* to = s.buffer.reserve((held_ + 1) * bytes, name()) + held_ * bytes;
    for (std::int64_t c = s.first; c < s.first + s.count; ++c, to += sizeof(double)) {
      const double value = reader_.number(static_cast<std::size_t>(c));
      std::memcpy(to, &value, sizeof(double));
    }
  }

  // A column by its name, else by its number from 1.
  std::optional<std::int64_t> find(std::string_view text) const {
    const auto first = std::find(names_.begin(), names_.end(), text);
    if (first != names_.end()) {
      if (std::find(first + 1, names_.end(), text) != names_.end()) {
        throw error(error_code::CSV004,
                    name() + ": more than one column is named \"" + escaped(text) + "\"; choose by number");
      }
      return first - names_.begin();
    }
    std::int64_t number = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || status != std::errc() || end != text.data() + text.size()) return std::nullopt;
    if (number < 1 || number > static_cast<std::int64_t>(reader_.columns())) {
      throw error(error_code::CSV004, name() + ": has no column " + std::to_string(number) + "; it has " +
                                          std::to_string(reader_.columns()));
    }
    return number - 1;
  }

  void select_range(const std::string& columns, Selection& s) const {
    for (std::size_t dots = columns.find(".."); dots != std::string::npos;
         dots = columns.find("..", dots + 1)) {
      const auto first = find(std::string_view(columns).substr(0, dots));
      const auto last = find(std::string_view(columns).substr(dots + 2));
      if (!first || !last) continue;
      if (*last < *first) {
        throw error(error_code::CSV004, name() + ": range \"" + escaped(columns) + "\" runs backwards");
      }
      s.range = true;
      s.first = *first;
      s.count = *last - *first + 1;
      return;
    }
    throw error(error_code::CSV004, name() + ": has no column \"" + escaped(columns) + "\"" + known());
  }

  // The first names, for a message.
  std::string known() const {
    if (names_.empty()) return "; columns are chosen by number, from 1";
    std::string list;
    for (std::size_t c = 0; c < names_.size() && list.size() < 100; ++c) {
      list += (c > 0 ? ", " : "") + escaped(names_[c], 40);
    }
    return "; columns: " + list + (list.size() < 100 ? "" : ", ...");
  }

  CsvReader reader_;
  Options options_;
  std::vector<std::string> names_;
  std::vector<Selection> selections_;
  std::vector<Line> lines_;
  std::int64_t begin_ = 0, held_ = 0;  // the chunk: first row, rows
  bool straight_ = true;               // so far every row was one line
  bool pending_ = false;               // the reader stands at a row that was not delivered yet
  bool started_ = false, ended_ = false;
};

}  // namespace

std::unique_ptr<RowSource> csv_rows(std::unique_ptr<Source> source, const Options& options) {
  return std::make_unique<CsvRows>(std::move(source), options);
}

}  // namespace minimand::io
