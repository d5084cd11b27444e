// The header of NumPy's .npy format, versions 1 to 3: https://numpy.org/neps/nep-0001-npy-format.html
#pragma once

#include "io/layout.h"
#include "io/source.h"

namespace minimand::io {

inline constexpr std::string_view npy_magic = "\x93NUMPY";

// Reads the header and leaves the source at the first element. NPY001-NPY004 on anything but an array of
// numbers whose size is exactly what the header declares.
Layout read_npy_header(Source& source, const Options& options);

// A version 1 header, padded to a multiple of 64 B. With `leading_digits` it leaves room for a leading extent
// of so many digits: written again with another extent it has the same length.
std::string npy_header(dtype type, std::span<const std::int64_t> shape, std::int64_t leading_digits = 0);

}  // namespace minimand::io
