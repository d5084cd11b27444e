// Rows of results.
#include "cli/results.h"

#include "cli/text.h"
#include "io/json.h"

namespace minimand::cli {
namespace {

std::vector<std::string> flags_of(std::uint32_t flags) {
  std::vector<std::string> out;
  for (std::uint32_t bit = 1; bit != 0; bit <<= 1) {
    if (flags & bit) out.push_back(flag_name(bit));
  }
  return out;
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ",") + word;
  return out;
}

}  // namespace

void print_results(const std::vector<ResultRow>& rows, Format format) {
  if (format == Format::json) {
    io::Json out = io::Json::array();
    for (const ResultRow& row : rows) {
      const Result& r = row.result;
      out.push_back({{"loss", row.loss}, {"reduction", row.reduction}, {"value", r.value}, {"sum", r.sum},
                     {"weight_sum", r.weight_sum}, {"count", r.count}, {"ignored", r.ignored},
                     {"flags", flags_of(r.flags)}});
    }
    print(out.rows());
    return;
  }
  using Side = Table::Side;
  Table table({{"loss", Side::left}, {"reduction", Side::left}, {"value", Side::right}, {"count", Side::right},
               {"ignored", Side::right}, {"flags", Side::left}});
  std::vector<double> values;
  for (const ResultRow& row : rows) values.push_back(row.result.value);
  const std::vector<std::string> texts = seven_digits(values);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Result& r = rows[i].result;
    table.add({rows[i].loss, rows[i].reduction, texts[i], std::to_string(r.count), std::to_string(r.ignored),
               joined(flags_of(r.flags))});
  }
  print(table.text());
}

}  // namespace minimand::cli
