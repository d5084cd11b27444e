// The element types by their definition, for the tests of conversions.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

#include <minimand/array.hpp>

namespace minimand::run {

inline constexpr double inf = std::numeric_limits<double>::infinity();
inline constexpr double nan = std::numeric_limits<double>::quiet_NaN();

inline std::uint32_t bits(float x) { return std::bit_cast<std::uint32_t>(x); }
inline std::uint64_t bits(double x) { return std::bit_cast<std::uint64_t>(x); }

// A format of 16 bits: 1 sign, `fraction` fraction bits, the rest exponent.
struct Format {
  int fraction, bias;
  double value(std::uint16_t b) const {
    const int exponent = (b & 0x7fff) >> fraction, top = 2 * bias + 1, f = b & ((1 << fraction) - 1);
    const double magnitude = exponent == top ? (f ? nan : inf)
                             : exponent      ? std::ldexp((1 << fraction) + f, exponent - bias - fraction)
                                             : std::ldexp(f, 1 - bias - fraction);
    return b & 0x8000 ? -magnitude : magnitude;
  }
  // To nearest even by the definition: the nearest multiple of the unit of x's binade.
  std::uint16_t nearest(double x) const {
    const int infinite = (2 * bias + 1) << fraction;
    if (x != x) return static_cast<std::uint16_t>(infinite | 1 << (fraction - 1));
    const int sign = std::signbit(x) ? 0x8000 : 0;
    const double magnitude = std::abs(x);
    if (magnitude == 0) return static_cast<std::uint16_t>(sign);
    int exponent = std::isinf(x) ? bias + 1 : std::max(std::ilogb(magnitude), 1 - bias);
    if (exponent > bias) return static_cast<std::uint16_t>(sign | infinite);
    const int units = static_cast<int>(std::nearbyint(std::ldexp(magnitude, fraction - exponent)));
    // A subnormal has exponent field 0 and no leading one; a carry runs into the exponent.
    const int b = ((exponent + bias - 1) << fraction) + units;
    return static_cast<std::uint16_t>(sign | std::min(b, infinite));
  }
};
inline constexpr Format half{10, 15}, brain{7, 127};

inline constexpr dtype all_types[] = {dtype::f32, dtype::f64, dtype::f16, dtype::bf16, dtype::i8,  dtype::i16,    dtype::i32,
                                      dtype::i64, dtype::u8,  dtype::u16, dtype::u32,  dtype::u64, dtype::boolean};

// The element at an address as it is defined, rounded once to T.
template <class T>
T plain_read(const char* at, dtype type) {
  const auto as = [&](auto x) {
    std::memcpy(&x, at, sizeof x);
    return x;
  };
  switch (type) {
    case dtype::f32: return static_cast<T>(as(float{}));
    case dtype::f64: return static_cast<T>(as(double{}));
    case dtype::f16: return static_cast<T>(half.value(as(std::uint16_t{})));
    case dtype::bf16: return static_cast<T>(brain.value(as(std::uint16_t{})));
    case dtype::i8: return static_cast<T>(as(std::int8_t{}));
    case dtype::i16: return static_cast<T>(as(std::int16_t{}));
    case dtype::i32: return static_cast<T>(as(std::int32_t{}));
    case dtype::i64: return static_cast<T>(static_cast<long double>(as(std::int64_t{})));  // 64 bits: exact
    case dtype::u8: return static_cast<T>(as(std::uint8_t{}));
    case dtype::u16: return static_cast<T>(as(std::uint16_t{}));
    case dtype::u32: return static_cast<T>(as(std::uint32_t{}));
    case dtype::u64: return static_cast<T>(static_cast<long double>(as(std::uint64_t{})));
    case dtype::boolean: return as(std::uint8_t{}) != 0;
  }
  return 0;
}

}  // namespace minimand::run
