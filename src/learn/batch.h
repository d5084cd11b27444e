// One batch: rows in, their loss, and the gradient of the parameters.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "learn/setup.h"

namespace minimand::learn {

// What changes from step to step; none of it when the loss is only measured.
struct StepNoise {
  std::int64_t epoch = 0, step = 0;
};

// T: float for steps by batches, double for the methods that take all rows.
template <class T>
class Batch {
 public:
  // Room for so many rows; with `training`, for their gradient too.
  Batch(const Setup& setup, std::int64_t rows, bool training);

  // From now on evaluate() also makes second derivatives by the model's output.
  void ask_curvature(curvature which);

  // Forward of the rows and their loss; value and gradient are sums divided by `divisor`.
  Result evaluate(const T* parameters, std::span<const std::int64_t> rows, double divisor, Tally& tally,
                  const StepNoise* noise = nullptr);
  // After evaluate(): back to the first layer; then the gradient of any tile.
  void backward(const T* parameters);
  void gradient(const Tile& tile, T* out) const { parameter_gradient(setup_.model.network, pass_, rows_, tile, out); }

  // Of the last batch, (rows, inputs), (rows, outputs).
  const T* inputs() const { return pass_.values[0].data(); }
  const T* outputs() const { return pass_.values.back().data(); }
  const T* curvatures() const { return hessian_.data(); }

  // Processor seconds since the beginning, of all threads.
  Timing timing() const;
  void add_optimizer_seconds(int worker, double seconds);
  void add_product_seconds(int worker, double seconds);

 private:
  struct alignas(64) Clocks {
    double data = 0, products = 0, loss = 0, optimizer = 0;
  };
  const array& weights_of(std::span<const std::int64_t> rows);
  void scale(std::int64_t row, T* x) const;

  const Setup& setup_;
  Pass<T> pass_;
  TargetBatch targets_;
  AlignedVector<T> prediction_, hessian_;
  std::vector<T> table_;  // of the 256 values of u8 features that are all scaled alike, or empty
  std::vector<double> weight_;
  array weight_view_;
  std::optional<curvature> curvature_;
  bool training_, dropping_;
  std::int64_t rows_ = 0;
  std::vector<Clocks> clocks_;
};

}  // namespace minimand::learn
