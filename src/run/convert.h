// Elements of any array to the type of a computation and back: one rounding, to nearest even, whatever the
// types, strides (negative, zero) and alignment. Every zero stored is +0, every NaN the one positive quiet
// NaN.
#pragma once

#include <cstdint>
#include <string>

#include <minimand/array.hpp>

namespace minimand::run {

// Exact; NaN becomes the positive quiet NaN.
float to_float(f16 x) noexcept;
float to_float(bf16 x) noexcept;
// One rounding to nearest even, signed zeros kept; NaN becomes 0x7e00 or 0x7fc0.
f16 to_f16(float x) noexcept;
f16 to_f16(double x) noexcept;
bf16 to_bf16(float x) noexcept;
bf16 to_bf16(double x) noexcept;

// T is float or double. `first` counts elements in row-major order; nothing is checked against the extents.
// Elements first ... first + n - 1 of any array to out[n]. A bool is 0 or 1.
template <class T>
void gather(const array& from, std::int64_t first, std::int64_t n, T* out);
// n elements that lie `stride` bytes apart to out[n].
template <class T>
void gather_run(const void* from, dtype type, std::int64_t stride, std::int64_t n, T* out);

// in[n] to elements first ... first + n - 1 of an array of f16, bf16, f32 or f64 (else SHP002).
// `stream` asks for stores that bypass the caches: worth it for outputs larger than the last of them. The caller ends
// them with complete_stores().
template <class T>
void scatter(const T* in, std::int64_t first, std::int64_t n, const array& to, bool stream = false);
// in[n] to n elements that lie `stride` bytes apart.
template <class T>
void scatter_run(const T* in, std::int64_t n, void* to, dtype type, std::int64_t stride, bool stream = false);

// Elements that are no int64: NaN, infinite, fractional, or too large.
struct BadLabels {
  std::int64_t first = -1;  // position of the first in row-major order of the whole array, or -1
  std::int64_t count = 0;
};
// Integers exactly, floats if they are integral, to out[n]; a bad element gives INT64_MIN.
BadLabels read_labels(const array& from, std::int64_t first, std::int64_t n, std::int64_t* out);

// Element number `index` as text, exactly (floats: the shortest text that reads back), for messages.
std::string element_text(const array& from, std::int64_t index);

}  // namespace minimand::run
