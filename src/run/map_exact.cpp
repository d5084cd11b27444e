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

// Where an output ends up: past the caches, or in the array the kernel wrote.
template <class T>
T* place(T* written, T* streamed) {
  return streamed ? streamed : written;
}

}  // namespace

template <class T>
std::uint32_t exact_block(const Spec& spec, bool exact, kernels::MapCall<T>& call) {
  const DefaultLongDouble floats;
  const int heads = call.heads, gradients = call.order >= 1 ? heads : 0;
  const int bends = call.order == 2 ? kernels::bends_of(heads) : 0;
  alignas(64) T v[block_size], g[kernels::max_heads][block_size], h[kernels::max_bends][block_size];
  double summand[block_size];
  kernels::MapCall<T> raw = call;
  raw.weight = nullptr;
  raw.values = v, raw.stream_values = nullptr;
  raw.scale = 1;
  for (int k = 0; k < gradients; ++k) raw.gradient[k] = g[k], raw.stream_gradient[k] = nullptr;
  for (int k = 0; k < bends; ++k) raw.hessian[k] = h[k], raw.stream_hessian[k] = nullptr;
  active_loops().map(raw);
  double parameters[facts::max_params];
  for (int k = 0; k < facts::max_params; ++k) parameters[k] = static_cast<double>(call.parameters[k]);
  T* values = place(call.values, call.stream_values);
  std::uint32_t flags = 0;
  for (int i = 0; i < call.n; ++i) {
    const T weight = call.weight ? call.weight[i] : T(1);
    summand[i] = 0;
    if (weight == 0) continue;
    long double z[kernels::max_heads];
    const T y = call.target[i];
    Judge<T> judge{static_cast<bool>(std::isnan(y))};
    for (int k = 0; k < heads; ++k) {
      z[k] = call.prediction[k][i];
      judge.from_nan |= static_cast<bool>(std::isnan(z[k]));
    }
    if (call.listed) parameters[call.listed_index] = static_cast<double>(call.listed[i]);
    bool finite = std::isfinite(v[i]);
    for (int k = 0; k < gradients; ++k) finite &= static_cast<bool>(std::isfinite(g[k][i]));
    for (int k = 0; k < bends; ++k) finite &= static_cast<bool>(std::isfinite(h[k][i]));
    if (!finite) {
      const Point<long double> wide = spec.entry.wide_reference(z, y, parameters);
      v[i] = judge(v[i], wide.v);
      const bool lost = std::isnan(v[i]);
      for (int k = 0; k < gradients; ++k) g[k][i] = lost ? v[i] : judge(g[k][i], wide.d[k]);
      for (int k = 0; k < bends; ++k) {
        // inf - inf has no limit, but a curvature that is the same everywhere has; NaN goes everywhere.
        if (!lost) h[k][i] = judge(h[k][i], exact ? wide.h[k] : std::numeric_limits<long double>::infinity());
        else if (judge.from_nan || !spec.entry.constant_curvature) h[k][i] = v[i];
      }
    }
    flags |= judge.flags;
    summand[i] = static_cast<double>(weight) * static_cast<double>(v[i]);
    if (values) values[i] = product(weight, v[i], flags);
    const T factor = call.weight ? weight * call.scale : call.scale;
    for (int k = 0; k < gradients; ++k) place(call.gradient[k], call.stream_gradient[k])[i] = product(factor, g[k][i], flags);
    for (int k = 0; k < bends; ++k) place(call.hessian[k], call.stream_hessian[k])[i] = product(factor, h[k][i], flags);
  }
  call.sum = fold_block(summand, call.n);
  return flags;
}

template std::uint32_t exact_block(const Spec&, bool, kernels::MapCall<float>&);
template std::uint32_t exact_block(const Spec&, bool, kernels::MapCall<double>&);

}  // namespace minimand::run
