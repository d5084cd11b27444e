// Links and their derivatives, plainly: their cost is that of the output layer's columns.
#include "learn/link.h"

#include <cmath>
#include <limits>
#include <minimand/error.hpp>

namespace minimand::learn {
namespace {

// Largest entry, or NaN if there is one.
template <class T>
T row_maximum(const T* z, std::int64_t n) {
  T top = -std::numeric_limits<T>::infinity();
  for (std::int64_t i = 0; i < n; ++i)
    if (!(z[i] <= top)) top = z[i];
  return top;
}

template <class T>
T logistic(T z) {
  const T e = std::exp(-std::abs(z));
  return (z >= 0 ? T(1) : e) / (1 + e);
}

}  // namespace

template <class T>
void link_forward(Link link, std::int64_t rows, std::int64_t columns, const T* in, T* out) {
  const std::int64_t n = rows * columns;
  switch (link) {
    case Link::identity:
      for (std::int64_t i = 0; in != out && i < n; ++i) out[i] = in[i];
      return;
    case Link::logistic:
      for (std::int64_t i = 0; i < n; ++i) out[i] = logistic(in[i]);
      return;
    case Link::exponential:
      for (std::int64_t i = 0; i < n; ++i) out[i] = std::exp(in[i]);
      return;
    case Link::sign:
      for (std::int64_t i = 0; i < n; ++i) out[i] = in[i] != in[i] ? in[i] : in[i] >= 0 ? T(1) : T(-1);
      return;
    case Link::softmax:
    case Link::log_softmax:
      for (std::int64_t r = 0; r < rows; ++r, in += columns, out += columns) {
        const T top = row_maximum(in, columns);
        double sum = 0;
        for (std::int64_t i = 0; i < columns; ++i) sum += std::exp(static_cast<double>(in[i] - top));
        const double log_sum = std::log(sum);
        for (std::int64_t i = 0; i < columns; ++i) {
          const T d = in[i] - top;
          out[i] = link == Link::softmax ? static_cast<T>(std::exp(static_cast<double>(d)) / sum)
                                         : static_cast<T>(static_cast<double>(d) - log_sum);
        }
      }
      return;
  }
}

template <class T>
void link_backward(Link link, std::int64_t rows, std::int64_t columns, const T* output, const T* prediction,
                   T* gradient) {
  const std::int64_t n = rows * columns;
  switch (link) {
    case Link::identity:
      return;
    case Link::logistic:  // p (1 - p), where 1 - p is taken from the other tail
      for (std::int64_t i = 0; i < n; ++i) gradient[i] *= prediction[i] * logistic(-output[i]);
      return;
    case Link::exponential:
      for (std::int64_t i = 0; i < n; ++i) gradient[i] *= prediction[i];
      return;
    case Link::softmax:  // p_i (g_i - sum_j p_j g_j)
      for (std::int64_t r = 0; r < rows; ++r, prediction += columns, gradient += columns) {
        double mean = 0;
        for (std::int64_t i = 0; i < columns; ++i)
          mean += static_cast<double>(prediction[i]) * static_cast<double>(gradient[i]);
        for (std::int64_t i = 0; i < columns; ++i)
          gradient[i] =
              static_cast<T>(static_cast<double>(prediction[i]) * (static_cast<double>(gradient[i]) - mean));
      }
      return;
    case Link::log_softmax:  // g_i - p_i sum_j g_j
      for (std::int64_t r = 0; r < rows; ++r, prediction += columns, gradient += columns) {
        double sum = 0;
        for (std::int64_t i = 0; i < columns; ++i) sum += static_cast<double>(gradient[i]);
        for (std::int64_t i = 0; i < columns; ++i)
          gradient[i] -= static_cast<T>(std::exp(static_cast<double>(prediction[i])) * sum);
      }
      return;
    case Link::sign:
      throw error(error_code::INT001, "the sign link has no derivative");
  }
}

const char* link_name(Link link) {
  switch (link) {
    case Link::identity:
      return "identity";
    case Link::logistic:
      return "logistic";
    case Link::softmax:
      return "softmax";
    case Link::log_softmax:
      return "log_softmax";
    case Link::exponential:
      return "exponential";
    case Link::sign:
      return "sign";
  }
  return "";
}

template void link_forward(Link, std::int64_t, std::int64_t, const float*, float*);
template void link_forward(Link, std::int64_t, std::int64_t, const double*, double*);
template void link_backward(Link, std::int64_t, std::int64_t, const float*, const float*, float*);
template void link_backward(Link, std::int64_t, std::int64_t, const double*, const double*, double*);

}  // namespace minimand::learn
