// The second derivative of the objective of a linear model, and the step it gives.
#pragma once

#define EIGEN_DONT_PARALLELIZE
#include <Eigen/Core>

#include <cstdint>
#include <vector>

#include "learn/batch.h"
#include "learn/l1.h"

namespace minimand::learn {

class NewtonMatrix {
 public:
  explicit NewtonMatrix(const Setup& setup);
  // What the batches must be asked for.
  curvature curvature_used() const { return curvature_; }
  void clear();
  // Adds the rows of the last evaluation of a batch.
  void add(const Batch<double>& batch, std::int64_t rows);
  // The step from x to where the quadratic with this gradient and the matrix H + l2 is least, the l1 penalty with it;
  // the matrix is used up.
  Eigen::VectorXd step(const Eigen::VectorXd& x, const Eigen::VectorXd& gradient, const L1& l1);

 private:
  using Matrix = Eigen::MatrixXd;
  void add_output(const Batch<double>& batch, std::int64_t rows, std::size_t output);
  void add_coupled(const Batch<double>& batch, std::int64_t rows);
  Matrix inputs_and_one(const Batch<double>& batch, std::int64_t rows) const;

  const Setup& setup_;
  curvature curvature_;
  bool coupled_;
  // Of each output: (features + 1, features + 1), the last for the bias. Coupled: one, of all outputs in turn.
  std::vector<Matrix> matrices_;
};

}  // namespace minimand::learn
