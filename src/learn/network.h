// Models: dense layers with an activation between them, behind convolutions where rows are images. Linear is the one
// without hidden layers.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "learn/activation.h"
#include "learn/aligned.h"
#include "learn/convolution.h"

namespace minimand::learn {

// "linear", "mlp:hidden=256x128", "mlp:256x128:activation=tanh", "cnn:channels=16x32:hidden=128".
struct ModelSpec {
  std::vector<std::int64_t> channels;  // of each convolution, from the image on
  std::vector<std::int64_t> hidden;    // widths, from the input on
  Activation activation = Activation::relu;

  ModelSpec() = default;
  explicit ModelSpec(std::string_view text);  // PAR005
  std::string text() const;                   // canonical
};

// What a layer does to a row: dense, output = input * weight + bias; or a convolution, pooled, + bias.
struct Layer {
  std::int64_t inputs = 0, outputs = 0;  // of the weight (inputs, outputs), row-major; outputs of the bias
  std::int64_t weight = 0, bias = 0;     // where they begin among the parameters
  Convolution convolution{};             // without pixels: dense
  std::int64_t end() const { return bias + outputs; }
  bool convolves() const { return convolution.in.pixels() > 0; }
  // Numbers of a row that come in and go out.
  std::int64_t row_in() const { return convolves() ? convolution.in.size() : inputs; }
  std::int64_t row_out() const { return convolves() ? convolution.pooled().size() : outputs; }
};

// Rows of the weight of one layer: what one task of a gradient handles. The last tile also has the bias.
struct Tile {
  int layer = 0;
  std::int64_t first = 0, last = 0;  // rows of the weight
  std::int64_t begin = 0, end = 0;   // the parameters
  std::int64_t weights_end = 0;      // where the bias begins among them, or end
};

// The shape of a model and the formulas over it; the numbers are the caller's. T is float or double.
class Network {
 public:
  Network() = default;
  // `image` is what a row is, and needed where there are convolutions; else it has no pixels.
  Network(const ModelSpec& spec, std::int64_t inputs, std::int64_t outputs, const Image& image = {});

  const ModelSpec& spec() const noexcept { return spec_; }
  const Image& image() const noexcept { return image_; }
  std::span<const Layer> layers() const noexcept { return layers_; }
  // Of all parameters, cut by shape alone.
  std::span<const Tile> tiles() const noexcept { return tiles_; }
  std::int64_t inputs() const { return layers_.front().row_in(); }
  std::int64_t outputs() const { return layers_.back().outputs; }
  std::int64_t parameter_count() const { return layers_.back().end(); }
  // Multiplications and additions of one row, forward.
  std::int64_t work_per_row() const;

  // Hidden layers: He's normal numbers, or Glorot's uniform ones for tanh; last layer: Glorot's; a model without
  // hidden layers begins at 0, since its objective is most often convex. Biases are 0.
  void initialise(std::uint64_t seed, float* parameters) const;

 private:
  void add_layer(std::int64_t inputs, std::int64_t outputs, const Convolution& convolution);

  ModelSpec spec_;
  Image image_;
  std::vector<Layer> layers_;
  std::vector<Tile> tiles_;
};

inline constexpr int max_shards = 4;  // parts of a batch that go through the layers apart

// Outputs of hidden dense layers are set to 0 at random and the others enlarged: Srivastava et al. (2014),
// jmlr.org/papers/v15/srivastava14a.html. Which ones depends on seed, step, layer and place alone.
struct Dropout {
  double rate = 0;
  std::uint64_t seed = 0;
  std::int64_t step = 0;
};

// What a batch leaves behind: values[0] is the input, values[l + 1] the output of layer l after its activation;
// slopes[l] is the derivative of the objective by the output of layer l before its activation. All are (rows, width),
// row-major. For predictions alone there are no slopes.
template <class T>
struct Pass {
  Pass() = default;
  Pass(const Network& network, std::int64_t rows, bool slopes, bool dropout = false);
  std::vector<AlignedVector<T>> values, slopes;
  // Of the activation with its dropout; empty where the value tells.
  std::vector<AlignedVector<T>> derivatives;
  // Convolutions: which pixel was the largest, and the gradient of the weight by shards (max_shards, inputs, outputs).
  std::vector<std::vector<std::uint8_t>> places;
  std::vector<AlignedVector<T>> partial;
  int shards = 0;  // of the last batch
};

// Rows first ... last - 1 of values[0] through all layers.
template <class T>
void forward(const Network& network, const T* parameters, Pass<T>& pass, std::int64_t first, std::int64_t last,
             const Dropout& dropout = {});
// Rows first ... last - 1, the batch's part number `shard`, of slopes.back() back to slopes[0]; the derivative by the
// input is not computed.
template <class T>
void backward(const Network& network, const T* parameters, Pass<T>& pass, std::int64_t first, std::int64_t last,
              int shard);
// The gradient of the parameters of one tile from all `rows` of the batch, whose parts number pass.shards; gradient[0]
// belongs to tile.begin.
template <class T>
void parameter_gradient(const Network& network, const Pass<T>& pass, std::int64_t rows, const Tile& tile,
                        T* gradient);

}  // namespace minimand::learn
