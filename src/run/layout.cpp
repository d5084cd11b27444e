// Checks of shapes and strides, views without copies, and what arrays share.
#include "run/layout.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

namespace minimand::run {
namespace {

constexpr std::int64_t limit = std::int64_t{1} << 60;  // elements and bytes; sums of a few stay in int64

std::string list(const std::int64_t* values, int n) {
  std::string text = "(";
  for (int i = 0; i < n; ++i) text += (i ? ", " : "") + std::to_string(values[i]);
  return text + (n == 1 ? ",)" : ")");
}
[[noreturn]] void unusable(role argument, const std::string& what) {
  throw error(error_code::SHP002, std::string(name(argument)) + " " + what, argument);
}
// Number of axes without the trailing ones of size 1.
int significant_rank(const array& a) {
  int rank = a.rank;
  while (rank > 0 && a.shape[rank - 1] == 1) --rank;
  return rank;
}
bool has_elements(const array& a) {
  for (int i = 0; i < a.rank; ++i) {
    if (a.shape[i] == 0) return false;
  }
  return true;
}
std::int64_t absolute(std::int64_t x) { return x < 0 ? -x : x; }

// Addresses of elements, as a set: first byte and axes with positive steps, largest first.
struct Lattice {
  std::int64_t base = 0, size = 0;
  int rank = 0;
  std::int64_t step[max_rank], extent[max_rank];

  explicit Lattice(const array& a)
      : base(static_cast<std::int64_t>(reinterpret_cast<std::intptr_t>(a.data))),
        size(static_cast<std::int64_t>(size_of(a.type))) {
    for (int i = 0; i < a.rank; ++i) {
      const std::int64_t s = a.strides[i], n = a.shape[i];
      if (s == 0 || n == 1) continue;
      if (s < 0) base += s * (n - 1);
      int place = rank++;
      for (; place > 0 && step[place - 1] < absolute(s); --place) {
        step[place] = step[place - 1], extent[place] = extent[place - 1];
      }
      step[place] = absolute(s), extent[place] = n;
    }
  }
  // Bytes from the first to the end of the last, of the axes from `axis` on.
  std::int64_t span(int axis) const {
    std::int64_t bytes = size;
    for (int i = axis; i < rank; ++i) bytes += step[i] * (extent[i] - 1);
    return bytes;
  }
};

}  // namespace

const char* name(role argument) noexcept {
  constexpr const char* names[] = {"array",        "prediction", "target",  "weight",
                                   "class weight", "gradient",   "hessian", "values"};
  return names[static_cast<int>(argument)];
}

std::string shape_text(const array& a) { return list(a.shape, a.rank); }

std::int64_t check_input(const array& a, role argument) {
  if (a.rank < 0 || a.rank > max_rank) {
    unusable(argument,
             "has " + std::to_string(a.rank) + " axes; at most " + std::to_string(max_rank) + " are read");
  }
  if (a.type > dtype::boolean) unusable(argument, "has an unknown element type");
  bool overflow = false;
  std::int64_t elements = 1, bytes = static_cast<std::int64_t>(size_of(a.type));
  for (int i = 0; i < a.rank; ++i) {
    if (a.shape[i] < 0) unusable(argument, "has a negative extent: shape " + shape_text(a));
  }
  if (!has_elements(a)) return 0;
  for (int i = 0; i < a.rank; ++i) {
    std::int64_t reach = 0;
    overflow |= __builtin_mul_overflow(elements, a.shape[i], &elements) || elements > limit;
    if (overflow) unusable(argument, "has more elements than can be counted: shape " + shape_text(a));
    if (a.shape[i] == 1) continue;
    overflow |= __builtin_mul_overflow(a.strides[i], a.shape[i] - 1, &reach) || reach < -limit ||
                reach > limit || (bytes += absolute(reach)) > limit;
    if (overflow) {
      unusable(argument,
               "reaches beyond any memory: shape " + shape_text(a) + ", strides " + list(a.strides, a.rank));
    }
  }
  if (!a.data) unusable(argument, "has shape " + shape_text(a) + " but no data");
  return elements;
}

std::int64_t check_output(const array& a, role argument) {
  const std::int64_t elements = check_input(a, argument);
  if (!a.writable) unusable(argument, "is an output but read-only");
  if (a.type > dtype::bf16) {
    unusable(argument,
             std::string("is an output of type ") + minimand::name(a.type) + "; f16, bf16, f32 and f64 are");
  }
  // Elements are apart if each axis steps over all that the axes of smaller steps span.
  bool shared = false;
  for (int i = 0; i < a.rank; ++i) shared |= elements > 0 && a.shape[i] != 1 && a.strides[i] == 0;
  const Lattice lattice(compact(a));
  for (int i = 0; i < lattice.rank; ++i) shared |= lattice.step[i] < lattice.span(i + 1);
  if (shared) {
    unusable(argument, "is an output whose elements share memory: shape " + shape_text(a) + ", strides " +
                           list(a.strides, a.rank));
  }
  return elements;
}

bool same_elements(const array& a, const array& b) {
  const int rank = significant_rank(a);
  return rank == significant_rank(b) && std::equal(a.shape, a.shape + rank, b.shape);
}

array repeated(const array& part, const array& whole) {
  int common = 0;  // leading axes of equal size
  while (common < part.rank && common < whole.rank && part.shape[common] == whole.shape[common]) ++common;
  const bool rest_is_one =
      std::all_of(part.shape + common, part.shape + part.rank, [](std::int64_t n) { return n == 1; });
  if (!rest_is_one || (common == 0 && significant_rank(whole) != 0)) return {};
  array view = part;
  view.rank = whole.rank;
  for (int i = common; i < whole.rank; ++i) view.shape[i] = whole.shape[i], view.strides[i] = 0;
  return view;
}

array compact(const array& a) {
  array view = a;
  view.rank = 0;
  if (!has_elements(a)) {
    view.rank = 1;
    view.shape[0] = 0;
    view.strides[0] = static_cast<std::int64_t>(size_of(a.type));
    return view;
  }
  for (int i = 0; i < a.rank; ++i) {
    if (a.shape[i] == 1) continue;
    const int last = view.rank - 1;
    if (last >= 0 && view.strides[last] == a.strides[i] * a.shape[i]) {
      view.shape[last] *= a.shape[i];
      view.strides[last] = a.strides[i];
    } else {
      view.shape[view.rank] = a.shape[i];
      view.strides[view.rank++] = a.strides[i];
    }
  }
  return view;
}

bool contiguous(const array& a) {
  if (!has_elements(a)) return true;
  std::int64_t step = static_cast<std::int64_t>(size_of(a.type));
  for (int i = a.rank; i-- > 0; step *= a.shape[i]) {
    if (a.shape[i] != 1 && a.strides[i] != step) return false;
  }
  return true;
}

char* address(const array& a, std::int64_t index) {
  char* at = static_cast<char*>(a.data);
  for (int i = a.rank; i-- > 1;) {
    const std::int64_t outer = index / a.shape[i];
    at += (index - outer * a.shape[i]) * a.strides[i];
    index = outer;
  }
  return a.rank == 0 ? at : at + index * a.strides[0];
}

RowLayout row_layout(const array& prediction, int class_axis) {
  const int axis = class_axis < 0 ? class_axis + prediction.rank : class_axis;
  if (axis < 0 || axis >= prediction.rank) {
    throw error(error_code::PAR005,
                "class_axis " + std::to_string(class_axis) + " is not an axis of prediction " +
                    shape_text(prediction),
                role::prediction);
  }
  RowLayout layout{axis, 1, prediction.shape[axis], prediction};
  array& rows = layout.row_shape;
  rows.data = nullptr;
  rows.rank = 0;
  for (int i = 0; i < prediction.rank; ++i) {
    if (i == axis) continue;
    // Without classes there are no elements, and the rows alone may be too many.
    if (__builtin_mul_overflow(layout.rows, prediction.shape[i], &layout.rows) || layout.rows > limit) {
      unusable(role::prediction, "has more rows than can be counted: shape " + shape_text(prediction));
    }
    rows.shape[rows.rank] = prediction.shape[i];
    rows.strides[rows.rank++] = 0;
  }
  return layout;
}

Rows rows_of(const array& a, const RowLayout& layout) {
  array first = a;
  first.rank = 0;
  std::int64_t stride = 0;  // of a class axis of size 1 that was left away
  for (int i = 0; i < a.rank; ++i) {
    if (i == layout.class_axis) {
      stride = a.shape[i] == 1 ? 0 : a.strides[i];
    } else {
      first.shape[first.rank] = a.shape[i];
      first.strides[first.rank++] = a.strides[i];
    }
  }
  return {compact(first), stride};
}

namespace {

// From the first byte to one past the last of an array with elements.
std::pair<std::int64_t, std::int64_t> bytes_of(const array& a) {
  std::int64_t low = static_cast<std::int64_t>(reinterpret_cast<std::intptr_t>(a.data)), high = low;
  for (int i = 0; i < a.rank; ++i) {
    if (a.shape[i] != 1) (a.strides[i] < 0 ? low : high) += a.strides[i] * (a.shape[i] - 1);
  }
  return {low, high + static_cast<std::int64_t>(size_of(a.type))};
}

std::int64_t floor_divide(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0); }

// Whether elements of the axes from i and j on share a byte when b's first lies `distance` behind a's.
bool touch(const Lattice& a, int i, const Lattice& b, int j, std::int64_t distance) {
  const std::int64_t span_a = a.span(i), span_b = b.span(j);
  if (distance >= span_a || -distance >= span_b) return false;
  if (i == a.rank && j == b.rank) return true;
  // Fields of records: all addresses are equal modulo the steps' common divisor.
  std::int64_t common = 0;
  for (int k = i; k < a.rank; ++k) common = std::gcd(common, a.step[k]);
  for (int k = j; k < b.rank; ++k) common = std::gcd(common, b.step[k]);
  const std::int64_t offset = distance - floor_divide(distance, common) * common;
  if (offset >= a.size && common - offset >= b.size) return false;
  // Columns of one matrix: rows k apart, for the few k at which they come near.
  if (i == a.rank || j == b.rank || a.step[i] != b.step[j]) return true;
  const std::int64_t step = a.step[i];
  const std::int64_t from = std::max(floor_divide(-distance - b.span(j + 1), step), 1 - a.extent[i]);
  const std::int64_t to = std::min(floor_divide(-distance + a.span(i + 1), step) + 1, b.extent[j] - 1);
  if (to - from > 8) return true;
  for (std::int64_t k = from; k <= to; ++k) {
    if (touch(a, i + 1, b, j + 1, distance + k * step)) return true;
  }
  return false;
}

}  // namespace

Overlap overlap(const array& a, const array& b) {
  if (!has_elements(a) || !has_elements(b)) return Overlap::none;
  // Most arrays lie apart, and small calls should learn it cheaply.
  const auto [first_a, end_a] = bytes_of(a);
  const auto [first_b, end_b] = bytes_of(b);
  if (end_a <= first_b || end_b <= first_a) return Overlap::none;
  const array x = compact(a), y = compact(b);
  if (x.data == y.data && x.rank == y.rank && size_of(x.type) == size_of(y.type) &&
      std::equal(x.shape, x.shape + x.rank, y.shape) &&
      std::equal(x.strides, x.strides + x.rank, y.strides)) {
    return Overlap::same;
  }
  const Lattice first(x), second(y);
  return touch(first, 0, second, 0, second.base - first.base) ? Overlap::partial : Overlap::none;
}

}  // namespace minimand::run
