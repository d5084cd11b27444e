// Checks and first guesses of a training run.
#include "learn/start.h"

#include <algorithm>
#include <cmath>
#include <minimand/error.hpp>

#include "kernels/entry.h"
#include "learn/classes.h"
#include "learn/link.h"
#include "learn/options_text.h"
#include "run/convert.h"

namespace minimand::learn {
namespace {

void need(bool right, const std::string& name, const std::string& value, const std::string& range) {
  if (!right) throw error(error_code::PAR005, name + " is " + value + "; it must be " + range);
}

// The largest label, or -1 if there is none; labels that are none are left to the loss to report.
std::int64_t largest_label(const Rows& targets) {
  constexpr std::int64_t block = 4096;
  std::vector<std::int64_t> labels(block);
  std::int64_t largest = -1;
  for (std::int64_t r = 0; r < targets.rows(); r += block) {
    const std::int64_t n = std::min(block, targets.rows() - r);
    run::read_labels(targets.view(), r, n, labels.data());
    largest = std::max(largest, *std::max_element(labels.begin(), labels.begin() + n));
  }
  return largest;
}

}  // namespace

void check_options(const FitOptions& options) {
  need(options.epochs >= 1 && options.epochs <= 1'000'000'000, "the number of epochs",
       std::to_string(options.epochs), "from 1 to 1000000000");
  need(options.batch >= 1 && options.batch <= (1 << 28), "the batch", std::to_string(options.batch),
       "from 1 to 268435456 rows");
  need(options.valid >= 0 && options.valid < 1, "the share of rows kept for validation",
       number_text(options.valid), "0 or more and less than 1");
  need(options.classes >= 0, "the number of classes", std::to_string(options.classes), "0 or more");
  need(options.clip >= 0 && std::isfinite(options.clip), "the norm that gradients are clipped to",
       number_text(options.clip), "0 (not at all) or more");
  need(options.dropout >= 0 && options.dropout < 1, "dropout", number_text(options.dropout),
       "0 or more and less than 1");
  need(options.patience >= 0, "patience", std::to_string(options.patience), "0 or more epochs");
  need(options.l1 >= 0 && std::isfinite(options.l1), "l1", number_text(options.l1), "0 or more");
  need(options.l2 >= 0 && std::isfinite(options.l2), "l2", number_text(options.l2), "0 or more");
}

std::int64_t output_count(const Rows& features, const Rows& targets, const FitOptions& options) {
  if (features.rows() != targets.rows()) {
    throw error(error_code::SHP001, "there are " + std::to_string(features.rows()) +
                                        " rows of features and " + std::to_string(targets.rows()) +
                                        " targets");
  }
  if (features.rows() == 0) throw error(error_code::SHP002, "there are no rows to learn from");
  if (features.columns() == 0) throw error(error_code::SHP002, "there are no features to learn from");
  const bool listed = targets.view().rank == 2;
  if (!is_row_loss(options.loss)) {
    need(options.classes == 0, "the number of classes", std::to_string(options.classes),
         "left out: " + options.loss.text() + " has none");
    return targets.columns();
  }
  if (listed) {
    need(options.classes == 0 || options.classes == targets.columns(), "the number of classes",
         std::to_string(options.classes), std::to_string(targets.columns()) + ", the columns of the targets");
    return targets.columns();
  }
  if (options.classes > 0) return options.classes;
  const std::int64_t largest = largest_label(targets);
  // A column of prices is no column of labels: the model would not fit in memory.
  if (largest >= std::max<std::int64_t>(targets.rows(), 1000)) {
    throw error(error_code::TGT001,
                "the largest class index is " + std::to_string(largest) + ", but there are only " +
                    std::to_string(targets.rows()) +
                    " rows; indices run from 0 to K-1 (more classes than rows: state their number)",
                role::target);
  }
  return std::max<std::int64_t>(largest + 1, 2);
}

namespace {

// Bisection of the sign of the derivative of a convex loss, from a first guess on; the guess itself if the sign does
// not change within reach. All columns at once: a loss may have a parameter for each. y (n, columns), w (n) or empty.
std::vector<double> least_from(const Loss& loss, const std::vector<double>& y, const std::vector<double>& w,
                               const std::vector<double>& guess, double reach) {
  const std::size_t columns = guess.size();
  const std::int64_t n = static_cast<std::int64_t>(y.size() / columns);
  const auto shaped = [&](const double* data, bool writable) {
    const std::int64_t extents[] = {n, static_cast<std::int64_t>(columns)};
    return array(data, dtype::f64, {extents, columns > 1 ? std::size_t{2} : std::size_t{1}}, writable);
  };
  std::vector<double> z(columns), gradient(y.size());
  array prediction = shaped(z.data(), false);
  prediction.strides[0] = 0;
  Call call;
  call.reduction = reduction::sum;
  call.gradient = shaped(gradient.data(), true);
  if (!w.empty()) call.weight = array(w);
  const auto slopes = [&](const std::vector<double>& at) {
    z = at;
    loss(prediction, shaped(y.data(), false), call);
    std::vector<double> sum(columns);
    for (std::size_t i = 0; i < gradient.size(); ++i) sum[i % columns] += gradient[i];
    return sum;
  };
  const std::vector<double> first = slopes(guess);
  std::vector<double> near = guess, far = guess, step(columns);
  std::vector<bool> found(columns), left(columns);  // a change of sign; to be looked for
  const auto any_left = [&] { return std::find(left.begin(), left.end(), true) != left.end(); };
  for (std::size_t c = 0; c < columns; ++c) {
    step[c] = std::max(1e-3, std::abs(guess[c]) * 1e-3);
    left[c] = first[c] != 0 && std::isfinite(first[c]);
  }
  while (any_left()) {
    for (std::size_t c = 0; c < columns; ++c) {
      if (left[c]) far[c] = guess[c] - std::copysign(step[c], first[c]);
    }
    const std::vector<double> slope = slopes(far);
    for (std::size_t c = 0; c < columns; ++c) {
      if (!left[c]) continue;
      found[c] = !(first[c] * slope[c] > 0);
      if (found[c]) left[c] = false;
      else near[c] = far[c], left[c] = (step[c] *= 2) <= reach;
    }
  }
  left = found;
  for (int i = 0; i < 100 && any_left(); ++i) {
    std::vector<double> middle = near;
    for (std::size_t c = 0; c < columns; ++c) {
      if (left[c]) middle[c] = near[c] / 2 + far[c] / 2;
      left[c] = left[c] && middle[c] != near[c] && middle[c] != far[c];
    }
    if (!any_left()) break;
    const std::vector<double> slope = slopes(middle);
    for (std::size_t c = 0; c < columns; ++c) {
      if (left[c]) (first[c] * slope[c] > 0 ? near : far)[c] = middle[c];
    }
  }
  std::vector<double> out = guess;
  for (std::size_t c = 0; c < columns; ++c) {
    if (found[c]) out[c] = near[c] / 2 + far[c] / 2;
  }
  return out;
}

// Rows of classes: the log of each class's share, about their mean.
std::vector<double> log_shares(const Loss& loss, const Rows& targets, std::span<const double> weights,
                               std::span<const std::int64_t> rows, std::int64_t outputs) {
  std::vector<double> share(static_cast<std::size_t>(outputs)), q(share.size());
  double total = 0;
  const bool logs = loss.entry().facts.target.high == 0;
  for (const std::int64_t r : rows) {
    const double w = weights.empty() ? 1 : weights[static_cast<std::size_t>(r)];
    total += w;
    if (targets.view().rank == 1) {
      std::int64_t label = 0;
      run::read_labels(targets.view(), r, 1, &label);
      if (label >= 0 && label < outputs) share[static_cast<std::size_t>(label)] += w;
    } else {
      run::gather(targets.view(), r * outputs, outputs, q.data());
      for (std::size_t c = 0; c < q.size(); ++c) share[c] += w * (logs ? std::exp(q[c]) : q[c]);
    }
  }
  const int smoothing = loss.entry().smoothing_parameter;
  const double smooth = smoothing >= 0 ? loss.parameters()[smoothing] : 0;
  double mean = 0;
  for (double& p : share) {
    p = std::max((1 - smooth) * p / total + smooth / static_cast<double>(outputs), 0.5 / (total + 1));
    p = std::log(p);
    mean += p / static_cast<double>(outputs);
  }
  for (double& p : share) p -= mean;
  return share;
}

}  // namespace

std::vector<double> best_constant(const Loss& loss, const Rows& targets, std::span<const double> weights,
                                  std::span<const std::int64_t> rows, std::int64_t outputs) {
  if (is_row_loss(loss)) return log_shares(loss, targets, weights, rows, outputs);
  std::vector<double> constant(static_cast<std::size_t>(outputs)), row(constant.size());
  const facts::Facts& about = loss.entry().facts;
  const auto has = [&](Link link) { return about.activation == link || about.mean == link; };
  std::vector<double> y, w;  // (rows, outputs), (rows)
  double total = 0;
  for (const std::int64_t r : rows) {
    run::gather(targets.view(), r * outputs, outputs, row.data());
    y.insert(y.end(), row.begin(), row.end());
    if (!weights.empty()) w.push_back(weights[static_cast<std::size_t>(r)]);
    total += weights.empty() ? 1 : w.back();
  }
  const double small = 0.5 / (total + 1);  // half a target in all
  for (std::size_t c = 0; c < constant.size(); ++c) {
    double z = 0;
    for (std::size_t r = 0; r < rows.size(); ++r) z += y[r * constant.size() + c] * (w.empty() ? 1 : w[r]) / total;
    if (has(Link::logistic)) {
      const double p = std::clamp(z, small, 1 - small);
      z = std::log(p) - std::log1p(-p);
    } else if (has(Link::exponential)) {
      z = std::log(std::max(z, small));
    } else if (has(Link::sign)) {
      z = 0;
    }
    if (!std::isfinite(z) || std::abs(z) > 1e37) z = 0;
    constant[c] = z;
  }
  const bool bounded = has(Link::logistic) || has(Link::exponential) || has(Link::sign);
  if (about.convex && about.activation == Link::identity) return least_from(loss, y, w, constant, bounded ? 20 : 1e37);
  return constant;
}

void check_targets(const Loss& loss, const Rows& targets, std::span<const float> constant, bool listed) {
  const auto outputs = static_cast<std::int64_t>(constant.size());
  std::vector<float> row(constant.size());
  link_forward(loss.entry().facts.activation, 1, outputs, constant.data(), row.data());
  const std::int64_t extents[] = {targets.rows(), outputs};
  array prediction(row.data(), dtype::f32, {extents, listed ? std::size_t{2} : std::size_t{1}}, false);
  prediction.strides[0] = 0;
  if (std::isfinite(loss(prediction, targets.view()).value)) return;
  std::vector<double> y(static_cast<std::size_t>(targets.columns()));
  for (std::int64_t r = 0; r < targets.rows(); ++r) {
    const std::int64_t first = r * targets.columns();
    run::gather(targets.view(), first, targets.columns(), y.data());
    for (std::size_t c = 0; c < y.size(); ++c) {
      if (std::isfinite(y[c])) continue;
      const std::int64_t place = first + static_cast<std::int64_t>(c);
      throw error(error_code::DOM002,
                  "target " + run::element_text(targets.view(), place) + " in row " + std::to_string(r + 1) +
                      " is nothing to learn; targets must be finite",
                  role::target, place, 1);
    }
  }
}

}  // namespace minimand::learn
