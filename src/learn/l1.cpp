// The l1 penalty, coordinate by coordinate.
#include "learn/l1.h"

#include <algorithm>
#include <cmath>

namespace minimand::learn {
namespace {

using Vector = Eigen::VectorXd;

constexpr int most_sweeps = 1000;  // then the outer iteration goes on from a lower point all the same
constexpr double precise = 1e-12;  // of the first sweep's largest move

double shrink(double x, double by) { return std::copysign(std::max(std::abs(x) - by, 0.0), x); }

}  // namespace

L1::L1(const Setup& setup) : any_(setup.options.l1 > 0), strength_(Vector::Zero(setup.model.network.parameter_count())) {
  for (const Layer& layer : setup.model.network.layers())
    strength_.segment(layer.weight, layer.bias - layer.weight).setConstant(setup.options.l1);
}

Vector L1::slope(const Vector& x, const Vector& gradient) const {
  if (!any_) return gradient;
  Vector out(x.size());
  for (Eigen::Index i = 0; i < x.size(); ++i)
    out[i] = x[i] != 0 ? gradient[i] + std::copysign(strength_[i], x[i]) : shrink(gradient[i], strength_[i]);
  return out;
}

Vector L1::shrunk(Vector x, double step) const {
  for (Eigen::Index i = 0; any_ && i < x.size(); ++i) x[i] = shrink(x[i], step * strength_[i]);
  return x;
}

Vector L1::aligned(Vector direction, const Vector& slope) const {
  for (Eigen::Index i = 0; i < direction.size(); ++i)
    if (strength_[i] > 0 && !(direction[i] * slope[i] < 0)) direction[i] = 0;
  return direction;
}

Vector L1::within_orthant(Vector next, const Vector& x, const Vector& slope) const {
  for (Eigen::Index i = 0; i < next.size(); ++i)
    if (strength_[i] > 0 && !(next[i] * (x[i] != 0 ? x[i] : -slope[i]) > 0)) next[i] = 0;
  return next;
}

// After a sweep over all coordinates, those that are not 0 are moved until they rest; only then all again.
Vector coordinate_descent(Eigen::MatrixXd& h, const Vector& gradient, const Vector& x, const Vector& strength) {
  for (Eigen::Index k = 0; k < h.cols(); ++k) h.col(k).head(k) = h.row(k).head(k).transpose();
  Vector z = x, slope = gradient;  // slope: of the quadratic at z
  const auto sweep = [&](bool all) {
    double most = 0;
    for (Eigen::Index i = 0; i < z.size(); ++i) {
      if (!(h(i, i) > 0) || (!all && z[i] == 0)) continue;
      const double to = shrink(z[i] - slope[i] / h(i, i), strength[i] / h(i, i)), move = to - z[i];
      if (move == 0) continue;
      z[i] = to, slope += move * h.col(i);
      most = std::max(most, std::abs(move) * h(i, i));
    }
    return most;
  };
  double rest = 0;
  bool all = true;
  for (int n = 0; n < most_sweeps; ++n) {
    const double most = sweep(all);
    if (n == 0) rest = precise * most;
    if (all && !(most > rest)) break;
    all = !(most > rest);
  }
  return z;
}

}  // namespace minimand::learn
