// Tables split into features and target.
#include "cli/training_data.h"

#include <algorithm>
#include <numeric>

#include "api/escape.h"
#include "cli/convert.h"
#include "cli/text.h"
#include "io/spec.h"

namespace minimand::cli {
namespace {

std::size_t column_named(const io::Table& table, const std::string& name, const std::string& path) {
  const auto found = std::find(table.names.begin(), table.names.end(), name);
  if (found != table.names.end()) return static_cast<std::size_t>(found - table.names.begin());
  throw error(error_code::CSV004, escaped(path) + ": has no column \"" + escaped(name) + '"' + did_you_mean(name, table.names));
}

io::Owned columns_of(const io::Table& table, const std::vector<std::size_t>& which, bool one_axis) {
  const std::int64_t shape[] = {table.rows, static_cast<std::int64_t>(which.size())};
  io::Owned out = zeros(dtype::f64, std::span(shape).first(one_axis ? 1 : 2));
  auto* to = reinterpret_cast<double*>(out.bytes.data());
  for (std::size_t r = 0; r < static_cast<std::size_t>(table.rows); ++r) {
    for (const std::size_t c : which) *to++ = table.columns[c][r];
  }
  return out;
}

}  // namespace

TrainingData split_table(const std::string& path, const std::string& target, const io::Options& options) {
  const io::Table table = io::load_table(path, options);
  const std::size_t y = column_named(table, target, path);
  std::vector<std::size_t> features;
  TrainingData out;
  for (std::size_t c = 0; c < table.names.size(); ++c) {
    if (c == y) continue;
    features.push_back(c);
    out.feature_names.push_back(table.names[c]);
  }
  if (features.empty()) throw error(error_code::CSV004, escaped(path) + ": has no columns besides the target");
  out.features = columns_of(table, features, false);
  out.targets = columns_of(table, {y}, true);
  out.target_names = {table.names[y]};
  return out;
}

io::Owned load_features(const std::string& text, const std::vector<std::string>& wanted, const io::Options& options) {
  const io::Spec spec = io::parse_spec(text);
  if (spec.format != io::Format::csv || !spec.columns.empty()) return io::load(text, options);
  const io::Table table = io::load_table(spec.path, options);
  std::vector<std::size_t> which(table.names.size());
  std::iota(which.begin(), which.end(), std::size_t{0});
  if (options.header && !wanted.empty()) {
    which.clear();
    for (const std::string& name : wanted) which.push_back(column_named(table, name, spec.path));
  }
  return columns_of(table, which, false);
}

}  // namespace minimand::cli
