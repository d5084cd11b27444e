// Derivatives against central differences of fourth order; edges of the domains; jumps against the kinks declared.
#include "cli/checks.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "api/about.h"
#include "cli/samples.h"
#include "cli/text.h"

namespace minimand::cli {
namespace {

constexpr std::int64_t sample_rows = 256, sample_classes = 5;
constexpr double difference_limit = 1e-6;

using Pick = std::function<const std::vector<double>&(const Outputs&)>;

// Distance of the points of a difference: small beside the prediction and its distance from the ends of the domain.
double step_at(const facts::Domain& d, double x) {
  double size = std::max(1.0, std::abs(x));
  if (std::isfinite(d.low)) size = std::min(size, x - d.low);
  if (std::isfinite(d.high)) size = std::min(size, d.high - x);
  return 1e-4 * size;
}

// The derivative of `below` (the value, or the gradient) by each prediction, against `derivative`.
Check check_derivative(const Loss& loss, const std::string& what, const Pick& below, const Pick& derivative) {
  Check out;
  out.loss = loss.text(), out.what = what, out.limit = difference_limit;
  const Sample sample = draw_sample(loss, sample_rows, sample_classes, 20260101);
  const Outputs at = evaluate_sample(loss, sample);
  const std::size_t step = sample.classes > 0 ? static_cast<std::size_t>(sample.classes) : 1;
  const bool may_jump = facts_of(loss.entry()).kinks != nullptr;
  for (std::size_t c = 0; c < step; ++c) {  // one class of every row at a time
    const auto moved = [&](double distance) {
      Sample other = sample;
      for (std::size_t i = c; i < other.prediction.size(); i += step) {
        other.prediction[i] += distance * step_at(facts_of(loss.entry()).prediction, sample.prediction[i]);
      }
      return evaluate_sample(loss, other);
    };
    const Outputs far_right = moved(2), right = moved(1), left = moved(-1), far_left = moved(-2);
    for (std::size_t i = c; i < sample.prediction.size(); i += step) {
      const bool by_row = below(at).size() != at.gradient.size();
      const std::size_t k = by_row ? i / step : i;
      const double h = step_at(facts_of(loss.entry()).prediction, sample.prediction[i]);
      const double near = (below(right)[k] - below(left)[k]) / (2 * h);
      const double far = (below(far_right)[k] - below(far_left)[k]) / (4 * h);
      const double exact = derivative(at)[i];
      if (may_jump && std::abs(near - far) > 1e-3 * std::max(1.0, std::abs(near))) {
        ++out.skipped;
        continue;
      }
      ++out.points;
      const double difference = std::abs(exact - (4 * near - far) / 3) / std::max(1.0, std::abs(exact));
      if (!(difference <= out.worst)) out.worst = difference;
    }
  }
  out.passed = out.worst <= out.limit && out.points > out.skipped;
  if (!out.passed) out.note = "the derivative is not that of the value";
  return out;
}

// Whether a call with one number changed ends in the error wanted, or in none.
class Edges {
 public:
  Edges(const Loss& loss, Check& out) : loss_(loss), out_(out), good_(draw_sample(loss, 4, sample_classes, 7)) {}

  void expect(bool prediction, double value, bool legal) {
    Sample sample = good_;
    (prediction ? sample.prediction : sample.target)[1] = value;
    ++out_.points;
    std::string got = "accepted";
    try {
      evaluate_sample(loss_, sample);
    } catch (const error& e) {
      got = name(e.code());
    }
    const bool index = !prediction && sample.index;
    const std::string wanted = legal ? "accepted" : prediction ? "DOM001" : index ? "TGT001" : "DOM002";
    if (got == wanted) return;
    out_.passed = false;
    out_.note += std::string(out_.note.empty() ? "" : "; ") + (prediction ? "prediction " : "target ") + shortest(value) + ": " +
                 got + ", not " + wanted;
  }

  void interval(bool prediction, const facts::Domain& d) {
    if (d.kind == facts::Kind::pair) {
      for (const double end : {d.low, d.high}) expect(prediction, end, true);
      expect(prediction, d.low + 0.25 * (d.high - d.low), false);
      expect(prediction, d.high + 1, false);
      return;
    }
    if (std::isfinite(d.low)) expect(prediction, d.low, !d.low_open), expect(prediction, d.low - 0.5, false);
    if (std::isfinite(d.high)) expect(prediction, d.high, !d.high_open), expect(prediction, d.high + 0.5, false);
  }

  void index() {
    expect(false, 0, true);
    expect(false, static_cast<double>(sample_classes - 1), true);
    for (const double bad : {-1.0, static_cast<double>(sample_classes), 0.5}) expect(false, bad, false);
  }
  bool has_index() const { return good_.index; }

 private:
  const Loss& loss_;
  Check& out_;
  Sample good_;
};

Check check_domain(const Loss& loss) {
  Check out;
  out.loss = loss.text(), out.what = "domain";
  Edges edges(loss, out);
  edges.interval(true, facts_of(loss.entry()).prediction);
  edges.has_index() ? edges.index() : edges.interval(false, target_domain(loss));
  Sample nan = draw_sample(loss, 4, sample_classes, 7);
  nan.prediction[0] = std::nan("");
  ++out.points;
  if (!std::isnan(evaluate_sample(loss, nan).value[0])) {
    out.passed = false;
    out.note += std::string(out.note.empty() ? "" : "; ") + "a NaN prediction gives a number";
  }
  return out;
}

struct Jump { double left, right; };  // neighbouring predictions between which something jumps

// Single elements of the loss at its plot's target.
Outputs at_points(const Loss& loss, const std::vector<double>& x) {
  Sample s;
  s.rows = static_cast<std::int64_t>(x.size());
  s.prediction = x;
  s.target.assign(x.size(), facts_of(loss.entry()).plot_target);
  return evaluate_sample(loss, s);
}

std::vector<Jump> find_jumps(const Loss& loss, const Pick& pick) {
  const facts::Domain& d = facts_of(loss.entry()).prediction;
  const double center = facts_of(loss.entry()).plot_target;
  const double low = std::isfinite(d.low) ? d.low + 1e-3 : center - 4.0123, high = std::isfinite(d.high) ? d.high - 1e-3 : center + 4.0371;
  std::vector<double> x(4001);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = low + (high - low) * static_cast<double>(i) / 4000;
  const std::vector<double> y = pick(at_points(loss, x));
  const auto [least, most] = std::minmax_element(y.begin(), y.end());
  const double height = std::max(*most - *least, 1e-12);
  std::vector<Jump> out;
  for (std::size_t i = 0; i + 1 < x.size(); ++i) {
    if (!(std::abs(y[i + 1] - y[i]) > 5e-3 * height)) continue;
    Jump j{x[i], x[i + 1]};
    double at_left = y[i], at_right = y[i + 1];
    for (double middle; middle = j.left + (j.right - j.left) / 2, middle > j.left && middle < j.right;) {
      const double v = pick(at_points(loss, {middle}))[0];
      std::abs(v - at_left) > std::abs(v - at_right) ? (j.right = middle, at_right = v) : (j.left = middle, at_left = v);
    }
    if (std::abs(at_right - at_left) > 5e-3 * height && (out.empty() || j.left - out.back().right > 1e-9)) out.push_back(j);
  }
  return out;
}

Check check_kinks(const Loss& loss) {
  Check out;
  out.loss = loss.text(), out.what = "kinks";
  const Pick value = [](const Outputs& o) -> const std::vector<double>& { return o.value; };
  const Pick gradient = [](const Outputs& o) -> const std::vector<double>& { return o.gradient; };
  const Pick hessian = [](const Outputs& o) -> const std::vector<double>& { return o.hessian; };
  const char* declared = facts_of(loss.entry()).kinks;
  const std::string text = declared != nullptr ? declared : "";
  // What stands before a semicolon holds for the default parameters; the rest says when it is otherwise.
  const std::string always = loss.text() == loss_name(loss.entry()) ? text.substr(0, text.find(';')) : "";
  const auto fail = [&](const std::string& why) {
    out.passed = false;
    out.note += (out.note.empty() ? "" : "; ") + why;
  };
  out.points = 4001;
  if (!find_jumps(loss, value).empty()) fail("the value jumps");
  const std::vector<Jump> in_gradient = find_jumps(loss, gradient);
  const bool in_curvature = !find_jumps(loss, hessian).empty();
  if (!in_gradient.empty() && text.find("gradient") == std::string::npos) fail("the gradient jumps at " + shortest(in_gradient[0].left));
  if (in_gradient.empty() && always.find("gradient") != std::string::npos) fail("the gradient does not jump");
  if (in_curvature && text.empty()) fail("the curvature jumps");
  if (!in_curvature && always.find("curvature") != std::string::npos) fail("the curvature does not jump");
  for (const Jump& j : in_gradient) {
    // At the kink itself the gradient is a subgradient: between those of both sides.
    const double away = 1e-6 * std::max(1.0, std::abs(j.left));
    const std::vector<double> g = at_points(loss, {j.left - away, j.left, j.right, j.right + away}).gradient;
    const auto [low, high] = std::minmax(g[0], g[3]);
    for (const double here : {g[1], g[2]}) {
      if (!(here >= low - 1e-5 && here <= high + 1e-5)) fail("no subgradient at " + shortest(j.left));
    }
  }
  return out;
}

}  // namespace

std::vector<Check> check_loss(const Loss& loss) {
  const Pick value = [](const Outputs& o) -> const std::vector<double>& { return o.value; };
  const Pick gradient = [](const Outputs& o) -> const std::vector<double>& { return o.gradient; };
  const Pick hessian = [](const Outputs& o) -> const std::vector<double>& { return o.hessian; };
  std::vector<Check> out = {check_derivative(loss, "gradient", value, gradient),
                            check_derivative(loss, "curvature", gradient, hessian), check_domain(loss)};
  if (!is_row_loss(loss.entry())) out.push_back(check_kinks(loss));
  return out;
}

}  // namespace minimand::cli
