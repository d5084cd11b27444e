// Methods that take all rows at once, in f64: gradient descent with a line search, L-BFGS, Newton.
#define EIGEN_DONT_PARALLELIZE
#include <Eigen/Cholesky>
#include <LBFGS.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <minimand/error.hpp>
#include <numeric>

#include "kernels/entry.h"
#include "learn/batch.h"
#include "learn/learner.h"
#include "learn/link.h"
#include "learn/parallel.h"

namespace minimand::learn {
namespace {

constexpr std::int64_t chunk = 1024;          // rows that are in memory as f64 at a time
constexpr double rounding = 1e-14;            // of the objective, relative: no line search tells less apart
constexpr int halvings = 60;
using Vector = Eigen::VectorXd;
using Matrix = Eigen::MatrixXd;

// The second derivative where it is all there is to know, an upper bound of it where the loss has kinks, is not convex,
// or couples the classes.
curvature curvature_of(const Setup& setup) {
  const LossEntry& entry = setup.model.loss.entry();
  const auto& kernels = entry.kernels[0];
  const auto has = [&](curvature which) {
    const auto c = static_cast<std::size_t>(which);
    return (setup.row_loss ? kernels.row_f64.curvature[c] != nullptr : kernels.map_f64.curvature[c] != nullptr);
  };
  const double asked = setup.optimizer.value("curvature");
  if (asked == 2) return curvature::exact;
  const curvature bound = setup.row_loss ? curvature::diagonal_bound : curvature::majorizer;
  const bool smooth = !setup.row_loss && !entry.facts.kinks && entry.facts.convex;
  return (asked == 1 || !smooth) && has(bound) ? bound : curvature::exact;
}

// Classes whose probabilities are the softmax of the outputs are coupled by the Fisher matrix diag(p) - p p', which is
// the second derivative of cross-entropy; it is kept as a whole where it is small.
constexpr std::int64_t most_coupled = 4096;  // its rows
bool couples(const Setup& setup) {
  return setup.row_loss && setup.model.facts().mean == Link::softmax &&
         setup.model.outputs() * (setup.model.network.inputs() + 1) <= most_coupled;
}

class ByAll : public Learner {
 public:
  ByAll(const Setup& setup, RunState& state);
  Outcome epoch(RunState& state, const std::function<bool()>& go_on) override;
  Tally measure(const RunState& state) override;
  double penalty(const RunState& state) const override { return setup_.penalty(state.exact.data()); }
  Timing timing() const override { return batch_.timing(); }

  // What LBFGSpp calls: the objective without its l1 part, and its gradient.
  double operator()(const Vector& x, Vector& gradient);

 private:
  bool descend(RunState& state);
  bool quasi_newton(RunState& state);
  bool newton();
  void add_curvature(std::size_t output, std::int64_t rows);
  void add_coupled_curvature(std::int64_t rows);
  Matrix inputs_and_one(std::int64_t rows) const;
  Vector proximal(Vector x, double step) const;
  bool no_lower(double value, double bound) const { return !(value <= bound + rounding * std::abs(value_)); }

  const Setup& setup_;
  Method method_;
  double tolerance_;
  Batch<double> batch_;
  std::vector<std::int64_t> rows_;
  Tally tally_;  // of the last evaluation
  bool evaluated_ = false;
  Vector x_, gradient_;
  double value_ = 0;
  LBFGSpp::BFGSMat<double> history_;
  bool begun_ = false;
  // Of each output: (features + 1, features + 1), the last for the bias. Coupled: one, of all outputs in turn.
  std::vector<Matrix> hessian_;
  bool coupled_ = false;
};

ByAll::ByAll(const Setup& setup, RunState& state)
    : setup_(setup),
      method_(setup.optimizer.entry().method),
      tolerance_(setup.optimizer.value("tolerance")),
      batch_(setup, std::min(chunk, setup.targets.rows()), true),
      rows_(setup.split.train) {
  const auto& first = setup.model.parameters;
  if (state.exact.empty()) {
    state.exact.assign(first.begin(), first.end());
    state.step_length = setup.optimizer.rate() > 0 ? setup.optimizer.rate() : 1;
  }
  x_ = Eigen::Map<const Vector>(state.exact.data(), static_cast<Eigen::Index>(state.exact.size()));
  if (method_ != Method::newton) return;
  batch_.ask_curvature(curvature_of(setup));
  coupled_ = couples(setup);
  const Eigen::Index n = setup.model.network.inputs() + 1, outputs = setup.model.outputs();
  if (coupled_) hessian_.assign(1, Matrix(n * outputs, n * outputs));
  else hessian_.assign(static_cast<std::size_t>(outputs), Matrix(n, n));
}

double ByAll::operator()(const Vector& x, Vector& gradient) {
  const Network& network = setup_.model.network;
  const double divisor =
      static_cast<double>(setup_.model.rows) * static_cast<double>(setup_.row_loss ? 1 : network.outputs());
  gradient = Vector::Zero(x.size());
  for (Matrix& h : hessian_) h.setZero();
  tally_ = {};
  double sum = 0;
  std::vector<double> parts(static_cast<std::size_t>(x.size()));
  for (std::size_t at = 0; at < rows_.size(); at += chunk) {
    const auto rows = std::span<const std::int64_t>(rows_).subspan(at, std::min<std::size_t>(chunk, rows_.size() - at));
    sum += batch_.evaluate(x.data(), rows, divisor, tally_).value;
    batch_.backward(x.data());
    const auto n = static_cast<std::int64_t>(rows.size());
    each_task(setup_.threads_for(n), static_cast<std::int64_t>(network.tiles().size()), [&](std::int64_t t, int) {
      const Tile& tile = network.tiles()[static_cast<std::size_t>(t)];
      batch_.gradient(tile, parts.data() + tile.begin);
      for (std::int64_t i = tile.begin; i < tile.end; ++i) gradient[i] += parts[static_cast<std::size_t>(i)];
    });
    if (coupled_) {
      add_coupled_curvature(n);
    } else {
      each_task(setup_.threads_for(n * network.inputs()), static_cast<std::int64_t>(hessian_.size()),
                [&](std::int64_t k, int) { add_curvature(static_cast<std::size_t>(k), n); });
    }
  }
  const double l2 = setup_.options.l2;
  for (const Layer& layer : network.layers()) {
    const auto w = x.segment(layer.weight, layer.bias - layer.weight);
    sum += l2 / 2 * w.squaredNorm();
    gradient.segment(layer.weight, layer.bias - layer.weight) += l2 * w;
  }
  return sum;
}

// The rows of the batch as columns, and a row of ones for the bias.
Matrix ByAll::inputs_and_one(std::int64_t rows) const {
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const std::int64_t inputs = setup_.model.network.inputs();
  Matrix x(inputs + 1, rows);
  x.topRows(inputs) = Eigen::Map<const RowMajor>(batch_.inputs(), rows, inputs).transpose();
  x.row(inputs).setOnes();
  return x;
}

// [x 1]' diag(h) [x 1]
void ByAll::add_curvature(std::size_t output, std::int64_t rows) {
  Matrix x = inputs_and_one(rows);
  for (std::int64_t r = 0; r < rows; ++r) {
    const double h = batch_.curvatures()[r * setup_.model.outputs() + static_cast<std::int64_t>(output)];
    x.col(r) *= h > 0 && std::isfinite(h) ? std::sqrt(h) : 0;
  }
  hessian_[output].selfadjointView<Eigen::Lower>().rankUpdate(x);
}

// (diag(p) - p p') times [x 1] [x 1]' of each row, scaled to the sum of the second derivatives that the loss has there:
// first what lies on the diagonal, then the outer product.
void ByAll::add_coupled_curvature(std::int64_t rows) {
  const std::int64_t outputs = setup_.model.outputs();
  const Matrix x = inputs_and_one(rows);
  Matrix p(outputs, rows);
  link_forward(Link::softmax, rows, outputs, batch_.outputs(), p.data());
  const Eigen::Map<const Matrix> h(batch_.curvatures(), outputs, rows);
  Vector scale(rows);
  for (std::int64_t r = 0; r < rows; ++r) {
    const double spread = (p.col(r).array() * (1 - p.col(r).array())).sum(), sum = h.col(r).sum();
    scale[r] = spread > 0 && sum > 0 && std::isfinite(sum / spread) ? std::sqrt(sum / spread) : 0;
  }
  const Eigen::Index n = x.rows();
  Matrix all(n * outputs, rows);
  for (std::int64_t k = 0; k < outputs; ++k) {
    const Vector root = p.row(k).transpose().array().sqrt() * scale.array();
    hessian_[0].block(k * n, k * n, n, n).selfadjointView<Eigen::Lower>().rankUpdate(x * root.asDiagonal());
    const Vector share = p.row(k).transpose().array() * scale.array();
    all.middleRows(k * n, n) = x * share.asDiagonal();
  }
  hessian_[0].selfadjointView<Eigen::Lower>().rankUpdate(all, -1.0);
}

// sign(w) max(abs(w) - step * l1, 0) for the weights.
Vector ByAll::proximal(Vector x, double step) const {
  const double shrink = step * setup_.options.l1;
  if (!(shrink > 0)) return x;
  for (const Layer& layer : setup_.model.network.layers()) {
    for (std::int64_t i = layer.weight; i < layer.bias; ++i)
      x[i] = std::copysign(std::max(std::abs(x[i]) - shrink, 0.0), x[i]);
  }
  return x;
}

// Whether there may be more to gain.
bool ByAll::descend(RunState& state) {
  const bool fixed = setup_.optimizer.rate() > 0;
  Vector gradient(x_.size());
  double t = fixed ? setup_.optimizer.rate() *
                         setup_.schedule.factor(state.epoch - 1, setup_.model.epochs, 1, state.schedule)
                   : state.step_length;
  for (int tries = 0; tries < halvings; ++tries, t /= 2) {
    const Vector next = proximal(x_ - t * gradient_, t), d = next - x_;
    const double value = (*this)(next, gradient);
    if (!fixed && no_lower(value, value_ + gradient_.dot(d) + d.squaredNorm() / (2 * t))) continue;
    x_ = next, value_ = value, gradient_ = gradient;
    state.step_length = 2 * t;
    return d.lpNorm<Eigen::Infinity>() > t * tolerance_;
  }
  return false;
}

bool ByAll::quasi_newton(RunState& state) {
  LBFGSpp::LBFGSParam<double> param;
  param.max_linesearch = halvings;
  param.linesearch = LBFGSpp::LBFGS_LINESEARCH_BACKTRACKING_STRONG_WOLFE;
  const Vector before = x_, slope = gradient_;
  const double value = value_;
  Vector direction = -gradient_;
  double step = begun_ ? 1 : 1 / std::max(1.0, gradient_.norm());
  if (begun_) history_.apply_Hv(gradient_, -1.0, direction);
  else history_.reset(static_cast<int>(x_.size()), static_cast<int>(setup_.optimizer.value("memory")));
  try {
    LBFGSpp::LineSearchNocedalWright<double>::LineSearch(*this, value_, x_, gradient_, step, direction, before, param);
  } catch (const std::exception&) {  // nothing along this direction that is lower by more than rounding
    value_ = HUGE_VAL;
  }
  if (!(value_ <= value)) {
    x_ = before, gradient_ = slope, value_ = value;
    if (!begun_) return false;
    begun_ = false;  // once more from the steepest descent
    return quasi_newton(state);
  }
  begun_ = true;
  const Vector s = x_ - before, y = gradient_ - slope;
  if (s.dot(y) > std::numeric_limits<double>::epsilon() * y.squaredNorm()) history_.add_correction(s, y);
  return value - value_ > 1e-16 * std::abs(value) || gradient_.lpNorm<Eigen::Infinity>() > 1e-6;
}

bool ByAll::newton() {
  const std::int64_t inputs = setup_.model.network.inputs(), outputs = setup_.model.outputs();
  Vector step(x_.size());
  // Parameter d of output k, the bias last, as the network keeps it and as the matrices do.
  const std::int64_t each = coupled_ ? outputs : 1, n = inputs + 1;
  for (std::int64_t first = 0; first < outputs; first += each) {
    Matrix& h = hessian_[static_cast<std::size_t>(first)];
    Vector g(each * n);
    for (std::int64_t i = 0; i < each * n; ++i) {
      g[i] = gradient_[i % n * outputs + first + i / n];
      if (i % n < inputs) h(i, i) += setup_.options.l2;
    }
    h.diagonal().array() += 1e-13 * std::max(h.diagonal().maxCoeff(), std::numeric_limits<double>::min());
    const Vector s = h.selfadjointView<Eigen::Lower>().ldlt().solve(-g);
    for (std::int64_t i = 0; i < each * n; ++i) step[i % n * outputs + first + i / n] = s[i];
  }
  if (!step.allFinite() || !(gradient_.dot(step) < 0)) step = -gradient_;
  const double before = gradient_.lpNorm<Eigen::Infinity>();
  Vector gradient(x_.size());
  double t = 1;
  for (int tries = 0; tries < halvings; ++tries, t /= 2) {
    const Vector next = x_ + t * step;
    const double value = (*this)(next, gradient);
    if (no_lower(value, value_ + 1e-4 * t * gradient_.dot(step))) continue;
    const bool lower = value < value_ - rounding * std::abs(value_);
    x_ = next, value_ = value, gradient_ = gradient;
    return lower || gradient_.lpNorm<Eigen::Infinity>() < before;
  }
  return false;
}

Learner::Outcome ByAll::epoch(RunState& state, const std::function<bool()>& go_on) {
  // A run that was stopped after this iteration's step has done all but measuring.
  if (state.row == setup_.model.rows) return state.converged ? Outcome::converged : Outcome::moved;
  if (!evaluated_) value_ = (*this)(x_, gradient_), evaluated_ = true;
  if (!std::isfinite(value_)) throw_diverged(setup_, state, "the mean loss is not finite at the start");
  bool more = setup_.options.l1 > 0 || gradient_.lpNorm<Eigen::Infinity>() > tolerance_;
  if (more) {
    ++state.steps;
    more = method_ == Method::descent ? descend(state) : method_ == Method::lbfgs ? quasi_newton(state) : newton();
    if (setup_.options.l1 <= 0) more = more && gradient_.lpNorm<Eigen::Infinity>() > tolerance_;
  }
  if (!std::isfinite(value_)) throw_diverged(setup_, state, "the mean loss is not finite");
  state.exact.assign(x_.data(), x_.data() + x_.size());
  state.tally = tally_;
  state.row = setup_.model.rows;
  state.converged = !more;
  if (!go_on()) return Outcome::stopped;
  return more ? Outcome::moved : Outcome::converged;
}

Tally ByAll::measure(const RunState& state) {
  Tally tally;
  const std::span<const std::int64_t> rows(setup_.split.valid);
  for (std::size_t at = 0; at < rows.size(); at += chunk)
    batch_.evaluate(state.exact.data(), rows.subspan(at, std::min<std::size_t>(chunk, rows.size() - at)), 1, tally);
  return tally;
}

}  // namespace

std::unique_ptr<Learner> learner_by_all(const Setup& setup, RunState& state) {
  return std::make_unique<ByAll>(setup, state);
}

}  // namespace minimand::learn
