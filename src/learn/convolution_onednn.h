// The same convolutions by oneDNN in single precision; defined where the training code has it.
#pragma once

#include <type_traits>

#include "learn/convolution.h"

namespace minimand::learn::onednn {

#ifdef MINIMAND_GEMM_ONEDNN
template <class T>
inline constexpr bool convolves = std::is_same_v<T, float>;
#else
template <class T>
inline constexpr bool convolves = false;
#endif

void convolve(const Convolution& c, std::int64_t images, const float* x, const float* weight, float* z);
void convolve_back(const Convolution& c, std::int64_t images, const float* dz, const float* weight, float* dx);
void convolve_weights(const Convolution& c, std::int64_t images, const float* x, const float* dz, float* dw);

}  // namespace minimand::learn::onednn
