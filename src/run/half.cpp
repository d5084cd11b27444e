// Runs of 16-bit floating-point numbers. One source compiled twice on x86: the baseline has vectors of 16
// bytes and no blend, which costs four times as much. Every step is exact or rounds once, so the bits are the
// same.
#include "run/half.h"

#include <cstring>

namespace minimand::run {
namespace {

template <class T, class S>
[[gnu::always_inline]] inline void widen_loop(const char* from, std::int64_t n, T* out) {
  for (std::int64_t i = 0; i < n; ++i) {
    S x;
    std::memcpy(&x, from + i * 2, sizeof x);
    out[i] = static_cast<T>(widen(x));
  }
}
template <class S, class T>
[[gnu::always_inline]] inline void narrow_loop(const T* in, std::int64_t n, char* to) {
  for (std::int64_t i = 0; i < n; ++i) {
    const std::uint16_t bits = narrowed<S>(in[i]);
    const S x{static_cast<std::uint16_t>(bits == 0x8000 ? 0 : bits)};
    std::memcpy(to + i * 2, &x, sizeof x);
  }
}

#if defined(__x86_64__)
template <class T, class S>
[[gnu::target("avx2")]] void widen_avx2(const char* from, std::int64_t n, T* out) {
  widen_loop<T, S>(from, n, out);
}
template <class S, class T>
[[gnu::target("avx2")]] void narrow_avx2(const T* in, std::int64_t n, char* to) {
  narrow_loop<S>(in, n, to);
}

bool has_avx2() {
  static const bool has = __builtin_cpu_supports("avx2");
  return has;
}
#endif

}  // namespace

template <class T, class S>
void widen_run(const char* from, std::int64_t n, T* out) {
#if defined(__x86_64__)
  if (has_avx2()) return widen_avx2<T, S>(from, n, out);
#endif
  widen_loop<T, S>(from, n, out);
}

template <class S, class T>
void narrow_run(const T* in, std::int64_t n, char* to) {
#if defined(__x86_64__)
  if (has_avx2()) return narrow_avx2<S>(in, n, to);
#endif
  narrow_loop<S>(in, n, to);
}

template void widen_run<float, f16>(const char*, std::int64_t, float*);
template void widen_run<float, bf16>(const char*, std::int64_t, float*);
template void widen_run<double, f16>(const char*, std::int64_t, double*);
template void widen_run<double, bf16>(const char*, std::int64_t, double*);
template void narrow_run<f16>(const float*, std::int64_t, char*);
template void narrow_run<f16>(const double*, std::int64_t, char*);
template void narrow_run<bf16>(const float*, std::int64_t, char*);
template void narrow_run<bf16>(const double*, std::int64_t, char*);

}  // namespace minimand::run
