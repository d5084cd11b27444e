// Arrays in another floating-point type, rounded once to nearest even.
#pragma once

#include "io/load.h"

namespace minimand::cli {

// A row-major copy of any array as f16, bf16, f32 or f64.
io::Owned converted(const array& from, dtype type);
// Room for a row-major array, zeros.
io::Owned zeros(dtype type, std::span<const std::int64_t> shape);

}  // namespace minimand::cli
