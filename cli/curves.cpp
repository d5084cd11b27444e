// Sampling of losses: even steps, then halves where a curve is steep; what stays apart at no distance is a jump.
#include "cli/curves.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include "api/about.h"
#include "api/number_text.h"
#include "cli/words.h"

namespace minimand::cli {
namespace {

constexpr std::size_t first_places = 241, most_places = 20000;
constexpr double steep = 0.02;        // share of the visible range between two points that calls for one more
constexpr double no_distance = 1e-9;  // share of the course
constexpr double from_end = 0.005;    // share of the course between an open end and the first point
constexpr double pole = 0.1;          // share of the places that a pole may take out of the picture
constexpr double distribution[] = {0.7, 0.2, 0.1};  // the target of a row, where it is no index
constexpr std::size_t classes = std::size(distribution);

using facts::Domain;
using facts::Family;

bool real(const Domain& d) { return d.kind == facts::Kind::interval && std::isinf(d.low) && std::isinf(d.high); }

// The prediction of single elements runs around their target.
double plot_target(const Loss& loss) {
  const Domain& d = target_domain(loss);
  return d.kind == facts::Kind::pair ? d.high : facts_of(loss.entry()).plot_target;
}

// Losses of the difference alone; of others (relative errors, counts) the picture depends on the target.
bool over_residual(const Loss& loss) {
  const facts::Facts& f = facts_of(loss.entry());
  return f.family == Family::regression && real(f.prediction) && real(target_domain(loss));
}
bool over_margin(const Loss& loss) {
  const facts::Facts& f = facts_of(loss.entry());
  return (f.family == Family::binary || f.family == Family::margin) && real(f.prediction);
}

// Twice the longest of the loss's own lengths (delta of huber), so that it is seen.
double reach(const Loss& loss) {
  double longest = 1.5;
  const auto parameters = parameters_of(loss.entry());
  for (std::size_t k = 0; k < parameters.size(); ++k) {
    const double value = loss.parameters()[k];
    if (parameters[k].residual_length && std::isfinite(value)) longest = std::max(longest, value);
  }
  return 2 * longest;
}

Course row_course(const Loss& loss) {
  const facts::Facts& f = facts_of(loss.entry());
  const bool index = takes_index(target_domain(loss));
  const std::string whose = index ? " of the target's class" : " where the target is " + number_text(distribution[0]);
  if (f.prediction.low == 0) return {"probability" + whose, 0, 1, true, true};
  if (f.prediction.high == 0) return {"log-probability" + whose, -6, 0, false, true};
  return {"logit" + whose, -6, 6, false, false};
}

// Rows in which the first class's prediction runs and the others share what is left.
Sample rows_at(const Loss& loss, const std::vector<double>& x) {
  const Domain &prediction = facts_of(loss.entry()).prediction, &target = target_domain(loss);
  Sample out;
  out.rows = static_cast<std::int64_t>(x.size());
  out.classes = classes;
  out.index = takes_index(target);
  constexpr std::size_t others = classes - 1;
  for (const double p : x) {
    const double other = prediction.low == 0 ? (1 - p) / others : prediction.high == 0 ? std::log(-std::expm1(p) / others) : 0;
    out.prediction.push_back(p);
    out.prediction.insert(out.prediction.end(), others, other);
    if (out.index) {
      out.target.push_back(0);
    } else {
      for (const double q : distribution) out.target.push_back(target.high == 0 ? std::log(q) : q);
    }
  }
  return out;
}

Sample elements_at(const Loss& loss, const std::vector<double>& x) {
  const double target = plot_target(loss);
  Sample out;
  out.rows = static_cast<std::int64_t>(x.size());
  for (const double p : x) out.prediction.push_back(over_residual(loss) ? target + p : p);
  out.target.assign(x.size(), target);
  return out;
}

// Whether the two ends of a step are so far apart that a point between them is seen.
bool far_apart(double a, double b, const picture::Range& range) {
  if (std::isfinite(a) != std::isfinite(b)) return true;
  if (!std::isfinite(a) || (a > range.high && b > range.high) || (a < range.low && b < range.low)) return false;
  return std::abs(a - b) > steep * (range.high - range.low);
}

struct Output {
  std::vector<double> Points::*member;
  picture::Range range;
  bool apart(const Points& p, std::size_t i) const { return far_apart((p.*member)[i], (p.*member)[i + 1], range); }
};

// `more` comes between: more.x[k] follows points.x[after[k]].
Points merged(const Points& points, const Points& more, const std::vector<std::size_t>& after) {
  Points out;
  for (const auto member : {&Points::x, &Points::value, &Points::gradient, &Points::curvature}) {
    const auto &from = points.*member, &between = more.*member;
    for (std::size_t i = 0, k = 0; i < from.size(); ++i) {
      (out.*member).push_back(from[i]);
      if (k < after.size() && after[k] == i) (out.*member).push_back(between[k++]);
    }
  }
  return out;
}

picture::Series series_of(const Points& p, const Output& output, double least, const std::string& name) {
  picture::Series out;
  out.name = name;
  for (std::size_t i = 0; i < p.x.size(); ++i) {
    out.x.push_back(p.x[i]);
    out.y.push_back((p.*output.member)[i]);
    if (i + 1 < p.x.size() && p.x[i + 1] - p.x[i] <= least && output.apart(p, i)) {
      out.x.push_back(p.x[i]);
      out.y.push_back(std::numeric_limits<double>::quiet_NaN());
    }
  }
  return out;
}

}  // namespace

Course course_of(const Loss& loss) {
  if (is_row_loss(loss.entry())) return row_course(loss);
  const facts::Facts& f = facts_of(loss.entry());
  const Domain& d = f.prediction;
  const double far = reach(loss), target = plot_target(loss);
  if (over_residual(loss)) return {"residual: prediction - target", -far, far, false, false};
  if (over_margin(loss)) return {"margin: prediction for target 1", -3, 3, false, false};
  const bool below = std::isfinite(d.low), above = std::isfinite(d.high);
  Course out;
  const std::string bounded = below || above ? std::string(" ") + d.text : "";
  out.over = (d.low == 0 && d.high == 1 ? "probability" : "prediction" + bounded) + ", target " + number_text(target);
  out.low = below ? d.low : above ? d.high - 6 : target - far;
  out.high = above ? d.high : below ? d.low + 6 : target + far;
  out.low_open = below, out.high_open = above;
  return out;
}

Course common_course(const std::vector<Loss>& losses) {
  Course out = course_of(losses.front());
  for (const Loss& l : losses) {
    const Course own = course_of(l);
    if (own.over != out.over || own.low_open != out.low_open || own.high_open != out.high_open) {
      throw error(error_code::PAR005, "the picture of " + losses.front().text() + " runs over " + in_quotes(out.over) +
                                          ", that of " + l.text() + " over " + in_quotes(own.over) +
                                          ": compare losses of one kind");
    }
    out.low = out.low_open ? std::max(out.low, own.low) : std::min(out.low, own.low);
    out.high = out.high_open ? std::min(out.high, own.high) : std::max(out.high, own.high);
  }
  return out;
}

std::vector<double> even_places(const Course& course, std::size_t count) {
  const double span = course.high - course.low;
  const double low = course.low + (course.low_open ? from_end * span : 0);
  const double high = course.high - (course.high_open ? from_end * span : 0);
  std::vector<double> out;
  for (std::size_t i = 0; i < count; ++i) {
    out.push_back(low + (high - low) * (static_cast<double>(i) / static_cast<double>(count - 1)));
  }
  return out;
}

Points points_at(const Loss& loss, const std::vector<double>& x) {
  const bool rows = is_row_loss(loss.entry());
  const Outputs outputs = evaluate_sample(loss, rows ? rows_at(loss, x) : elements_at(loss, x));
  Points out;
  out.x = x;
  out.value = outputs.value;
  for (std::size_t i = 0; i < outputs.gradient.size(); i += rows ? classes : 1) {
    out.gradient.push_back(outputs.gradient[i]);
    out.curvature.push_back(outputs.hessian[i]);
  }
  return out;
}

Visible visible(const std::vector<Loss>& losses, const Course& course) {
  Points all;
  for (const Loss& l : losses) {
    const Points own = points_at(l, even_places(course, first_places));
    for (const auto member : {&Points::value, &Points::gradient, &Points::curvature}) {
      (all.*member).insert((all.*member).end(), (own.*member).begin(), (own.*member).end());
    }
  }
  const double tails = course.low_open || course.high_open ? pole : 0;
  return {picture::visible(all.value, tails), picture::visible(all.gradient, tails), picture::visible(all.curvature, tails)};
}

Curves curves_of(const Loss& loss, const Course& course, const Visible& visible) {
  Points points = points_at(loss, even_places(course, first_places));
  const Output outputs[] = {{&Points::value, visible.value}, {&Points::gradient, visible.gradient},
                            {&Points::curvature, visible.curvature}};
  const double least = no_distance * (course.high - course.low);
  while (points.x.size() < most_places) {
    std::vector<std::size_t> after;
    std::vector<double> x;
    for (std::size_t i = 0; i + 1 < points.x.size(); ++i) {
      if (points.x[i + 1] - points.x[i] <= least) continue;
      if (std::none_of(std::begin(outputs), std::end(outputs), [&](const Output& o) { return o.apart(points, i); })) continue;
      after.push_back(i);
      x.push_back(points.x[i] + (points.x[i + 1] - points.x[i]) / 2);
    }
    if (x.empty()) break;
    points = merged(points, points_at(loss, x), after);
  }
  const std::string name = loss.text();
  return {series_of(points, outputs[0], least, name), series_of(points, outputs[1], least, name),
          series_of(points, outputs[2], least, name)};
}

}  // namespace minimand::cli
