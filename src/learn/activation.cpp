// Activations with their derivatives.
#include "learn/activation.h"


#include "learn/vector_tanh.h"

namespace minimand::learn {
namespace {

// A NaN stays one: written so that only what is less than 0 becomes 0.
template <class T>
void relu(std::int64_t n, T* z, T* derivative) {
  if (derivative)
    for (std::int64_t i = 0; i < n; ++i) derivative[i] = z[i] > 0 ? T(1) : T(0);
  for (std::int64_t i = 0; i < n; ++i) z[i] = z[i] < 0 ? T(0) : z[i];
}

template <class T>
void tanh(std::int64_t n, T* z, T* derivative) {
  vector_tanh(n, z);
  if (derivative)
    for (std::int64_t i = 0; i < n; ++i) derivative[i] = (1 - z[i]) * (1 + z[i]);
}

// With t = tanh(u), u = a (z + b z^3): z (1 + t) / 2, and (1 + t) / 2 + z (1 - t^2) a (1 + 3 b z^2) / 2.
template <class T>
void gelu(std::int64_t n, T* z, T* derivative) {
  constexpr T a = T(0.79788456080286535588), b = T(0.044715);  // a = sqrt(2 / pi)
  constexpr std::int64_t block = 512;
  T t[block];
  for (std::int64_t first = 0; first < n; first += block) {
    const std::int64_t m = n - first < block ? n - first : block;
    T* x = z + first;
    for (std::int64_t i = 0; i < m; ++i) t[i] = a * (x[i] + b * (x[i] * x[i]) * x[i]);
    vector_tanh(m, t);
    if (derivative) {
      T* d = derivative + first;
      for (std::int64_t i = 0; i < m; ++i)
        d[i] = T(0.5) * (1 + t[i]) + T(0.5) * x[i] * ((1 - t[i]) * (1 + t[i])) * (a * (1 + 3 * b * (x[i] * x[i])));
    }
    for (std::int64_t i = 0; i < m; ++i) x[i] = T(0.5) * x[i] * (1 + t[i]);
  }
}

}  // namespace

std::span<const std::string_view> activation_names() {
  static constexpr std::string_view names[] = {"relu", "tanh", "gelu"};
  return names;
}

template <class T>
void activate(Activation activation, std::int64_t n, T* z, T* derivative) {
  switch (activation) {
    case Activation::relu:
      return relu(n, z, derivative);
    case Activation::tanh:
      return tanh(n, z, derivative);
    case Activation::gelu:
      return gelu(n, z, derivative);
  }
}

template void activate(Activation, std::int64_t, float*, float*);
template void activate(Activation, std::int64_t, double*, double*);

}  // namespace minimand::learn
