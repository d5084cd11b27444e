// Inputs side by side: which streams there are, and that they agree in their rows.
#include "io/inputs.h"

#include <algorithm>

#include "api/escape.h"
#include "io/npy.h"
#include "io/spec.h"

namespace minimand::io {
namespace {

// Rows read at a time when only their number is wanted.
constexpr std::int64_t counting_rows = 1024;

std::unique_ptr<RowSource> open_rows(const Spec& spec, int axis, const Options& options) {
  std::unique_ptr<Source> source = open_source(spec.path);
  Format format = spec.format;
  if (format == Format::unknown) {
    const std::string_view start = source->peek(npy_magic.size());
    const bool idx = start.starts_with("\x1f\x8b") || start.starts_with(std::string_view("\0\0", 2));
    format = start == npy_magic || (spec.path == "-" && !idx) ? Format::npy : idx ? Format::idx : format;
  }
  switch (format) {
    case Format::npy:
      return npy_rows(std::move(source), axis, options);
    case Format::idx:
      return idx_rows(std::move(source), axis, options);
    case Format::csv:
      if (axis != 0 && axis != -1) {
        throw error(error_code::SHP002, source->name() + ": the rows of a CSV file run along axis 0, not " +
                                            std::to_string(axis));
      }
      return csv_rows(std::move(source), options);
    case Format::unknown:
      break;
  }
  throw error(error_code::IO001, source->name() +
                                     ": is neither .npy nor IDX; a column of a CSV file is named " +
                                     source->name() + ":NAME");
}

}  // namespace

std::size_t Inputs::open(const std::string& text, int axis, std::string& columns) {
  const Spec spec = parse_spec(text);
  columns = spec.columns;
  for (std::size_t s = 0; s < streams_.size(); ++s) {
    const bool csv = spec.format == Format::csv;
    if (streams_[s].path == spec.path && streams_[s].csv == csv && (csv || streams_[s].axis == axis))
      return s;
    if (streams_[s].path == spec.path && spec.path == "-") {
      throw error(error_code::PAR005, "standard input is either one array (-) or columns of CSV (-:NAME)");
    }
  }
  streams_.push_back({spec.path, axis, spec.format == Format::csv, open_rows(spec, axis, options_)});
  return streams_.size() - 1;
}

int Inputs::add(const std::string& spec, int stream_axis) {
  std::string columns;
  const std::size_t s = open(spec, stream_axis, columns);
  RowSource& rows = *streams_[s].rows;
  const int selection = rows.select(columns);
  inputs_.push_back({s, selection, rows.name() + (columns.empty() ? "" : ":" + escaped(columns))});
  return size() - 1;
}

int Inputs::add(std::unique_ptr<RowSource> rows, const std::string& columns) {
  const int selection = rows->select(columns);
  inputs_.push_back(
      {streams_.size(), selection, rows->name() + (columns.empty() ? "" : ":" + escaped(columns))});
  streams_.push_back({"", 0, false, std::move(rows)});
  return size() - 1;
}

dtype Inputs::type(int i) const { return rows_of(at(i)).type(at(i).selection); }
std::vector<std::int64_t> Inputs::shape(int i) const { return rows_of(at(i)).shape(at(i).selection); }
std::int64_t Inputs::rows(int i) const { return rows_of(at(i)).rows(); }
std::int64_t Inputs::row_bytes(int i) const { return rows_of(at(i)).row_bytes(at(i).selection); }
const std::string& Inputs::name(int i) const { return at(i).name; }
array Inputs::chunk(int i) { return rows_of(at(i)).chunk(at(i).selection); }
std::vector<std::byte> Inputs::take(int i) { return rows_of(at(i)).take(at(i).selection); }

std::string Inputs::locate(int i, std::int64_t row, std::int64_t column) const {
  return rows_of(at(i)).locate(at(i).selection, row, column);
}

std::int64_t Inputs::next(std::int64_t max_rows) {
  if (streams_.empty()) return 0;
  if (begin_ + held_ == 0) compare_known_rows();
  begin_ += held_;
  held_ = 0;
  std::vector<std::int64_t> got;
  for (const Stream& s : streams_) got.push_back(s.rows->read(max_rows));
  const auto [least, most] = std::minmax_element(got.begin(), got.end());
  if (*least < *most) {
    fail_rows(static_cast<std::size_t>(least - got.begin()), static_cast<std::size_t>(most - got.begin()));
  }
  return held_ = *least;
}

// Arrays tell their rows before any is read.
void Inputs::compare_known_rows() const {
  const auto known = [](const Stream& s) { return s.rows->rows() >= 0; };
  const auto first = std::find_if(streams_.begin(), streams_.end(), known);
  for (auto other = first; other != streams_.end(); ++other) {
    if (!known(*other) || other->rows->rows() == first->rows->rows()) continue;
    const bool less = other->rows->rows() < first->rows->rows();
    fail_rows(static_cast<std::size_t>((less ? other : first) - streams_.begin()),
              static_cast<std::size_t>((less ? first : other) - streams_.begin()));
  }
}

void Inputs::fail_rows(std::size_t shorter, std::size_t longer) const {
  RowSource& more = *streams_[longer].rows;
  const std::int64_t fewer = streams_[shorter].rows->rows();
  if (more.rows() < 0 && more.rewindable()) {  // a file ends; a pipe need not
    try {
      while (more.rows() < 0) more.read(counting_rows);
    } catch (const error&) {
      // What is wrong further down matters less than the rows.
    }
  }
  const std::string count = more.rows() >= 0 ? std::to_string(more.rows()) : "more than " + std::to_string(fewer);
  throw error(error_code::SHP001, label(shorter) + " has " + std::to_string(fewer) +
                                      (fewer == 1 ? " row, " : " rows, ") + label(longer) + " has " + count +
                                      ": equal numbers of rows are needed");
}

// The first input read from a stream stands for it.
std::string Inputs::label(std::size_t stream) const {
  const auto in =
      std::find_if(inputs_.begin(), inputs_.end(), [&](const Input& i) { return i.stream == stream; });
  return in == inputs_.end() ? streams_[stream].rows->name() : in->name;
}

bool Inputs::rewindable() const {
  return std::all_of(streams_.begin(), streams_.end(), [](const Stream& s) { return s.rows->rewindable(); });
}

void Inputs::rewind() {
  for (const Stream& s : streams_) {
    if (!s.rows->rewindable()) {
      throw error(error_code::IO001, s.rows->name() + ": is a stream and can be read only once");
    }
  }
  for (const Stream& s : streams_) s.rows->rewind();
  begin_ = held_ = 0;
}

}  // namespace minimand::io
