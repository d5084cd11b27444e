// Shapes and memory of a call's arrays: what matches what, where rows lie, what overlaps.
#pragma once

#include <cstdint>
#include <string>

#include <minimand/array.hpp>
#include <minimand/error.hpp>

namespace minimand::run {

// "prediction", "class weight", ...: how messages call an argument.
const char* name(role argument) noexcept;
// "(100, 3)", "(100,)", "()"
std::string shape_text(const array& a);

// Number of elements, after SHP002 for a rank beyond max_rank, a negative extent, a null pointer to elements,
// and more elements or bytes from the first to the last than 2^60. Strides of axes of size 1 and of arrays
// without elements are not read.
std::int64_t check_input(const array& a, role argument);
// The same, and SHP002 if it is read-only, not of a floating-point type, or two of its elements share memory.
std::int64_t check_output(const array& a, role argument);

// Equal shapes, trailing axes of size 1 aside.
bool same_elements(const array& a, const array& b);

// The elements of `part`, whose shape is that of `whole` or of its leading axes (trailing axes of size 1
// aside), repeated to the shape of `whole`; not present if the shapes do not match. Reads like any array
// (stride 0).
array repeated(const array& part, const array& whole);

// The same elements in the same order with the fewest axes: no axis of size 1, none that continues another.
array compact(const array& a);

// Row-major without gaps (axes of size 1 may have any stride).
bool contiguous(const array& a);
// The address of element `index` in row-major order; cheap for compact arrays.
char* address(const array& a, std::int64_t index);
// The elements as T if they can be used where they are: contiguous, of type T, aligned for T. Otherwise null.
template <class T>
T* direct(const array& a) {
  const bool usable =
      a.type == dtype_of<T>() && reinterpret_cast<std::uintptr_t>(a.data) % alignof(T) == 0 && contiguous(a);
  return usable ? static_cast<T*>(a.data) : nullptr;
}

// Rows of classes: an array seen as its class axis and all others, in row-major order.
struct RowLayout {
  int class_axis;  // in [0, rank of the prediction)
  std::int64_t rows, classes;
  array row_shape;  // shape of the prediction without the class axis; no data
};
// PAR005 if the prediction has no such axis (-1 is the last one), SHP002 for too many rows.
RowLayout row_layout(const array& prediction, int class_axis);

// The rows of an array with a class axis: prediction, gradient, hessian, target distribution.
struct Rows {
  array first;          // compact; element r is class 0 of row r
  std::int64_t stride;  // bytes from one class to the next
  char* operator[](std::int64_t row) const { return address(first, row); }
};
// `a` has the elements of the prediction (same_elements).
Rows rows_of(const array& a, const RowLayout& layout);

// What two arrays share. `same`: each element lies where the element of the same position lies.
enum class Overlap { none, same, partial };
// `partial` may be said of views that interleave in unusual ways without sharing a byte, `none` never
// wrongly.
Overlap overlap(const array& a, const array& b);

}  // namespace minimand::run
