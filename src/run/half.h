// The two floating-point formats of 16 bits: exact widening, one rounding to nearest even on the way back.
// Integer arithmetic and exact floating-point steps that compilers vectorise; the same bits on every machine.
#pragma once

#include <bit>
#include <cstdint>
#include <limits>
#include <type_traits>

#include <minimand/array.hpp>

namespace minimand::run {

// a or b by mask: an `?:` whose operands hold floating-point steps stays a branch where these could trap.
template <class U>
inline U select(bool condition, U a, U b) {
  const U mask = U{0} - static_cast<U>(condition);
  return static_cast<U>((a & mask) | (b & ~mask));
}

inline float widen(f16 x) {
  const std::uint32_t magnitude = x.bits & 0x7fffu, sign = static_cast<std::uint32_t>(x.bits & 0x8000u) << 16;
  const std::uint32_t normal = (magnitude << 13) + (112u << 23);  // exponent bias 15 to 127
  const std::uint32_t infinite = magnitude > 0x7c00 ? 0x7fc00000u : 0x7f800000u | sign;
  // Below 2^-14 the bits count units of 2^-24.
  const float units = static_cast<float>(static_cast<std::int32_t>(magnitude));
  const std::uint32_t small = std::bit_cast<std::uint32_t>(units * 0x1p-24f);
  const std::uint32_t finite = select(magnitude < 0x400, small, normal) | sign;
  return std::bit_cast<float>(select(magnitude >= 0x7c00, infinite, finite));
}
inline float widen(bf16 x) {
  const std::uint32_t bits = static_cast<std::uint32_t>(x.bits) << 16;
  return std::bit_cast<float>((bits & 0x7fffffffu) > 0x7f800000u ? 0x7fc00000u : bits);
}

// F is float or double, the result a format of 16 bits with `digits` fraction bits and the given exponent
// bias. Adding half a unit less one, and one more if the last kept bit is odd, rounds to nearest even; a
// carry moves to the next exponent and to infinity as it must. Below the normal numbers the sum with a power
// of two whose last place is the format's smallest number does the same.
template <class F, int digits, int bias>
inline std::uint16_t narrow(F x) {
  using Bits = std::conditional_t<sizeof(F) == 4, std::uint32_t, std::uint64_t>;
  constexpr int own_digits = std::numeric_limits<F>::digits - 1,
                own_bias = std::numeric_limits<F>::max_exponent - 1;
  constexpr int drop = own_digits - digits;
  constexpr auto power = [](int e) { return static_cast<Bits>(e + own_bias) << own_digits; };
  constexpr Bits half = (Bits{1} << (drop - 1)) - 1, infinity = power(own_bias + 1);
  constexpr Bits shift = static_cast<Bits>(own_bias - bias) << digits;
  constexpr std::uint32_t top = static_cast<std::uint32_t>(2 * bias + 1) << digits;  // infinity
  constexpr int smallest = 1 - bias - digits;                                        // exponent

  const Bits bits = std::bit_cast<Bits>(x), magnitude = bits & (~Bits{0} >> 1);
  const std::uint32_t sign = static_cast<std::uint32_t>(bits >> (8 * sizeof(F) - 16)) & 0x8000u;
  const std::uint32_t normal =
      static_cast<std::uint32_t>(((magnitude + half + (magnitude >> drop & 1)) >> drop) - shift);
  std::uint32_t rounded = magnitude >= power(bias + 1) ? top : normal;
  if constexpr (own_bias != bias) {
    constexpr Bits unit = power(smallest + own_digits);
    const std::uint32_t small = static_cast<std::uint32_t>(
        std::bit_cast<Bits>(std::bit_cast<F>(magnitude) + std::bit_cast<F>(unit)) - unit);
    rounded = select(magnitude < power(1 - bias), small, rounded);
  }
  return static_cast<std::uint16_t>(select(magnitude > infinity, top | 1u << (digits - 1), rounded | sign));
}

// The bits of x in format S (f16 or bf16).
template <class S, class T>
inline std::uint16_t narrowed(T x) {
  if constexpr (std::is_same_v<S, f16>) {
    return narrow<T, 10, 15>(x);
  } else {
    return narrow<T, 7, 127>(x);
  }
}

// n adjacent elements of S (f16, bf16), of any alignment, to out[n] of T (float, double).
template <class T, class S>
void widen_run(const char* from, std::int64_t n, T* out);
// in[n] of T to n adjacent elements of S; no negative zero.
template <class S, class T>
void narrow_run(const T* in, std::int64_t n, char* to);

}  // namespace minimand::run
