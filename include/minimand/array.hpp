// minimand::array: what the library reads and writes. A view of memory the caller owns: data, element type,
// extents, byte strides. Converts from anything contiguous (std::vector, std::span, std::array).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

namespace minimand {

enum class dtype : std::uint8_t { f32, f64, f16, bf16, i8, i16, i32, i64, u8, u16, u32, u64, boolean };

// Storage of 16-bit floating-point numbers; arithmetic on them is done in f32.
struct f16 { std::uint16_t bits; };
struct bf16 { std::uint16_t bits; };

constexpr std::size_t size_of(dtype t) noexcept {
  constexpr std::uint8_t bytes[] = {4, 8, 2, 2, 1, 2, 4, 8, 1, 2, 4, 8, 1};
  return bytes[static_cast<int>(t)];
}
// "f32", "bf16", ...
const char* name(dtype t) noexcept;

template <class T>
constexpr dtype dtype_of() {
  using U = std::remove_cv_t<T>;
  if constexpr (std::is_same_v<U, float>) return dtype::f32;
  else if constexpr (std::is_same_v<U, double>) return dtype::f64;
  else if constexpr (std::is_same_v<U, f16>) return dtype::f16;
  else if constexpr (std::is_same_v<U, bf16>) return dtype::bf16;
  else if constexpr (std::is_same_v<U, bool>) return dtype::boolean;
  else {
    static_assert(std::is_integral_v<U>, "minimand reads float, double, f16, bf16, bool and the integers");
    constexpr int log2 = sizeof(U) == 1 ? 0 : sizeof(U) == 2 ? 1 : sizeof(U) == 4 ? 2 : 3;
    return static_cast<dtype>(static_cast<int>(std::is_signed_v<U> ? dtype::i8 : dtype::u8) + log2);
  }
}

inline constexpr int max_rank = 8;

struct array {
  void* data = nullptr;
  dtype type = dtype::f32;
  bool writable = false;
  bool present = false;               // an option that was not given is not present
  int rank = 0;
  std::int64_t shape[max_rank];       // elements along each axis; only the first `rank` are set
  std::int64_t strides[max_rank];     // bytes from one element to the next along each axis; may be negative

  // Axes that are not there are neither cleared nor copied: a call on few elements would spend half its time on it.
  constexpr array() noexcept {}  // NOLINT
  constexpr array(const array& other) noexcept { *this = other; }
  constexpr array& operator=(const array& other) noexcept {
    data = other.data, type = other.type, writable = other.writable, present = other.present, rank = other.rank;
    for (int a = 0; a < max_rank && a < rank; ++a) shape[a] = other.shape[a], strides[a] = other.strides[a];
    return *this;
  }

  // A contiguous, row-major array of the given extents.
  array(const void* values, dtype t, std::span<const std::int64_t> extents, bool is_writable)
      : data(const_cast<void*>(values)), type(t), writable(is_writable), present(true),
        rank(static_cast<int>(extents.size())) {
    // Unsigned: an array without elements may have extents whose product is none, and its strides are not read.
    std::uint64_t step = size_of(t);
    for (int a = rank; a-- > 0; step *= static_cast<std::uint64_t>(shape[a])) {
      shape[a] = extents[static_cast<std::size_t>(a)];
      strides[a] = static_cast<std::int64_t>(step);
    }
  }

  // Anything contiguous with data() and size(): one axis.
  template <class C>
    requires requires(C&& c) { { *c.data() }; c.size(); } && (!std::is_base_of_v<array, std::remove_cvref_t<C>>)
  array(C&& values)  // NOLINT: conversion is the point
      : data(const_cast<void*>(static_cast<const void*>(values.data()))),
        type(dtype_of<std::remove_reference_t<decltype(*values.data())>>()),
        writable(!std::is_const_v<std::remove_reference_t<decltype(*values.data())>>),
        present(true), rank(1) {
    shape[0] = static_cast<std::int64_t>(values.size());
    strides[0] = static_cast<std::int64_t>(size_of(type));
  }

  // Number of elements: 0 if any extent is 0, whatever the others.
  constexpr std::int64_t size() const noexcept {
    std::uint64_t n = 1;
    bool none = false;
    for (int a = 0; a < rank; ++a) n *= static_cast<std::uint64_t>(shape[a]), none |= shape[a] == 0;
    return none ? 0 : static_cast<std::int64_t>(n);
  }
};

// A row-major matrix {data, rows, columns}, or one with a distance between rows given in elements.
template <class T>
struct matrix : array {
  matrix(T* values, std::int64_t rows, std::int64_t columns) : matrix(values, rows, columns, columns) {}
  matrix(T* values, std::int64_t rows, std::int64_t columns, std::int64_t row_stride) {
    data = const_cast<std::remove_cv_t<T>*>(values);
    type = dtype_of<T>();
    writable = !std::is_const_v<T>;
    present = true;
    rank = 2;
    shape[0] = rows, shape[1] = columns;
    strides[0] = row_stride * static_cast<std::int64_t>(sizeof(T)), strides[1] = sizeof(T);
  }
};

// A strided view of one axis: every `stride`-th element from `values`; the stride may be negative.
template <class T>
struct strided : array {
  strided(T* values, std::int64_t count, std::int64_t stride) {
    data = const_cast<std::remove_cv_t<T>*>(values);
    type = dtype_of<T>();
    writable = !std::is_const_v<T>;
    present = true;
    rank = 1;
    shape[0] = count;
    strides[0] = stride * static_cast<std::int64_t>(sizeof(T));
  }
};

}  // namespace minimand
