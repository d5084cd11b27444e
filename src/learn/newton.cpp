// Sums the second derivatives of the loss over rows of features, and factorises.
#include "learn/newton.h"

#include <Eigen/Cholesky>
#include <cmath>
#include <limits>

#include "kernels/entry.h"
#include "learn/link.h"
#include "learn/parallel.h"

namespace minimand::learn {
namespace {

using Vector = Eigen::VectorXd;

// Classes whose probabilities are the softmax of the outputs are coupled by the Fisher matrix diag(p) - p p', which is
// the second derivative of cross-entropy; it is kept as a whole where it is small.
constexpr std::int64_t most_coupled = 4096;  // its rows
bool couples(const Setup& setup) {
  return setup.row_loss && setup.model.facts().mean == Link::softmax &&
         setup.model.outputs() * (setup.model.network.inputs() + 1) <= most_coupled;
}

// The second derivative where it is all there is to know, an upper bound of it where the loss has kinks, is not convex,
// or couples the classes in ways that are not kept.
curvature curvature_of(const Setup& setup) {
  const LossEntry& entry = setup.model.loss.entry();
  const double asked = setup.optimizer.value("curvature");
  if (asked == 2) return curvature::exact;
  const curvature bound = setup.row_loss ? curvature::diagonal_bound : curvature::majorizer;
  const bool smooth = couples(setup) || (!setup.row_loss && !entry.facts.kinks && entry.facts.convex);
  const bool offered = entry.offers(static_cast<kernels::Curvature>(bound), setup.model.loss.parameters());
  return (asked == 1 || !smooth) && offered ? bound : curvature::exact;
}

}  // namespace

NewtonMatrix::NewtonMatrix(const Setup& setup)
    : setup_(setup), curvature_(curvature_of(setup)), coupled_(couples(setup)) {
  const Eigen::Index n = setup.model.network.inputs() + 1, outputs = setup.model.outputs();
  if (coupled_) matrices_.assign(1, Matrix(n * outputs, n * outputs));
  else matrices_.assign(static_cast<std::size_t>(outputs), Matrix(n, n));
}

void NewtonMatrix::clear() {
  for (Matrix& h : matrices_) h.setZero();
}

void NewtonMatrix::add(const Batch<double>& batch, std::int64_t rows) {
  if (coupled_) return add_coupled(batch, rows);
  each_task(setup_.threads_for(rows * setup_.model.network.inputs()), static_cast<std::int64_t>(matrices_.size()),
            [&](std::int64_t k, int) { add_output(batch, rows, static_cast<std::size_t>(k)); });
}

// The rows of the batch as columns, and a row of ones for the bias.
Eigen::MatrixXd NewtonMatrix::inputs_and_one(const Batch<double>& batch, std::int64_t rows) const {
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const std::int64_t inputs = setup_.model.network.inputs();
  Matrix x(inputs + 1, rows);
  x.topRows(inputs) = Eigen::Map<const RowMajor>(batch.inputs(), rows, inputs).transpose();
  x.row(inputs).setOnes();
  return x;
}

// [x 1]' diag(h) [x 1]
void NewtonMatrix::add_output(const Batch<double>& batch, std::int64_t rows, std::size_t output) {
  Matrix x = inputs_and_one(batch, rows);
  for (std::int64_t r = 0; r < rows; ++r) {
    const double h = batch.curvatures()[r * setup_.model.outputs() + static_cast<std::int64_t>(output)];
    x.col(r) *= h > 0 && std::isfinite(h) ? std::sqrt(h) : 0;
  }
  matrices_[output].selfadjointView<Eigen::Lower>().rankUpdate(x);
}

// (diag(p) - p p') times [x 1] [x 1]' of each row, scaled to the sum of the second derivatives that the loss has there:
// first what lies on the diagonal, then the outer product.
void NewtonMatrix::add_coupled(const Batch<double>& batch, std::int64_t rows) {
  const std::int64_t outputs = setup_.model.outputs();
  const Matrix x = inputs_and_one(batch, rows);
  Matrix p(outputs, rows);
  link_forward(Link::softmax, rows, outputs, batch.outputs(), p.data());
  const Eigen::Map<const Matrix> h(batch.curvatures(), outputs, rows);
  Vector scale(rows);
  for (std::int64_t r = 0; r < rows; ++r) {
    const double spread = (p.col(r).array() * (1 - p.col(r).array())).sum(), sum = h.col(r).sum();
    scale[r] = spread > 0 && sum > 0 && std::isfinite(sum / spread) ? std::sqrt(sum / spread) : 0;
  }
  const Eigen::Index n = x.rows();
  Matrix all(n * outputs, rows);
  for (std::int64_t k = 0; k < outputs; ++k) {
    const Vector root = p.row(k).transpose().array().sqrt() * scale.array();
    matrices_[0].block(k * n, k * n, n, n).selfadjointView<Eigen::Lower>().rankUpdate(x * root.asDiagonal());
    const Vector share = p.row(k).transpose().array() * scale.array();
    all.middleRows(k * n, n) = x * share.asDiagonal();
  }
  matrices_[0].selfadjointView<Eigen::Lower>().rankUpdate(all, -1.0);
}

Vector NewtonMatrix::step(const Vector& x, const Vector& gradient, const L1& l1) {
  const std::int64_t inputs = setup_.model.network.inputs(), outputs = setup_.model.outputs();
  Vector step(gradient.size());
  // Parameter d of output k, the bias last, as the network keeps it and as the matrices do.
  const std::int64_t each = coupled_ ? outputs : 1, n = inputs + 1;
  for (std::int64_t first = 0; first < outputs; first += each) {
    Matrix& h = matrices_[static_cast<std::size_t>(first)];
    const auto place = [&](std::int64_t i) { return i % n * outputs + first + i / n; };
    const auto taken = [&](const Vector& from) -> Vector {
      return Vector::NullaryExpr(each * n, [&](Eigen::Index i) { return from[place(i)]; });
    };
    for (std::int64_t i = 0; i < each * n; ++i)
      if (i % n < inputs) h(i, i) += setup_.options.l2;
    h.diagonal().array() += 1e-13 * std::max(h.diagonal().maxCoeff(), std::numeric_limits<double>::min());
    const Vector g = taken(gradient), from = taken(x);
    const Vector s = l1.any() ? Vector(coordinate_descent(h, g, from, taken(l1.strengths())) - from)
                              : Vector(h.selfadjointView<Eigen::Lower>().ldlt().solve(-g));
    for (std::int64_t i = 0; i < each * n; ++i) step[place(i)] = s[i];
  }
  return step;
}

}  // namespace minimand::learn
