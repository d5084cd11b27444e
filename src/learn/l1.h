// The penalty l1 * sum of abs(w), biases free, for the methods that take all rows: its value, the slope of an objective
// that has it, and the moves that end at exactly 0.
#pragma once

#define EIGEN_DONT_PARALLELIZE
#include <Eigen/Core>

#include "learn/setup.h"

namespace minimand::learn {

class L1 {
 public:
  using Vector = Eigen::VectorXd;

  explicit L1(const Setup& setup);
  bool any() const { return any_; }
  // By parameter; 0 for biases.
  const Vector& strengths() const { return strength_; }
  double value(const Vector& x) const { return any_ ? strength_.dot(x.cwiseAbs()) : 0; }
  // The smallest subgradient of the whole objective, whose other part has this gradient: 0 where staying is best.
  Vector slope(const Vector& x, const Vector& gradient) const;
  // The proximal step: sign(x) max(abs(x) - step * l1, 0).
  Vector shrunk(Vector x, double step) const;

  // Of a line search that keeps to one orthant (Andrew & Gao 2007): the direction where it goes down the slope, else 0;
  // and `next` where it has the sign of x, or of the way down from 0, else 0.
  Vector aligned(Vector direction, const Vector& slope) const;
  Vector within_orthant(Vector next, const Vector& x, const Vector& slope) const;

 private:
  bool any_;
  Vector strength_;
};

// Minimises gradient'd + d'Hd / 2 + sum of strength * abs(x + d) over d, coordinate by coordinate, and returns x + d. Of
// the symmetric H only the lower triangle is read; the other is overwritten.
Eigen::VectorXd coordinate_descent(Eigen::MatrixXd& h, const Eigen::VectorXd& gradient, const Eigen::VectorXd& x,
                                   const Eigen::VectorXd& strength);

}  // namespace minimand::learn
