#include "run/map_exact.h"

#include <cmath>
#include <limits>

#include "run/call_data.h"
#include "run/tree.h"

namespace minimand::run {
namespace {

// Default rounding of long double, which on x86 has a control word of its own, while it lives.
struct DefaultLongDouble {
#if defined(__x86_64__) || defined(__i386__)
  DefaultLongDouble() {
    const unsigned short standard = 0x37f;  // to nearest, 64 bits, no traps
    asm volatile("fnstcw %0" : "=m"(saved));
    asm volatile("fldcw %0" : : "m"(standard));
  }
  ~DefaultLongDouble() { asm volatile("fldcw %0" : : "m"(saved)); }
  unsigned short saved;
#else
  DefaultLongDouble() {}
#endif
  DefaultLongDouble(const DefaultLongDouble&) = delete;
  DefaultLongDouble& operator=(const DefaultLongDouble&) = delete;
};

template <class T>
struct Judge {
  bool from_nan;  // an input is NaN
  std::uint32_t flags = 0;

  // `exactly` is the same result with more digits and a wider range.
  T operator()(T x, long double exactly) {
    if (std::isfinite(x)) return x;
    if (std::isnan(x) && (from_nan || std::isnan(exactly))) {
      flags |= from_nan ? nan_in : domain;
      return std::numeric_limits<T>::quiet_NaN();
    }
    if (!std::isfinite(exactly)) {
      flags |= infinite;
      return std::isnan(x) ? static_cast<T>(exactly) : x;
    }
    const T rounded = static_cast<T>(exactly);
    if (!std::isfinite(rounded)) flags |= overflowed;
    return rounded;
  }
};

template <class T>
T product(T weight, T x, std::uint32_t& flags) {
  const T y = weight * x;
  if (std::isinf(y) && std::isfinite(x)) flags |= overflowed;
  return std::isnan(y) ? std::numeric_limits<T>::quiet_NaN() : y + T(0);
}

}  // namespace

template <class T>
std::uint32_t exact_block(const Spec& spec, bool exact, kernels::MapCall<T>& call) {
  const DefaultLongDouble floats;
  const int order = call.order;
  alignas(64) T v[block_size], g[block_size], h[block_size];
  double summand[block_size];
  kernels::MapCall<T> raw = call;
  raw.weight = nullptr;
  raw.values = v, raw.gradient[0] = g, raw.hessian[0] = h;
  raw.scale = 1;
  raw.stream_values = raw.stream_gradient[0] = raw.stream_hessian[0] = nullptr;
  active_loops().map(raw);
  double parameters[facts::max_params];
  for (int k = 0; k < facts::max_params; ++k) parameters[k] = static_cast<double>(call.parameters[k]);
  T* values = call.stream_values ? call.stream_values : call.values;
  T* gradient = call.stream_gradient[0] ? call.stream_gradient[0] : call.gradient[0];
  T* hessian = call.stream_hessian[0] ? call.stream_hessian[0] : call.hessian[0];
  std::uint32_t flags = 0;
  for (int i = 0; i < call.n; ++i) {
    const T weight = call.weight ? call.weight[i] : T(1);
    summand[i] = 0;
    if (weight == 0) continue;
    const T z = call.prediction[0][i], y = call.target[i];
    Judge<T> judge{std::isnan(z) || std::isnan(y)};
    if (call.listed) parameters[call.listed_index] = static_cast<double>(call.listed[i]);
    const bool finite = std::isfinite(v[i]) && (order < 1 || std::isfinite(g[i])) && (order < 2 || std::isfinite(h[i]));
    if (!finite) {
      const Point<long double> wide = spec.entry.wide_reference(z, y, parameters);
      v[i] = judge(v[i], wide.v);
      if (order >= 1) g[i] = std::isnan(v[i]) ? v[i] : judge(g[i], wide.d);
      if (order == 2) {
        // inf - inf has no limit, but a curvature that is the same everywhere has; NaN goes everywhere.
        if (!std::isnan(v[i])) {
          h[i] = judge(h[i], exact ? wide.h : std::numeric_limits<long double>::infinity());
        } else if (judge.from_nan || !spec.entry.constant_curvature) {
          h[i] = v[i];
        }
      }
    }
    flags |= judge.flags;
    summand[i] = static_cast<double>(weight) * static_cast<double>(v[i]);
    if (values) values[i] = product(weight, v[i], flags);
    const T factor = call.weight ? weight * call.scale : call.scale;
    if (order >= 1) gradient[i] = product(factor, g[i], flags);
    if (order == 2) hessian[i] = product(factor, h[i], flags);
  }
  call.sum = fold_block(summand, call.n);
  return flags;
}

template std::uint32_t exact_block(const Spec&, bool, kernels::MapCall<float>&);
template std::uint32_t exact_block(const Spec&, bool, kernels::MapCall<double>&);

}  // namespace minimand::run
