// tanh of many numbers, by the library's own primitive: the same bits on every instruction set.
#pragma once

#include <cstdint>

namespace minimand::learn {

// z[n], in place.
void vector_tanh(std::int64_t n, float* z);
void vector_tanh(std::int64_t n, double* z);

}  // namespace minimand::learn
