// Whole arrays and tables in memory.
#include "io/load.h"

#include "api/escape.h"
#include "io/csv.h"

namespace minimand::io {

Owned load(const std::string& spec, const Options& options) {
  Inputs inputs(options);
  const int i = inputs.add(spec);
  inputs.next(std::numeric_limits<std::int64_t>::max());
  Owned out;
  out.view = inputs.chunk(i);
  out.bytes = inputs.take(i);
  out.view.data = out.bytes.data();
  return out;
}

Table load_table(const std::string& path, const Options& options) {
  CsvReader reader(open_source(path), options);
  if (!reader.next()) throw error(error_code::CSV004, reader.source().name() + ": is empty");
  Table table;
  for (std::size_t c = 0; c < reader.columns(); ++c) {
    table.names.push_back(options.header ? std::string(reader.cell(c)) : std::to_string(c + 1));
  }
  table.columns.resize(reader.columns());
  bool more = !options.header || reader.next();
  for (; more; more = reader.next()) {
    if (table.rows == options.max_rows) {
      throw error(error_code::MEM001, reader.source().name() + ": has more than " +
                                          std::to_string(options.max_rows) + " rows, the limit");
    }
    if (table.rows >= options.max_bytes / static_cast<std::int64_t>(sizeof(double) * reader.columns())) {
      throw error(error_code::MEM001, reader.source().name() + ": the table takes more than " +
                                          std::to_string(options.max_bytes) + " B, the limit");
    }
    for (std::size_t c = 0; c < reader.columns(); ++c) table.columns[c].push_back(reader.number(c));
    ++table.rows;
  }
  return table;
}

}  // namespace minimand::io
