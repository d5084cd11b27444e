// What lies between two layers.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace minimand::learn {

enum class Activation { relu, tanh, gelu };

std::span<const std::string_view> activation_names();

// z[n], in place; derivative[n] receives that at z, unless it is null.
//   relu: max(z, 0)   tanh   gelu: z (1 + tanh(sqrt(2/pi) (z + 0.044715 z^3))) / 2, Hendrycks & Gimpel (2016),
//   arXiv:1606.08415, in the form with tanh, which every instruction set computes alike
template <class T>
void activate(Activation activation, std::int64_t n, T* z, T* derivative);

}  // namespace minimand::learn
