// Models: dense layers with an activation between them. Linear is the one without hidden layers.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "learn/aligned.h"

namespace minimand::learn {

enum class Activation { relu, tanh };

// "linear", "mlp:hidden=256x128", "mlp:256x128:activation=tanh".
struct ModelSpec {
  std::vector<std::int64_t> hidden;  // widths, from the input on
  Activation activation = Activation::relu;

  ModelSpec() = default;
  explicit ModelSpec(std::string_view text);  // PAR005
  std::string text() const;                   // canonical
};

// One layer: output (rows, outputs) = input (rows, inputs) * weight (inputs, outputs) + bias (outputs).
struct Dense {
  std::int64_t inputs = 0, outputs = 0;
  std::int64_t weight = 0, bias = 0;  // where they begin among the parameters
  std::int64_t end() const { return bias + outputs; }
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
  Network(const ModelSpec& spec, std::int64_t inputs, std::int64_t outputs);

  const ModelSpec& spec() const noexcept { return spec_; }
  std::span<const Dense> layers() const noexcept { return layers_; }
  // Of all parameters, cut by shape alone.
  std::span<const Tile> tiles() const noexcept { return tiles_; }
  std::int64_t inputs() const { return layers_.front().inputs; }
  std::int64_t outputs() const { return layers_.back().outputs; }
  std::int64_t parameter_count() const { return layers_.back().end(); }
  // Multiplications and additions of one row, forward.
  std::int64_t work_per_row() const;

  // Hidden layers: He's normal numbers (relu) or Glorot's uniform ones (tanh); last layer: Glorot's; a model
  // without hidden layers begins at 0, since its objective is most often convex. Biases are 0.
  void initialise(std::uint64_t seed, float* parameters) const;

 private:
  ModelSpec spec_;
  std::vector<Dense> layers_;
  std::vector<Tile> tiles_;
};

// What a batch leaves behind: values[0] is the input, values[l + 1] the output of layer l after its
// activation; slopes[l] is the derivative of the objective by the output of layer l before its activation.
// All are (rows, width), row-major. For predictions alone there are no slopes.
template <class T>
struct Pass {
  Pass() = default;
  Pass(const Network& network, std::int64_t rows, bool slopes);
  std::vector<AlignedVector<T>> values, slopes;
};

// Rows first ... last - 1 of values[0] through all layers.
template <class T>
void forward(const Network& network, const T* parameters, Pass<T>& pass, std::int64_t first,
             std::int64_t last);
// Rows first ... last - 1 of slopes.back() back to slopes[0]; the derivative by the input is not computed.
template <class T>
void backward(const Network& network, const T* parameters, Pass<T>& pass, std::int64_t first,
              std::int64_t last);
// The gradient of the parameters of one tile from all `rows` of the batch; gradient[0] belongs to tile.begin.
template <class T>
void parameter_gradient(const Network& network, const Pass<T>& pass, std::int64_t rows, const Tile& tile,
                        T* gradient);

}  // namespace minimand::learn
