// Methods that take all rows at once, in f64: gradient descent with a line search, L-BFGS, Newton.
#define EIGEN_DONT_PARALLELIZE
#include <LBFGS.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <minimand/error.hpp>
#include <optional>

#include "learn/batch.h"
#include "learn/l1.h"
#include "learn/learner.h"
#include "learn/newton.h"
#include "learn/parallel.h"

namespace minimand::learn {
namespace {

constexpr std::int64_t chunk = 1024;          // rows that are in memory as f64 at a time
constexpr double rounding = 1e-14;            // of the objective, relative: no line search tells less apart
constexpr int halvings = 60;
using Vector = Eigen::VectorXd;

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
  bool search_orthant(const Vector& slope, const Vector& direction, double step);
  bool newton();
  // Of the whole objective, with its l1 part.
  double objective() const { return value_ + l1_.value(x_); }
  double steepness() const { return l1_.slope(x_, gradient_).lpNorm<Eigen::Infinity>(); }
  bool no_lower(double value, double bound) const { return !(value <= bound + rounding * std::abs(value_)); }

  const Setup& setup_;
  Method method_;
  double tolerance_;
  L1 l1_;
  Batch<double> batch_;
  std::vector<std::int64_t> rows_;
  Tally tally_;  // of the last evaluation
  bool evaluated_ = false;
  Vector x_, gradient_;
  double value_ = 0;  // without l1, as gradient_
  LBFGSpp::BFGSMat<double> history_;
  bool begun_ = false;
  std::optional<NewtonMatrix> matrix_;  // for that method
};

ByAll::ByAll(const Setup& setup, RunState& state)
    : setup_(setup),
      method_(setup.optimizer.entry().method),
      tolerance_(setup.optimizer.value("tolerance")),
      l1_(setup),
      batch_(setup, std::min(chunk, setup.targets.rows()), true),
      rows_(setup.split.train) {
  const auto& first = setup.model.parameters;
  if (state.exact.empty()) {
    state.exact.assign(first.begin(), first.end());
    state.step_length = setup.optimizer.rate() > 0 ? setup.optimizer.rate() : 1;
  }
  x_ = Eigen::Map<const Vector>(state.exact.data(), static_cast<Eigen::Index>(state.exact.size()));
  if (method_ != Method::newton) return;
  matrix_.emplace(setup);
  batch_.ask_curvature(matrix_->curvature_used());
}

double ByAll::operator()(const Vector& x, Vector& gradient) {
  const Network& network = setup_.model.network;
  const double divisor =
      static_cast<double>(setup_.model.rows) * static_cast<double>(setup_.row_loss ? 1 : network.outputs());
  gradient = Vector::Zero(x.size());
  if (matrix_) matrix_->clear();
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
    if (matrix_) matrix_->add(batch_, n);
  }
  const double l2 = setup_.options.l2;
  for (const Layer& layer : network.layers()) {
    const auto w = x.segment(layer.weight, layer.bias - layer.weight);
    sum += l2 / 2 * w.squaredNorm();
    gradient.segment(layer.weight, layer.bias - layer.weight) += l2 * w;
  }
  return sum;
}

// Whether there may be more to gain.
bool ByAll::descend(RunState& state) {
  const bool fixed = setup_.optimizer.rate() > 0;
  Vector gradient(x_.size());
  double t = fixed ? setup_.optimizer.rate() *
                         setup_.schedule.factor(state.epoch - 1, setup_.model.epochs, 1, state.schedule)
                   : state.step_length;
  for (int tries = 0; tries < halvings; ++tries, t /= 2) {
    const Vector next = l1_.shrunk(x_ - t * gradient_, t), d = next - x_;
    const double value = (*this)(next, gradient);
    // Where rounding hides the change of the objective, that of the gradient still bounds the curvature.
    const double bend = d.squaredNorm() / (2 * t);
    const bool hidden = bend <= rounding * std::abs(value_);
    const bool too_far = hidden ? (gradient - gradient_).dot(d) > 2 * bend
                                : no_lower(value, value_ + gradient_.dot(d) + bend);
    if (!fixed && too_far) continue;
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
  const Vector before = x_, gradient_before = gradient_, slope = l1_.slope(x_, gradient_);
  const double value = value_, objective_before = objective();
  Vector direction = -slope;
  double step = begun_ ? 1 : 1 / std::max(1.0, slope.norm());
  if (begun_) history_.apply_Hv(slope, -1.0, direction);
  else history_.reset(static_cast<int>(x_.size()), static_cast<int>(setup_.optimizer.value("memory")));
  bool found = true;
  if (l1_.any()) {
    found = search_orthant(slope, l1_.aligned(direction, slope), step);
  } else {
    try {
      LBFGSpp::LineSearchNocedalWright<double>::LineSearch(*this, value_, x_, gradient_, step, direction, before, param);
      found = value_ <= value;
    } catch (const std::exception&) {  // nothing along this direction that is lower by more than rounding
      found = false;
    }
  }
  if (!found) {
    x_ = before, gradient_ = gradient_before, value_ = value;
    if (!begun_) return false;
    begun_ = false;  // once more from the steepest descent
    return quasi_newton(state);
  }
  begun_ = true;
  const Vector s = x_ - before, y = gradient_ - gradient_before;
  if (s.dot(y) > std::numeric_limits<double>::epsilon() * y.squaredNorm()) history_.add_correction(s, y);
  return objective_before - objective() > 1e-16 * std::abs(objective_before) || steepness() > 1e-6;
}

// Halves the step until the objective falls, and stays where no weight changes its sign: there l1 is linear.
bool ByAll::search_orthant(const Vector& slope, const Vector& direction, double step) {
  const double before = objective();
  Vector gradient(x_.size());
  for (int tries = 0; tries < halvings; ++tries, step /= 2) {
    const Vector next = l1_.within_orthant(x_ + step * direction, x_, slope);
    const double fall = slope.dot(next - x_), value = (*this)(next, gradient);
    if (!(fall < 0) || no_lower(value + l1_.value(next), before + 1e-4 * fall)) continue;
    x_ = next, value_ = value, gradient_ = gradient;
    return true;
  }
  return false;
}

bool ByAll::newton() {
  Vector step = matrix_->step(x_, gradient_, l1_);
  const auto fall_of = [&](const Vector& s) { return gradient_.dot(s) + l1_.value(x_ + s) - l1_.value(x_); };
  if (!step.allFinite() || !(fall_of(step) < 0)) step = l1_.shrunk(x_ - gradient_, 1) - x_;
  const double before = objective(), steepness_before = steepness(), fall = fall_of(step);
  Vector gradient(x_.size());
  double t = 1;
  for (int tries = 0; tries < halvings; ++tries, t /= 2) {
    const Vector next = x_ + t * step;
    const double value = (*this)(next, gradient);
    if (no_lower(value + l1_.value(next), before + 1e-4 * t * fall)) continue;
    x_ = next, value_ = value, gradient_ = gradient;
    return objective() < before - rounding * std::abs(before) || steepness() < steepness_before;
  }
  return false;
}

Learner::Outcome ByAll::epoch(RunState& state, const std::function<bool()>& go_on) {
  // A run that was stopped after this iteration's step has done all but measuring.
  if (state.row == setup_.model.rows) return state.converged ? Outcome::converged : Outcome::moved;
  if (!evaluated_) value_ = (*this)(x_, gradient_), evaluated_ = true;
  if (!std::isfinite(value_)) throw_diverged(setup_, state, "the mean loss is not finite at the start");
  bool more = steepness() > tolerance_;
  if (more) {
    ++state.steps;
    more = method_ == Method::descent ? descend(state) : method_ == Method::lbfgs ? quasi_newton(state) : newton();
    more = more && steepness() > tolerance_;
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
