// Layers, their first weights, and the passes through them: matrix products with loops around them.
#include "learn/network.h"

#include <algorithm>
#include <cmath>
#include <minimand/error.hpp>

#include "learn/gemm.h"
#include "learn/philox.h"

namespace minimand::learn {
namespace {

constexpr std::int64_t tile_elements = 65536;  // weight, gradient and two moments of a tile fit in 1 MB

template <class T>
void add_bias(const T* bias, std::int64_t rows, std::int64_t columns, T* z) {
  for (std::int64_t r = 0; r < rows; ++r, z += columns)
    for (std::int64_t c = 0; c < columns; ++c) z[c] += bias[c];
}

// a[n], the elements from number `first` on of a layer's output; one block of random words serves four.
template <class T>
void drop(const Dropout& dropout, std::size_t layer, std::int64_t first, std::int64_t n, T* a, T* derivative) {
  const Random random(dropout.seed, Purpose::dropout,
                      static_cast<std::uint64_t>(dropout.step) * 64 + static_cast<std::uint64_t>(layer));
  const auto limit = static_cast<std::uint32_t>(std::min(dropout.rate * 0x1p32, 0x1p32 - 1));
  const T scale = static_cast<T>(1 / (1 - dropout.rate));
  PhiloxCounter words{};
  for (std::int64_t i = 0; i < n; ++i) {
    const std::int64_t number = first + i;
    if (number % 4 == 0 || i == 0) words = random.words(number / 4);
    const T factor = words[static_cast<std::size_t>(number % 4)] < limit ? T(0) : scale;
    a[i] *= factor;
    if (derivative) derivative[i] *= factor;
  }
}

// Of row `first` on, or null where the activation's value tells its derivative.
template <class T>
T* derivative_of(Pass<T>& pass, std::size_t l, std::int64_t first, std::int64_t width) {
  return l < pass.derivatives.size() && !pass.derivatives[l].empty() ? pass.derivatives[l].data() + first * width
                                                                     : nullptr;
}

}  // namespace

void Network::add_layer(std::int64_t inputs, std::int64_t outputs, const Convolution& convolution) {
  const std::int64_t offset = layers_.empty() ? 0 : layers_.back().end();
  std::int64_t weights = 0, end = 0;
  if (inputs < 1 || outputs < 1 || __builtin_mul_overflow(inputs, outputs, &weights) ||
      __builtin_add_overflow(offset, weights + outputs, &end) || end > (std::int64_t{1} << 40)) {
    throw error(error_code::PAR005, "model " + spec_.text() + ": a layer from " + std::to_string(inputs) + " to " +
                                        std::to_string(outputs) + " numbers cannot be had");
  }
  const int index = static_cast<int>(layers_.size());
  layers_.push_back({inputs, outputs, offset, offset + weights, convolution});
  const std::int64_t count =
      std::clamp<std::int64_t>((weights + tile_elements - 1) / tile_elements, 1, inputs);
  for (std::int64_t t = 0; t < count; ++t) {
    Tile tile;
    tile.layer = index;
    tile.first = inputs * t / count, tile.last = inputs * (t + 1) / count;
    tile.begin = offset + tile.first * outputs;
    tile.weights_end = offset + tile.last * outputs;
    tile.end = t + 1 == count ? end : tile.weights_end;
    tiles_.push_back(tile);
  }
}

Network::Network(const ModelSpec& spec, std::int64_t inputs, std::int64_t outputs, const Image& image)
    : spec_(spec), image_(image) {
  std::int64_t width = inputs;
  Image at = image;
  for (const std::int64_t channels : spec.channels) {
    if (at.size() < 1 || image.size() != inputs)
      throw error(error_code::PAR005, "model " + spec.text() + " needs images: features of shape (rows, height, width) "
                                                               "or (rows, height, width, channels)");
    const Convolution convolution{at, channels};
    if (at.height < 2 || at.width < 2) {
      throw error(error_code::PAR005, "model " + spec.text() + ": images of " + std::to_string(image.height) + " x " +
                                          std::to_string(image.width) + " pixels are too small to be halved " +
                                          std::to_string(spec.channels.size()) + " times");
    }
    add_layer(convolution.fan_in(), channels, convolution);
    at = convolution.pooled();
    width = at.size();
  }
  for (const std::int64_t next : spec.hidden) add_layer(width, next, {}), width = next;
  add_layer(width, outputs, {});
}

std::int64_t Network::work_per_row() const {
  std::int64_t sum = 0;
  for (const Layer& layer : layers_)
    sum += layer.inputs * layer.outputs * std::max<std::int64_t>(1, layer.convolution.in.pixels());
  return sum;
}

void Network::initialise(std::uint64_t seed, float* parameters) const {
  std::fill(parameters, parameters + parameter_count(), 0.0f);
  if (layers_.size() == 1) return;
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    const Layer& layer = layers_[l];
    const Random random(seed, Purpose::initial_weights, l);
    const bool he = spec_.activation != Activation::tanh && l + 1 < layers_.size();
    const double width = static_cast<double>(layer.inputs), both = width + static_cast<double>(layer.outputs);
    for (std::int64_t i = 0; i < layer.inputs * layer.outputs; ++i) {
      // He et al. (2015), arXiv:1502.01852; Glorot & Bengio (2010).
      parameters[layer.weight + i] = static_cast<float>(
          he ? std::sqrt(2 / width) * random.normal(i) : std::sqrt(6 / both) * (2 * random.uniform(i) - 1));
    }
  }
}

template <class T>
Pass<T>::Pass(const Network& network, std::int64_t rows, bool with_slopes, bool dropout) {
  const auto room = [rows](std::int64_t width) { return AlignedVector<T>(static_cast<std::size_t>(rows * width)); };
  const std::size_t count = network.layers().size();
  const bool by_value = network.spec().activation == Activation::relu;
  values.push_back(room(network.inputs()));
  places.resize(count);
  for (std::size_t l = 0; l < count; ++l) {
    const Layer& layer = network.layers()[l];
    values.push_back(room(layer.row_out()));
    if (layer.convolves()) places[l].resize(static_cast<std::size_t>(rows * layer.row_out()));
    if (!with_slopes) continue;
    slopes.push_back(room(layer.row_out()));
    derivatives.push_back(l + 1 < count && (!by_value || dropout) ? room(layer.row_out()) : AlignedVector<T>());
    partial.push_back(AlignedVector<T>(
        layer.convolves() ? static_cast<std::size_t>(max_shards * layer.inputs * layer.outputs) : 0));
  }
}

template <class T>
void forward(const Network& network, const T* parameters, Pass<T>& pass, std::int64_t first, std::int64_t last,
             const Dropout& dropout) {
  const std::int64_t rows = last - first;
  for (std::size_t l = 0; l < network.layers().size(); ++l) {
    const Layer& layer = network.layers()[l];
    const std::int64_t width = layer.row_out();
    const T* in = pass.values[l].data() + first * layer.row_in();
    T* out = pass.values[l + 1].data() + first * width;
    if (layer.convolves()) {
      const Convolution& c = layer.convolution;
      AlignedVector<T> z(static_cast<std::size_t>(rows * c.in.pixels() * c.outputs));
      convolve(c, rows, in, parameters + layer.weight, z.data());
      pool(c, rows, z.data(), out, pass.places[l].data() + first * width);
      add_bias(parameters + layer.bias, rows * c.pooled().pixels(), layer.outputs, out);
    } else {
      gemm(Op::plain, Op::plain, rows, layer.outputs, layer.inputs, T(1), in, layer.inputs, parameters + layer.weight,
           layer.outputs, T(0), out, layer.outputs);
      add_bias(parameters + layer.bias, rows, layer.outputs, out);
    }
    if (l + 1 == network.layers().size()) break;
    T* derivative = derivative_of(pass, l, first, width);
    activate(network.spec().activation, rows * width, out, derivative);
    if (dropout.rate > 0 && !layer.convolves()) drop(dropout, l, first * width, rows * width, out, derivative);
  }
}

template <class T>
void backward(const Network& network, const T* parameters, Pass<T>& pass, std::int64_t first, std::int64_t last,
              int shard) {
  const std::int64_t rows = last - first;
  for (std::size_t l = network.layers().size(); l-- > 0;) {
    const Layer& layer = network.layers()[l];
    const T* in = pass.values[l].data() + first * layer.row_in();
    const T* slope = pass.slopes[l].data() + first * layer.row_out();
    T* before = l > 0 ? pass.slopes[l - 1].data() + first * layer.row_in() : nullptr;
    if (layer.convolves()) {
      const Convolution& c = layer.convolution;
      AlignedVector<T> dz(static_cast<std::size_t>(rows * c.in.pixels() * c.outputs));
      pool_back(c, rows, slope, pass.places[l].data() + first * layer.row_out(), dz.data());
      convolve_weights(c, rows, in, dz.data(), pass.partial[l].data() + shard * layer.inputs * layer.outputs);
      if (before) convolve_back(c, rows, dz.data(), parameters + layer.weight, before);
    } else if (before) {
      gemm(Op::plain, Op::transposed, rows, layer.inputs, layer.outputs, T(1), slope, layer.outputs,
           parameters + layer.weight, layer.outputs, T(0), before, layer.inputs);
    }
    if (!before) return;
    const std::int64_t n = rows * layer.row_in();
    if (const T* derivative = derivative_of(pass, l - 1, first, layer.row_in())) {
      for (std::int64_t i = 0; i < n; ++i) before[i] *= derivative[i];
    } else {  // relu' = [a > 0]
      for (std::int64_t i = 0; i < n; ++i) before[i] = in[i] > 0 ? before[i] : T(0);
    }
  }
}

template <class T>
void parameter_gradient(const Network& network, const Pass<T>& pass, std::int64_t rows, const Tile& tile,
                        T* gradient) {
  const auto l = static_cast<std::size_t>(tile.layer);
  const Layer& layer = network.layers()[l];
  const T* slope = pass.slopes[l].data();
  if (layer.convolves()) {
    const std::int64_t weights = layer.inputs * layer.outputs, n = tile.weights_end - tile.begin;
    const T* part = pass.partial[l].data() + tile.first * layer.outputs;
    std::copy_n(part, n, gradient);
    for (int shard = 1; shard < pass.shards; ++shard)
      for (std::int64_t i = 0; i < n; ++i) gradient[i] += part[shard * weights + i];
    rows *= layer.convolution.pooled().pixels();
  } else {
    gemm(Op::transposed, Op::plain, tile.last - tile.first, layer.outputs, rows, T(1),
         pass.values[l].data() + tile.first, layer.inputs, slope, layer.outputs, T(0), gradient, layer.outputs);
  }
  if (tile.end == tile.weights_end) return;
  std::vector<double> sums(static_cast<std::size_t>(layer.outputs));
  for (std::int64_t r = 0; r < rows; ++r, slope += layer.outputs)
    for (std::size_t c = 0; c < sums.size(); ++c) sums[c] += static_cast<double>(slope[c]);
  T* bias = gradient + (tile.weights_end - tile.begin);
  for (std::size_t c = 0; c < sums.size(); ++c) bias[c] = static_cast<T>(sums[c]);
}

#define MINIMAND_NETWORK(T)                                                                                       \
  template struct Pass<T>;                                                                                        \
  template void forward(const Network&, const T*, Pass<T>&, std::int64_t, std::int64_t, const Dropout&);          \
  template void backward(const Network&, const T*, Pass<T>&, std::int64_t, std::int64_t, int);                    \
  template void parameter_gradient(const Network&, const Pass<T>&, std::int64_t, const Tile&, T*);
MINIMAND_NETWORK(float)
MINIMAND_NETWORK(double)
#undef MINIMAND_NETWORK

}  // namespace minimand::learn
