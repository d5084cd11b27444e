// One row: the kernel, and what the kernel leaves to a careful second look (infinite logits, NaN, flags).
#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

#include "run/rows.h"

namespace minimand::run {
namespace {

// Row `index` of an array as K contiguous T: the caller's own memory, or a copy in the buffer.
template <class T>
const T* row_of(const Rows& rows, std::int64_t index, std::int64_t classes, T* buffer) {
  const char* at = rows[index];
  const bool usable = rows.first.type == dtype_of<T>() && (rows.stride == sizeof(T) || classes == 1) &&
                      reinterpret_cast<std::uintptr_t>(at) % alignof(T) == 0;
  if (usable) return reinterpret_cast<const T*>(at);
  gather_run(at, rows.first.type, rows.stride, classes, buffer);
  return buffer;
}
// Where the kernel writes row `index`.
template <class T>
T* place(const Rows& rows, bool wanted, std::int64_t index, std::int64_t classes, T* buffer) {
  if (!wanted) return buffer;
  char* at = rows[index];
  const bool usable = rows.first.type == dtype_of<T>() && (rows.stride == sizeof(T) || classes == 1) &&
                      reinterpret_cast<std::uintptr_t>(at) % alignof(T) == 0;
  return usable ? reinterpret_cast<T*>(at) : buffer;
}
template <class T>
void deliver_row(const Rows& rows, std::int64_t index, std::int64_t classes, const T* written, const T* buffer) {
  if (written == buffer) scatter_run(written, classes, rows[index], rows.first.type, rows.stride);
}

template <class T>
void fill(T* to, std::int64_t n, T x) {
  for (std::int64_t j = 0; j < n; ++j) to[j] = x;
}
template <class T>
void canonicalise(T* x, std::int64_t n) {
  for (std::int64_t j = 0; j < n; ++j) {
    if (std::isnan(x[j])) x[j] = canonical_nan<T>();
  }
}

template <class T>
void deliver_derivatives(const RowsCall<T>& m, std::int64_t row, const kernels::RowCall<T>& c, const RowSlots<T>& slots) {
  if (m.order >= 1 && m.call.gradient.present) deliver_row(m.gradient_rows, row, c.classes, c.gradient, slots.gradient);
  if (m.order == 2) deliver_row(m.hessian_rows, row, c.classes, c.hessian, slots.hessian);
}

template <class T>
bool all_finite(const T* x, std::int64_t n) {
  return std::all_of(x, x + n, [](T one) { return std::isfinite(one); });
}

template <class T>
void fill_derivatives(const RowsCall<T>& m, kernels::RowCall<T>& c, T x) {
  if (m.order >= 1) fill(c.gradient, c.classes, x);
  if (m.order == 2) fill(c.hessian, c.classes, x);
}

// A row whose largest logit is +inf, or with a NaN, or with no finite logit: the limits of numerics Z1.
template <class T>
void limit_row(const RowsCall<T>& m, kernels::RowCall<T>& c, T* repaired, Gathered& out) {
  bool nan = false;
  std::int64_t infinities = 0;
  for (std::int64_t j = 0; j < c.classes; ++j) {
    nan |= static_cast<bool>(std::isnan(c.logits[j]));
    infinities += c.logits[j] == std::numeric_limits<T>::infinity();
  }
  if (!nan && infinities == 1) {
    // One class takes everything: the row stands for its limit, 0 there and -inf elsewhere.
    for (std::int64_t j = 0; j < c.classes; ++j) {
      const bool is_top = c.logits[j] == std::numeric_limits<T>::infinity();
      repaired[j] = is_top ? T(0) : -std::numeric_limits<T>::infinity();
    }
    c.logits = repaired;
    c.infinite_maximum = true;
    active_loops().rows(&c, 1);
    return;
  }
  out.flags |= nan ? nan_in : infinities > 1 ? domain : empty_support;
  c.value = canonical_nan<double>();
  fill_derivatives(m, c, canonical_nan<T>());
}

// A row of finite logits that leaves the type's range on the way (z / temperature, a large z-term, a gap twice the
// largest number): its results once more, by the readable reference in wider numbers.
template <class T>
void wide_row(const RowsCall<T>& m, kernels::RowCall<T>& c) {
  const auto K = static_cast<std::size_t>(c.classes);
  std::vector<double> z(c.logits, c.logits + K), q(K), w, g(K), h(K);
  if (c.distribution != nullptr) q.assign(c.distribution, c.distribution + K);
  else q[static_cast<std::size_t>(c.label)] = 1;
  if (c.class_weight != nullptr) w.assign(c.class_weight, c.class_weight + K);
  double parameters[facts::max_params];
  std::copy(m.parameters, m.parameters + facts::max_params, parameters);
  const bool exact = m.call.curvature == curvature::exact;
  c.value = m.spec.entry.reference_row(z.data(), q.data(), w.empty() ? nullptr : w.data(), c.classes, parameters,
                                       m.order >= 1 ? g.data() : nullptr, m.order == 2 && exact ? h.data() : nullptr);
  for (std::size_t j = 0; j < K; ++j) {
    if (m.order >= 1) c.gradient[j] = static_cast<T>(g[j] * c.scale + 0.0);
    if (m.order == 2 && exact) c.hessian[j] = static_cast<T>((c.has_floor ? std::max(h[j], c.floor) : h[j]) * c.scale + 0.0);
    // Infinity is a bound too, and the only one that is known.
    if (m.order == 2 && !exact && std::isnan(c.hessian[j])) c.hessian[j] = std::numeric_limits<T>::infinity();
  }
}

// Why a row's loss is infinite: a class that takes part has probability 0 exactly, or the type is too narrow.
template <class T>
std::uint32_t infinite_because(const RowsCall<T>& m, const kernels::RowCall<T>& c) {
  if (std::isfinite(c.value)) return overflowed;
  for (std::int64_t j = 0; j < c.classes; ++j) {
    const bool nothing = m.spec.entry.facts.prediction.high == 1 ? c.logits[j] == 0 : std::isinf(c.logits[j]);
    if (nothing) return infinite;
  }
  return overflowed;
}

}  // namespace

template <class T>
bool prepare_row(const RowsCall<T>& m, std::int64_t row, std::int64_t label, double weight, const RowSlots<T>& slots,
                 kernels::RowCall<T>& c) {
  const std::int64_t classes = m.layout.classes;
  std::construct_at(&c);  // in place: a copy would wait for what was just written
  c.formulas = &m.formulas, c.order = m.order;
  c.classes = classes;
  c.parameters = m.parameters;
  c.scratch = slots.scratch;
  c.gradient = m.order >= 1 ? place(m.gradient_rows, m.call.gradient.present, row, classes, slots.gradient) : nullptr;
  c.hessian = m.order == 2 ? place(m.hessian_rows, m.call.hessian.present, row, classes, slots.hessian) : nullptr;
  c.class_weight = m.class_weight.empty() ? nullptr : m.class_weight.data();
  const double factor = m.by_index ? m.class_factor(row, label, nullptr) : 1;
  if (weight == 0 || (m.by_index && (m.ignored(label) || factor == 0))) {
    fill_derivatives(m, c, T(0));
    deliver_derivatives(m, row, c, slots);
    return false;
  }
  c.logits = row_of(m.logit_rows, row, classes, slots.logits);
  if (m.by_index) {
    c.label = label;
  } else {
    c.distribution = row_of(m.target_rows, row, classes, slots.target);
  }
  const bool over_prediction = m.order >= 1 && static_cast<const void*>(c.gradient) == c.logits;
  if (over_prediction && m.keep_logits) {
    std::copy(c.logits, c.logits + classes, slots.logits);
    c.logits = slots.logits;
  }
  c.scale = weight * m.scale;
  c.floor = m.call.floor;
  c.curvature = static_cast<kernels::Curvature>(m.call.curvature);
  c.has_floor = m.call.floor > 0;
  c.stream = m.stream && c.gradient != slots.gradient;
  c.prediction_low = m.prediction_low, c.prediction_high = m.prediction_high;
  c.target_low = m.target_low, c.target_high = m.target_high;
  return true;
}

template <class T>
double finish_row(const RowsCall<T>& m, std::int64_t row, double weight, const RowSlots<T>& slots,
                  kernels::RowCall<T>& c, Gathered& out) {
  const std::int64_t classes = c.classes;
  out.bad_prediction |= c.bad_prediction;
  out.bad_target |= c.bad_target;
  if (c.bad_prediction || c.bad_target) return 0;
  const bool narrow = m.spec.entry.uses_partition && (c.not_finite || !std::isfinite(static_cast<T>(c.value)));
  if (narrow && all_finite(c.logits, classes)) {
    wide_row(m, c);
  } else if (c.not_finite) {
    limit_row(m, c, slots.repaired, out);
  }
  const double tolerance = static_cast<double>(classes) * static_cast<double>(std::numeric_limits<T>::epsilon());
  const bool normalised = std::abs(c.target_sum - 1) <= tolerance;
  if (!m.by_index && !m.is_log_target && !normalised) out.flags |= unnormalised;
  // Between two distributions (the softmax is one) the divergence is not negative; what rounding leaves is 0.
  if (m.is_divergence && m.spec.entry.uses_partition && normalised && c.value < 0) c.value = 0;
  T value = static_cast<T>(c.value);
  if (std::isinf(value)) out.flags |= infinite_because(m, c);
  if (std::isnan(value)) value = canonical_nan<T>();
  if (!std::isfinite(value)) {
    if (m.order >= 1) canonicalise(c.gradient, classes);
    if (m.order == 2) canonicalise(c.hessian, classes);
  }
  deliver_derivatives(m, row, c, slots);
  return weight * static_cast<double>(value);
}

template bool prepare_row(const RowsCall<float>&, std::int64_t, std::int64_t, double, const RowSlots<float>&, kernels::RowCall<float>&);
template bool prepare_row(const RowsCall<double>&, std::int64_t, std::int64_t, double, const RowSlots<double>&, kernels::RowCall<double>&);
template double finish_row(const RowsCall<float>&, std::int64_t, double, const RowSlots<float>&, kernels::RowCall<float>&, Gathered&);
template double finish_row(const RowsCall<double>&, std::int64_t, double, const RowSlots<double>&, kernels::RowCall<double>&, Gathered&);

}  // namespace minimand::run
