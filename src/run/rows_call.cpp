// Checks a call of a row loss, reads what all rows share, validates labels and weights.
#include <cmath>
#include <limits>

#include "run/rows.h"

namespace minimand::run {
namespace {

[[noreturn]] void wrong_target(const array& prediction, const array& target, const RowLayout& layout, facts::Kind kind) {
  std::string wanted;
  if (kind != facts::Kind::distribution) wanted = shape_text(layout.row_shape) + " class indices";
  if (kind != facts::Kind::index) {
    wanted += std::string(wanted.empty() ? "" : " or ") + shape_text(prediction) + " distributions";
  }
  throw error(error_code::SHP001, "prediction has shape " + shape_text(prediction) + ", target has " +
                                      shape_text(target) + ": " + wanted + " are needed", role::target);
}

}  // namespace

template <class T>
RowsCall<T>::RowsCall(const Spec& s, const array& prediction, const array& given_target, const Call& c, const PartOf* part)
    : spec(s), call(c), is_part(part != nullptr), formulas(active_kernels(s.entry).template row<T>()) {
  check_input(prediction, role::prediction);
  check_input(given_target, role::target);
  layout = row_layout(prediction, call.class_axis);
  if (layout.classes == 0 && layout.rows > 0) {
    throw error(error_code::SHP001, "prediction has shape " + shape_text(prediction) + ": there are no classes", role::prediction);
  }
  blocks = {part ? part->begin : 0, layout.rows};
  const facts::Domain& domain = target_domain(spec);
  const bool same = same_elements(prediction, given_target), per_row = same_elements(given_target, layout.row_shape);
  by_index = domain.kind == facts::Kind::index ||
             (domain.kind == facts::Kind::index_or_distribution && per_row && !(same && given_target.rank == prediction.rank));
  if (by_index ? !per_row : !same) wrong_target(prediction, given_target, layout, domain.kind);
  if (!by_index && call.ignore) {
    throw error(error_code::PAR005, "ignore names a class index; the target holds distributions (give them weight 0)");
  }
  logit_rows = rows_of(prediction, layout);
  if (by_index) target = compact(given_target);
  else target_rows = rows_of(given_target, layout);

  if (call.weight.present) {
    check_input(call.weight, role::weight);
    weight = repeated(call.weight, layout.row_shape);
    if (!weight.present) {
      throw error(error_code::SHP001, "weight has shape " + shape_text(call.weight) + ", the rows have " +
                                          shape_text(layout.row_shape) + ": that shape or its leading axes is needed",
                  role::weight);
    }
    weight = compact(weight);
  }
  if (call.class_weight.present) {
    check_input(call.class_weight, role::class_weight);
    if (call.class_weight.size() != layout.classes) {
      throw error(error_code::SHP001, "class_weight has shape " + shape_text(call.class_weight) + ", " +
                                          std::to_string(layout.classes) + " classes are there", role::class_weight);
    }
    class_weight.resize(static_cast<std::size_t>(layout.classes));
    gather(call.class_weight, 0, layout.classes, class_weight.data());
    for (std::size_t k = 0; k < class_weight.size(); ++k) {
      check_weight(static_cast<double>(class_weight[k]), static_cast<std::int64_t>(k), role::class_weight);
    }
  }
  check_outputs(spec.entry, prediction, given_target, call, layout.row_shape);
  if (call.values.present) values = compact(call.values);
  if (call.gradient.present) gradient_rows = rows_of(call.gradient, layout);
  if (call.hessian.present) hessian_rows = rows_of(call.hessian, layout);

  order = call.hessian.present ? 2 : call.gradient.present ? 1 : 0;
  round_parameters(spec, parameters);
  closed(spec.entry.facts.prediction, prediction_low, prediction_high);
  closed(domain, target_low, target_high);
  is_log_target = domain.kind == facts::Kind::distribution && domain.low < 0;
  is_divergence = spec.entry.facts.family == facts::Family::divergence;
  const bool in_place = call.gradient.present && overlap(call.gradient, prediction) == Overlap::same;
  keep_logits = in_place;
  stream = order > 0 && !in_place &&
           worth_streaming(layout.rows * layout.classes * (1 + order) * static_cast<std::int64_t>(sizeof(T)));
}

template <class T>
double RowsCall<T>::class_factor(std::int64_t row, std::int64_t label, T* q) const {
  if (class_weight.empty()) return 1;
  if (by_index) {
    const bool inside = label >= 0 && label < layout.classes;
    return inside ? static_cast<double>(class_weight[static_cast<std::size_t>(label)]) : 1;
  }
  double total = 0;
  gather_run(target_rows[row], target_rows.first.type, target_rows.stride, layout.classes, q);
  for (std::size_t k = 0; k < class_weight.size(); ++k) total += static_cast<double>(class_weight[k]) * static_cast<double>(q[k]);
  return total;
}

template <class T>
Weights RowsCall<T>::weigh() {
  Weights all;
  all.present = weight.present || !class_weight.empty() || call.ignore.has_value();
  std::int64_t first_bad = -1, bad = 0;
  std::vector<T> q(distribution_buffer());
  for (std::int64_t k = 0; k < blocks.count(); ++k) {
    const std::int64_t at = blocks.offset(k);
    const int n = blocks.length(k);
    std::int64_t labels[block_size];
    double w[block_size];
    if (by_index) read_labels(target, at, n, labels);  // what is no integer is no class either
    if (weight.present) gather(weight, at, n, w);
    for (int i = 0; i < n; ++i) {
      if (!weight.present) w[i] = 1;
      check_weight(w[i], at + i, role::weight);
      if (by_index && w[i] != 0) {
        if (ignored(labels[i])) {
          w[i] = 0;
        } else if (labels[i] < 0 || labels[i] >= layout.classes) {
          if (first_bad < 0) first_bad = at + i;
          ++bad;
        }
      }
      if (w[i] != 0 && !class_weight.empty()) w[i] *= class_factor(at + i, by_index ? labels[i] : -1, q.data());
      all.count += w[i] != 0;
    }
    if (!is_part || blocks.complete(k)) all.sum.append(blocks.first() + k, fold_block(w, n));
  }
  if (bad > 0) {
    throw error(error_code::TGT001, "target " + element_text(target, first_bad) + " is no class of " +
                                        std::to_string(layout.classes) + " (legal: 0 to " +
                                        std::to_string(layout.classes - 1) + "); " + std::to_string(bad) +
                                        " such, first at position " + std::to_string(first_bad),
                role::target, first_bad, bad);
  }
  return all;
}

template <class T>
void RowsCall<T>::deliver(std::int64_t block, const double* summand, Gathered& out) const {
  const std::int64_t at = blocks.offset(block);
  const int n = blocks.length(block);
  if (values.present) scatter(summand, at, n, values);
  if (!is_part || blocks.complete(block)) {
    out.sum.append(blocks.first() + block, fold_block(summand, n));
  } else {
    edges[block == 0 ? 0 : 1] = {at, std::vector<double>(summand, summand + n)};
  }
}

template <class T>
std::vector<double> RowsCall<T>::edge_weights(std::int64_t at, int n) const {
  std::vector<double> w(static_cast<std::size_t>(n), 1.0);
  std::vector<std::int64_t> labels(static_cast<std::size_t>(n), -1);
  std::vector<T> q(distribution_buffer());
  if (weight.present) gather(weight, at, n, w.data());
  if (by_index) read_labels(target, at, n, labels.data());
  for (std::size_t i = 0; i < w.size(); ++i) {
    if (by_index && ignored(labels[i])) w[i] = 0;
    if (w[i] != 0) w[i] *= class_factor(at + static_cast<std::int64_t>(i), labels[i], q.data());
  }
  return w;
}

template <class T>
void RowsCall<T>::add_edges(Segments& sums) const {
  for (const Edge& e : edges) {
    if (e.loss.empty()) continue;
    const int n = static_cast<int>(e.loss.size());
    const std::vector<double> w = edge_weights(e.at, n);
    sums.add_edge(blocks.begin + e.at, {e.loss.data(), w.data()}, n);
  }
}

template <class T>
void RowsCall<T>::refuse(bool is_target) const {
  const facts::Domain& domain = is_target ? target_domain(spec) : spec.entry.facts.prediction;
  const T low = is_target ? target_low : prediction_low, high = is_target ? target_high : prediction_high;
  const Rows& rows = is_target ? target_rows : logit_rows;
  std::int64_t first = -1, count = 0, first_class = 0;
  T value = 0;
  std::vector<T> x(static_cast<std::size_t>(layout.classes));
  for (std::int64_t row = 0; row < layout.rows; ++row) {
    double w = 1;
    if (weight.present) gather(weight, row, 1, &w);
    if (w == 0) continue;
    gather_run(rows[row], rows.first.type, rows.stride, layout.classes, x.data());
    for (std::size_t j = 0; j < x.size(); ++j) {
      if ((x[j] >= low && x[j] <= high) || (!is_target && std::isnan(x[j]))) continue;
      if (first < 0) first = row, first_class = static_cast<std::int64_t>(j), value = x[j];
      ++count;
    }
  }
  const role argument = is_target ? role::target : role::prediction;
  throw error(is_target ? error_code::DOM002 : error_code::DOM001,
              std::string(name(argument)) + " " + std::to_string(value) + " is outside the domain of " + spec.entry.name +
                  " (" + domain.text + "); " + std::to_string(count) + " such, first in row " + std::to_string(first) +
                  ", class " + std::to_string(first_class),
              argument, first, count);
}

template struct RowsCall<float>;
template struct RowsCall<double>;

}  // namespace minimand::run
