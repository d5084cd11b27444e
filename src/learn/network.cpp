// Forward and backward of dense layers: matrix products with loops around them.
#include "learn/network.h"

#include <algorithm>
#include <cmath>
#include <minimand/error.hpp>

#include "learn/gemm.h"
#include "learn/philox.h"
#include "learn/vector_tanh.h"

namespace minimand::learn {
namespace {

constexpr std::int64_t tile_elements = 65536;  // weight, gradient and two moments of a tile fit in 1 MB

template <class T>
void add_bias(const T* bias, std::int64_t rows, std::int64_t columns, T* z) {
  for (std::int64_t r = 0; r < rows; ++r, z += columns)
    for (std::int64_t c = 0; c < columns; ++c) z[c] += bias[c];
}

// A NaN stays one: written so that only what is less than 0 becomes 0.
template <class T>
void activate(Activation activation, std::int64_t n, T* z) {
  if (activation == Activation::tanh) return vector_tanh(n, z);
  for (std::int64_t i = 0; i < n; ++i) z[i] = z[i] < 0 ? T(0) : z[i];
}

// By the activation's value a: relu' = [a > 0], tanh' = 1 - a^2.
template <class T>
void activation_backward(Activation activation, std::int64_t n, const T* a, T* slope) {
  if (activation == Activation::relu) {
    for (std::int64_t i = 0; i < n; ++i) slope[i] = a[i] > 0 ? slope[i] : T(0);
  } else {
    for (std::int64_t i = 0; i < n; ++i) slope[i] *= (1 - a[i]) * (1 + a[i]);
  }
}

}  // namespace

Network::Network(const ModelSpec& spec, std::int64_t inputs, std::int64_t outputs) : spec_(spec) {
  std::int64_t width = inputs, offset = 0;
  for (std::size_t l = 0; l <= spec.hidden.size(); ++l) {
    const std::int64_t next = l < spec.hidden.size() ? spec.hidden[l] : outputs;
    std::int64_t weights = 0, end = 0;
    if (width < 1 || next < 1 || __builtin_mul_overflow(width, next, &weights) ||
        __builtin_add_overflow(offset, weights + next, &end) || end > (std::int64_t{1} << 40)) {
      throw error(error_code::PAR005, "model " + spec.text() + ": a layer from " + std::to_string(width) +
                                          " to " + std::to_string(next) + " numbers cannot be had");
    }
    layers_.push_back({width, next, offset, offset + weights});
    const std::int64_t count =
        std::clamp<std::int64_t>((weights + tile_elements - 1) / tile_elements, 1, width);
    for (std::int64_t t = 0; t < count; ++t) {
      Tile tile;
      tile.layer = static_cast<int>(l);
      tile.first = width * t / count, tile.last = width * (t + 1) / count;
      tile.begin = offset + tile.first * next;
      tile.weights_end = offset + tile.last * next;
      tile.end = t + 1 == count ? end : tile.weights_end;
      tiles_.push_back(tile);
    }
    offset = end, width = next;
  }
}

std::int64_t Network::work_per_row() const {
  std::int64_t sum = 0;
  for (const Dense& layer : layers_) sum += layer.inputs * layer.outputs;
  return sum;
}

void Network::initialise(std::uint64_t seed, float* parameters) const {
  std::fill(parameters, parameters + parameter_count(), 0.0f);
  if (layers_.size() == 1) return;
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    const Dense& layer = layers_[l];
    const Random random(seed, Purpose::initial_weights, l);
    const bool he = spec_.activation == Activation::relu && l + 1 < layers_.size();
    const double width = static_cast<double>(layer.inputs), both = width + static_cast<double>(layer.outputs);
    for (std::int64_t i = 0; i < layer.inputs * layer.outputs; ++i) {
      // He et al. (2015), arXiv:1502.01852; Glorot & Bengio (2010).
      parameters[layer.weight + i] = static_cast<float>(
          he ? std::sqrt(2 / width) * random.normal(i) : std::sqrt(6 / both) * (2 * random.uniform(i) - 1));
    }
  }
}

template <class T>
Pass<T>::Pass(const Network& network, std::int64_t rows, bool with_slopes) {
  const auto room = [rows](std::int64_t width) {
    return AlignedVector<T>(static_cast<std::size_t>(rows * width));
  };
  values.push_back(room(network.inputs()));
  for (const Dense& layer : network.layers()) {
    values.push_back(room(layer.outputs));
    if (with_slopes) slopes.push_back(room(layer.outputs));
  }
}

template <class T>
void forward(const Network& network, const T* parameters, Pass<T>& pass, std::int64_t first,
             std::int64_t last) {
  const std::int64_t rows = last - first;
  for (std::size_t l = 0; l < network.layers().size(); ++l) {
    const Dense& layer = network.layers()[l];
    T* out = pass.values[l + 1].data() + first * layer.outputs;
    gemm(Op::plain, Op::plain, rows, layer.outputs, layer.inputs, T(1),
         pass.values[l].data() + first * layer.inputs, layer.inputs, parameters + layer.weight, layer.outputs,
         T(0), out, layer.outputs);
    add_bias(parameters + layer.bias, rows, layer.outputs, out);
    if (l + 1 < network.layers().size()) activate(network.spec().activation, rows * layer.outputs, out);
  }
}

template <class T>
void backward(const Network& network, const T* parameters, Pass<T>& pass, std::int64_t first,
              std::int64_t last) {
  const std::int64_t rows = last - first;
  for (std::size_t l = network.layers().size(); l-- > 1;) {
    const Dense& layer = network.layers()[l];
    T* slope = pass.slopes[l - 1].data() + first * layer.inputs;
    gemm(Op::plain, Op::transposed, rows, layer.inputs, layer.outputs, T(1),
         pass.slopes[l].data() + first * layer.outputs, layer.outputs, parameters + layer.weight,
         layer.outputs, T(0), slope, layer.inputs);
    activation_backward(network.spec().activation, rows * layer.inputs,
                        pass.values[l].data() + first * layer.inputs, slope);
  }
}

template <class T>
void parameter_gradient(const Network& network, const Pass<T>& pass, std::int64_t rows, const Tile& tile,
                        T* gradient) {
  const auto l = static_cast<std::size_t>(tile.layer);
  const Dense& layer = network.layers()[l];
  const T* slope = pass.slopes[l].data();
  gemm(Op::transposed, Op::plain, tile.last - tile.first, layer.outputs, rows, T(1),
       pass.values[l].data() + tile.first, layer.inputs, slope, layer.outputs, T(0), gradient, layer.outputs);
  if (tile.end == tile.weights_end) return;
  std::vector<double> sums(static_cast<std::size_t>(layer.outputs));
  for (std::int64_t r = 0; r < rows; ++r, slope += layer.outputs)
    for (std::size_t c = 0; c < sums.size(); ++c) sums[c] += static_cast<double>(slope[c]);
  T* bias = gradient + (tile.weights_end - tile.begin);
  for (std::size_t c = 0; c < sums.size(); ++c) bias[c] = static_cast<T>(sums[c]);
}

template struct Pass<float>;
template struct Pass<double>;
template void forward(const Network&, const float*, Pass<float>&, std::int64_t, std::int64_t);
template void forward(const Network&, const double*, Pass<double>&, std::int64_t, std::int64_t);
template void backward(const Network&, const float*, Pass<float>&, std::int64_t, std::int64_t);
template void backward(const Network&, const double*, Pass<double>&, std::int64_t, std::int64_t);
template void parameter_gradient(const Network&, const Pass<float>&, std::int64_t, const Tile&, float*);
template void parameter_gradient(const Network&, const Pass<double>&, std::int64_t, const Tile&, double*);

}  // namespace minimand::learn
