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

std::vector<float> best_constant(const Loss& loss, const Rows& targets, std::span<const std::int64_t> rows,
                                 std::int64_t outputs) {
  std::vector<float> constant(static_cast<std::size_t>(outputs), 0.0f);
  const facts::Facts& about = loss.entry().facts;
  const Link links[] = {about.activation, about.mean};
  const auto has = [&](Link link) { return links[0] == link || links[1] == link; };
  if (is_row_loss(loss) || has(Link::sign)) return constant;
  std::vector<double> mean(constant.size()), y(constant.size());
  for (const std::int64_t r : rows) {
    run::gather(targets.view(), r * outputs, outputs, y.data());
    for (std::size_t c = 0; c < mean.size(); ++c) mean[c] += y[c] / static_cast<double>(rows.size());
  }
  const double small = 0.5 / static_cast<double>(rows.size() + 1);  // half a target in all
  for (std::size_t c = 0; c < mean.size(); ++c) {
    double z = mean[c];
    if (has(Link::logistic)) {
      const double p = std::clamp(z, small, 1 - small);
      z = std::log(p) - std::log1p(-p);
    } else if (has(Link::exponential)) {
      z = std::log(std::max(z, small));
    }
    constant[c] = std::isfinite(z) && std::abs(z) < 1e37 ? static_cast<float>(z) : 0.0f;
  }
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
