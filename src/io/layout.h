// What the header of an array file declares, checked against the limits on untrusted input.
#pragma once

#include <cstdint>
#include <limits>
#include <minimand/array.hpp>
#include <minimand/error.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "io/memory_limit.h"

namespace minimand::io {

// Limits and interpretations of input; the defaults are those of the manual.
struct Options {
  bool header = true;         // the first row of a CSV file names its columns
  std::optional<dtype> as{};  // bf16: two-byte void elements (V2) of an .npy file are bf16
  bool lenient = false;       // bytes after the array of an .npy file are allowed
  std::int64_t max_rows = std::numeric_limits<std::int64_t>::max();   // of one input; MEM001 beyond
  std::int64_t max_bytes = memory_limit();                            // of one buffer or table; MEM001 beyond
  std::int64_t max_line = 2'000'000;                                  // bytes of a CSV row
  std::int64_t max_field = 65'536;                                    // bytes of a CSV cell
  std::int64_t max_columns = 65'536;                                  // of a CSV row
  std::int64_t max_header = 65'536;                                   // bytes of an .npy header
  std::int64_t max_unpack = 1'000;                                    // gzip: bytes unpacked per byte packed
};

struct Layout {
  dtype type = dtype::f32;
  bool swapped = false;  // byte order is not this machine's
  bool fortran = false;  // first axis contiguous
  std::vector<std::int64_t> shape;
  std::int64_t begin = 0;  // offset of the first element, B
  std::int64_t bytes = 0;  // of all elements
};

// "(64, 64)", "(3,)", "()"
std::string shape_text(std::span<const std::int64_t> shape);

// Sets layout.bytes. Throws `code` if the product of extents and element size does not fit in 63 bits, or if
// an array without elements declares an extent so large that walking its rows would take forever; SHP002 if
// the rank is more than minimand::array holds.
void measure(Layout& layout, const std::string& name, error_code code);

// Throws `code` unless a source of `size` B (-1: unknown) ends exactly where the elements end.
void check_size(const Layout& layout, std::int64_t size, bool lenient, const std::string& name,
                error_code code);

}  // namespace minimand::io
