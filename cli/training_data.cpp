// Tables become features, targets and weights.
#include "cli/training_data.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>

#include "api/about.h"
#include "api/escape.h"
#include "cli/convert.h"
#include "cli/text.h"
#include "io/spec.h"
#include "learn/classes.h"

namespace minimand::cli {
namespace {

using learn::Column;

// Which rows are used, and where their columns lie.
struct Plan {
  const TextTable& table;
  std::vector<std::size_t> features, targets;
  std::optional<std::size_t> weight;
  std::vector<std::size_t> rows;
};

// Drops rows with missing cells, or counts them: a target or weight that is missing cannot be made up.
void choose_rows(Plan& plan, Missing missing) {
  std::vector<std::size_t> strict = plan.targets;
  if (plan.weight) strict.push_back(*plan.weight);
  std::size_t count = 0, first_row = 0, first_column = 0;
  std::set<std::size_t> columns;
  for (std::size_t r = 0; r < plan.table.rows(); ++r) {
    bool whole = true;
    const auto look = [&](std::size_t c, bool counts) {
      if (!plan.table.missing(r, c)) return;
      whole = false;
      if (!counts) return;
      if (count++ == 0) first_row = r, first_column = c;
      columns.insert(c);
    };
    for (const std::size_t c : plan.features) look(c, missing == Missing::error);
    for (const std::size_t c : strict) look(c, missing != Missing::drop);
    if (whole || missing == Missing::mean) plan.rows.push_back(r);
  }
  if (count == 0) return;
  throw error(error_code::CSV001, plan.table.place(first_row, first_column) + ": " + std::to_string(count) +
                                      (count == 1 ? " cell is missing" : " cells are missing") + " in " +
                                      std::to_string(columns.size()) + (columns.size() == 1 ? " column" : " columns") +
                                      ", the first in \"" + escaped(plan.table.columns()[first_column]) + "\"; --missing " +
                                      (missing == Missing::mean ? "drop leaves such rows out"
                                                                : "mean fills features, --missing drop leaves such rows out"));
}

double number_at(const TextTable& table, std::size_t row, std::size_t column) {
  const double value = table.number(row, column);
  if (!std::isnan(value)) return value;
  throw error(error_code::CSV001, table.place(row, column) + ": \"" + escaped(table.cell(row, column)) + "\" is not a number");
}

io::Owned encode_features(const Plan& plan, const std::vector<Column>& columns) {
  std::int64_t width = 0;
  for (const Column& column : columns) width += column.features();
  const std::int64_t shape[] = {static_cast<std::int64_t>(plan.rows.size()), width};
  io::Owned out = zeros(dtype::f64, shape);
  auto* to = reinterpret_cast<double*>(out.bytes.data());
  for (const std::size_t r : plan.rows) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const Column& column = columns[i];
      const std::size_t c = plan.features[i];
      const bool missing = plan.table.missing(r, c);
      if (column.levels.empty()) {
        *to++ = missing ? column.fill : number_at(plan.table, r, c);
        continue;
      }
      const auto level = std::lower_bound(column.levels.begin(), column.levels.end(), plan.table.cell(r, c));
      if (level != column.levels.end() && *level == plan.table.cell(r, c) && !missing) to[level - column.levels.begin()] = 1;
      to += column.levels.size();
    }
  }
  return out;
}

// The numbers that stand for texts of labels: indices, or the two of a binary loss.
double label_value(const learn::Classes& classes, std::size_t index) {
  if (classes.kind == learn::ClassKind::pair) return index == 0 ? classes.low : classes.high;
  return static_cast<double>(index);
}

io::Owned encode_targets(const Plan& plan, const std::vector<std::string>& class_names, const learn::Classes& classes) {
  const std::int64_t shape[] = {static_cast<std::int64_t>(plan.rows.size()), static_cast<std::int64_t>(plan.targets.size())};
  io::Owned out = zeros(dtype::f64, std::span(shape).first(plan.targets.size() > 1 ? 2 : 1));
  auto* to = reinterpret_cast<double*>(out.bytes.data());
  for (const std::size_t r : plan.rows) {
    for (const std::size_t c : plan.targets) {
      if (class_names.empty()) {
        *to++ = number_at(plan.table, r, c);
        continue;
      }
      const auto found = std::lower_bound(class_names.begin(), class_names.end(), plan.table.cell(r, c));
      if (found == class_names.end() || *found != plan.table.cell(r, c))
        throw error(error_code::TGT001, plan.table.place(r, c) + ": \"" + escaped(plan.table.cell(r, c)) + "\" is no class of the model");
      *to++ = label_value(classes, static_cast<std::size_t>(found - class_names.begin()));
    }
  }
  return out;
}

io::Owned encode_weights(const Plan& plan) {
  io::Owned out;
  if (!plan.weight) return out;
  const std::int64_t shape[] = {static_cast<std::int64_t>(plan.rows.size())};
  out = zeros(dtype::f64, shape);
  auto* to = reinterpret_cast<double*>(out.bytes.data());
  for (const std::size_t r : plan.rows) *to++ = number_at(plan.table, r, *plan.weight);
  return out;
}

std::vector<std::string> levels_of(const Plan& plan, std::size_t column) {
  std::set<std::string_view> seen;
  for (const std::size_t r : plan.rows)
    if (!plan.table.missing(r, column)) seen.insert(plan.table.cell(r, column));
  constexpr std::size_t most = 1000;
  if (seen.size() > most)
    throw error(error_code::CSV003, plan.table.name() + ": column \"" + escaped(plan.table.columns()[column]) + "\" has " +
                                        std::to_string(seen.size()) + " different texts; categories may have " + std::to_string(most));
  return {seen.begin(), seen.end()};
}

Column column_of(const Plan& plan, std::size_t c, Missing missing) {
  Column column;
  column.name = plan.table.columns()[c];
  column.filled = missing == Missing::mean;
  if (plan.table.is_text(c)) {
    column.levels = levels_of(plan, c);
    return column;
  }
  double sum = 0, count = 0;
  for (const std::size_t r : plan.rows)
    if (!plan.table.missing(r, c)) sum += plan.table.number(r, c), ++count;
  if (count == 0 && !plan.rows.empty())
    throw error(error_code::CSV001, plan.table.name() + ": column \"" + escaped(column.name) + "\" has no content");
  column.fill = count > 0 ? sum / count : 0;
  return column;
}

}  // namespace

std::vector<std::string> split_names(const std::string& text) {
  std::vector<std::string> names;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    names.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return names;
}

TrainingData split_table(const TextTable& table, const std::vector<std::string>& targets, const std::string& weight,
                         const Loss& loss, Missing missing) {
  Plan plan{table, {}, {}, {}, {}};
  for (const std::string& name : targets) plan.targets.push_back(table.find(name));
  if (!weight.empty()) plan.weight = table.find(weight);
  for (std::size_t c = 0; c < table.columns().size(); ++c) {
    const bool other = plan.weight == c || std::find(plan.targets.begin(), plan.targets.end(), c) != plan.targets.end();
    if (!other) plan.features.push_back(c);
  }
  if (plan.features.empty()) throw error(error_code::CSV004, table.name() + ": has no columns besides the target");
  choose_rows(plan, missing);
  TrainingData out;
  for (const std::size_t c : plan.features) {
    out.columns.push_back(column_of(plan, c, missing));
    const Column& column = out.columns.back();
    if (column.levels.empty()) out.feature_names.push_back(column.name);
    for (const std::string& level : column.levels) out.feature_names.push_back(column.name + '=' + level);
  }
  const learn::Classes classes = learn::classes_of(loss);
  if (plan.targets.size() == 1 && classes.kind != learn::ClassKind::none && table.is_text(plan.targets[0])) {
    out.class_names = levels_of(plan, plan.targets[0]);
    if (classes.kind == learn::ClassKind::pair && out.class_names.size() != 2)
      throw error(error_code::TGT001, table.name() + ": column \"" + escaped(targets[0]) + "\" has " +
                                          std::to_string(out.class_names.size()) + " classes; " + loss.text() + " takes 2");
  }
  out.target_names = targets;
  out.features = encode_features(plan, out.columns);
  out.targets = encode_targets(plan, out.class_names, classes);
  out.weights = encode_weights(plan);
  return out;
}

TrainingData encode_table(const TextTable& table, const learn::Model& model, const std::vector<std::string>& targets,
                          const std::string& weight, Missing missing) {
  Plan plan{table, {}, {}, {}, {}};
  for (const Column& column : model.columns) plan.features.push_back(table.find(column.name));
  for (const std::string& name : targets) plan.targets.push_back(table.find(name));
  if (!weight.empty()) plan.weight = table.find(weight);
  choose_rows(plan, missing);
  TrainingData out;
  out.features = encode_features(plan, model.columns);
  if (!targets.empty()) out.targets = encode_targets(plan, model.class_names, learn::classes_of(model.loss));
  out.weights = encode_weights(plan);
  return out;
}

io::Owned load_features(const std::string& text, const learn::Model& model, const io::Options& options) {
  const io::Spec spec = io::parse_spec(text);
  if (spec.format != io::Format::csv || !spec.columns.empty()) return io::load(text, options);
  const TextTable table(spec.path, options);
  if (options.header && !model.columns.empty()) {
    const Missing missing = model.columns[0].filled ? Missing::mean : Missing::error;
    return std::move(encode_table(table, model, {}, "", missing).features);
  }
  Plan plan{table, {}, {}, {}, {}};
  std::vector<Column> columns;
  for (std::size_t c = 0; c < table.columns().size(); ++c) {
    plan.features.push_back(c);
    columns.push_back({table.columns()[c], {}, 0, false});
  }
  choose_rows(plan, Missing::error);
  return encode_features(plan, columns);
}

io::Owned load_truth(const std::string& text, const learn::Model& model, const io::Options& options) {
  const io::Spec spec = io::parse_spec(text);
  if (spec.format != io::Format::csv || spec.columns.empty() || model.class_names.empty()) return io::load(text, options);
  const TextTable table(spec.path, options);
  Plan plan{table, {}, {table.find(spec.columns)}, {}, {}};
  choose_rows(plan, Missing::error);
  return encode_targets(plan, model.class_names, learn::classes_of(model.loss));
}

io::Owned take_rows(const array& from, const std::vector<std::int64_t>& rows) {
  const learn::Rows source(from, "data");
  std::vector<std::int64_t> shape(source.view().shape, source.view().shape + source.view().rank);
  shape[0] = static_cast<std::int64_t>(rows.size());
  io::Owned out = zeros(from.type, shape);
  for (std::size_t i = 0; i < rows.size(); ++i)
    std::memcpy(out.bytes.data() + i * static_cast<std::size_t>(source.row_bytes()), source.row(rows[i]),
                static_cast<std::size_t>(source.row_bytes()));
  return out;
}

}  // namespace minimand::cli
