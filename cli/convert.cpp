// Element types into one another.
#include "cli/convert.h"

#include <bit>
#include <cmath>
#include <cstring>

namespace minimand::cli {
namespace {

double to_double(f16 x) { return std::bit_cast<_Float16>(x.bits); }
double to_double(bf16 x) { return std::bit_cast<float>(static_cast<std::uint32_t>(x.bits) << 16); }
template <class T>
double to_double(T x) { return static_cast<double>(x); }

void round_to(double x, double& out) { out = x; }
void round_to(double x, float& out) { out = static_cast<float>(x); }
void round_to(double x, f16& out) { out.bits = std::bit_cast<std::uint16_t>(static_cast<_Float16>(x)); }
void round_to(double x, bf16& out) {
  // To f32 with the last bit sticky, so that the second rounding is the only one.
  float near = static_cast<float>(x);
  std::uint32_t bits = std::bit_cast<std::uint32_t>(near);
  if (std::isnan(x)) {
    out.bits = 0x7FC0;
    return;
  }
  if (static_cast<double>(near) != x && (bits & 1) == 0 && std::isfinite(near)) {
    bits = std::abs(static_cast<double>(near)) > std::abs(x) ? bits - 1 : bits | 1;
  }
  out.bits = static_cast<std::uint16_t>((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
}

// Calls `f` with a value of the C++ type behind a dtype.
template <class F>
void with_type(dtype type, F&& f) {
  switch (type) {
    case dtype::f32: return f(float{});
    case dtype::f64: return f(double{});
    case dtype::f16: return f(f16{});
    case dtype::bf16: return f(bf16{});
    case dtype::i8: return f(std::int8_t{});
    case dtype::i16: return f(std::int16_t{});
    case dtype::i32: return f(std::int32_t{});
    case dtype::i64: return f(std::int64_t{});
    case dtype::u8: return f(std::uint8_t{});
    case dtype::u16: return f(std::uint16_t{});
    case dtype::u32: return f(std::uint32_t{});
    case dtype::u64: return f(std::uint64_t{});
    case dtype::boolean: return f(std::uint8_t{});
  }
}

template <class From, class To>
void copy_axis(const array& from, int axis, const char* at, To*& out) {
  if (axis == from.rank) {
    From value;
    std::memcpy(&value, at, sizeof value);
    round_to(to_double(value), *out++);
    return;
  }
  for (std::int64_t i = 0; i < from.shape[axis]; ++i) copy_axis<From>(from, axis + 1, at + i * from.strides[axis], out);
}

}  // namespace

io::Owned zeros(dtype type, std::span<const std::int64_t> shape) {
  io::Owned out;
  std::size_t bytes = size_of(type);
  for (const std::int64_t extent : shape) bytes *= static_cast<std::size_t>(extent);
  out.bytes.resize(bytes);
  out.view = array(out.bytes.data(), type, shape, true);
  return out;
}

io::Owned converted(const array& from, dtype type) {
  io::Owned out = zeros(type, {from.shape, static_cast<std::size_t>(from.rank)});
  with_type(type, [&](auto to) {
    using To = decltype(to);
    with_type(from.type, [&](auto source) {
      if constexpr (std::is_same_v<To, float> || std::is_same_v<To, double> || std::is_same_v<To, f16> ||
                    std::is_same_v<To, bf16>) {
        To* at = reinterpret_cast<To*>(out.bytes.data());
        copy_axis<decltype(source)>(from, 0, static_cast<const char*>(from.data), at);
      }
    });
  });
  return out;
}

}  // namespace minimand::cli
