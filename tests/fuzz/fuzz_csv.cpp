// CSV files: no bytes crash the reader; rows, cells, lines and errors do not depend on how the bytes arrive;
// what is accepted reads back equal after being written again; numbers survive a round trip.
#include <charconv>
#include <cmath>

#include "api/escape.h"
#include "io/csv.h"
#include "read_back.h"

using namespace minimand;

namespace {

struct Transcript {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::int64_t> lines;
  std::string refusal;
  bool operator==(const Transcript&) const = default;
};

Transcript read(std::string_view bytes, const io::Options& options, std::size_t block, std::size_t step) {
  Transcript out;
  try {
    io::CsvReader reader(io::memory_source(bytes, "t.csv", step), options, block);
    while (reader.next()) {
      auto& row = out.rows.emplace_back();
      for (std::size_t c = 0; c < reader.columns(); ++c) row.emplace_back(reader.cell(c));
      out.lines.push_back(reader.line());
    }
  } catch (const error& e) {
    MINIMAND_REQUIRE(exit_status(e.code()) == 65);
    out.refusal = e.what();
  }
  return out;
}

std::string rewritten(const Transcript& t) {
  std::string out;
  for (const auto& row : t.rows) {
    for (std::size_t c = 0; c < row.size(); ++c) {
      out += c > 0 ? ",\"" : "\"";
      for (const char byte : row[c]) out += byte == '"' ? std::string("\"\"") : std::string(1, byte);
      out += '"';
    }
    out += '\n';
  }
  return out;
}

void check_number(const std::string& cell) {
  const auto value = io::parse_number(cell);
  if (!value) return;
  char text[64];
  const auto end = std::to_chars(text, text + sizeof text, *value).ptr;
  const auto again = io::parse_number({text, static_cast<std::size_t>(end - text)});
  MINIMAND_REQUIRE(again && (*again == *value || (std::isnan(*again) && std::isnan(*value))));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view file(reinterpret_cast<const char*>(data), size);
  const fuzz::Guard guard(size);
  io::Options options;
  if (fuzz::draw(file, 0) % 2) {  // limits that small files reach
    options.max_line = 40;
    options.max_field = 12;
    options.max_columns = 6;
  }
  const Transcript whole = read(file, options, 4096, 0);
  MINIMAND_REQUIRE(read(file, options, 1 + fuzz::draw(file, 1) % 17, 0) == whole);
  MINIMAND_REQUIRE(read(file, options, 64, 1 + fuzz::draw(file, 2) % 5) == whole);
  for (const auto& row : whole.rows) {
    for (const std::string& cell : row) check_number(cell);
  }
  MINIMAND_REQUIRE(escaped(file).size() <= 200);
  if (whole.refusal.empty()) {
    MINIMAND_REQUIRE(read(rewritten(whole), io::Options(), 4096, 0).rows == whole.rows);
  }
  // Every column as numbers, in two sizes of chunk.
  const auto last = whole.rows.empty() ? 1 : whole.rows[0].size();
  const auto numbers = [&](std::int64_t rows) -> std::optional<std::string> {
    try {
      options.header = fuzz::draw(file, 3) % 4 > 0;
      const auto source = io::csv_rows(io::memory_source(file, "t.csv"), options);
      source->select("1.." + std::to_string(last));
      std::string out;
      while (source->read(rows) > 0) out += fuzz::bits(source->chunk(0));
      return out;
    } catch (const error& e) {
      MINIMAND_REQUIRE(exit_status(e.code()) == 65);
      return std::nullopt;
    }
  };
  MINIMAND_REQUIRE(numbers(3) == numbers(1000));
  return 0;
}
