// Deterministic numbers within the domains of a loss.
#include "cli/samples.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "api/about.h"
#include "api/number_text.h"
#include "cli/words.h"

namespace minimand::cli {
namespace {

using facts::Domain;
using facts::Kind;

// SplitMix64 (Steele, Lea, Flood 2014, doi:10.1145/2660193.2660195).
struct Random {
  std::uint64_t state;
  std::uint64_t bits() {
    std::uint64_t z = (state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  double uniform(double low, double high) { return low + (high - low) * (static_cast<double>(bits() >> 11) * 0x1p-53); }
};

// A number inside an interval, away from its ends and never a whole one.
double inside(const Domain& d, Random& random) {
  if (d.kind == Kind::pair) return random.bits() & 1 ? d.high : d.low;
  const bool below = std::isfinite(d.low), above = std::isfinite(d.high);
  if (below && above) return random.uniform(d.low + 0.02 * (d.high - d.low), d.high - 0.02 * (d.high - d.low));
  if (below) return d.low + random.uniform(0.05, 4);
  if (above) return d.high - random.uniform(0.05, 4);
  return random.uniform(-4, 4);
}

// A row of logits, probabilities or log-probabilities, as the domain says.
void fill_row(const Domain& d, double* row, std::int64_t classes, Random& random) {
  double sum = 0;
  for (std::int64_t c = 0; c < classes; ++c) {
    row[c] = random.uniform(-4, 4);
    sum += std::exp(row[c]);
  }
  const bool logarithms = d.high == 0, probabilities = d.low == 0;
  for (std::int64_t c = 0; c < classes; ++c) {
    if (logarithms) row[c] -= std::log(sum);
    if (probabilities) row[c] = std::exp(row[c]) / sum;
  }
}

}  // namespace

std::string parameter_text(const facts::Param& parameter, double value) {
  for (const facts::Choice& c : parameter.choices) {
    if (c.word != nullptr && c.value == value) return c.word;
  }
  return number_text(value);
}

std::string full_text(const Loss& loss) {
  std::string out = loss.text();
  const auto parameters = parameters_of(loss.entry());
  for (std::size_t k = 0; k < parameters.size(); ++k) {
    const std::string key = std::string(":") + parameters[k].name + "=";
    if (out.find(key) != std::string::npos || std::isnan(loss.parameters()[k])) continue;
    out += key + parameter_text(parameters[k], loss.parameters()[k]);
  }
  return out;
}

const Domain& target_domain(const Loss& loss) {
  return facts::target_domain(facts_of(loss.entry()), loss.parameters());
}

bool takes_index(const Domain& target) {
  return target.kind == Kind::index || target.kind == Kind::index_or_distribution;
}

array Sample::view(const std::vector<double>& numbers, bool two_axes) const {
  const std::array<std::int64_t, 2> shape = {rows, classes};
  return {numbers.data(), dtype::f64, std::span(shape).first(two_axes ? 2 : 1), false};
}

Sample draw_sample(const Loss& loss, std::int64_t rows, std::int64_t classes, std::uint64_t seed) {
  const bool row_loss = is_row_loss(loss.entry());
  const Domain &prediction = facts_of(loss.entry()).prediction, &target = target_domain(loss);
  Random random{seed};
  Sample out;
  out.rows = rows;
  out.classes = row_loss ? classes : 0;
  const std::int64_t width = row_loss ? classes : 1;
  const bool index = out.index = row_loss && takes_index(target);
  out.prediction.resize(static_cast<std::size_t>(rows * width));
  out.target.resize(static_cast<std::size_t>(index ? rows : rows * width));
  for (std::int64_t r = 0; r < rows; ++r) {
    double* p = out.prediction.data() + r * width;
    if (row_loss) fill_row(prediction, p, classes, random);
    else *p = inside(prediction, random);
    double* t = out.target.data() + (index ? r : r * width);
    if (index) *t = static_cast<double>(random.bits() % static_cast<std::uint64_t>(classes));
    else if (row_loss) fill_row(target, t, classes, random);
    else *t = inside(target, random);
  }
  return out;
}

Outputs evaluate_sample(const Loss& loss, const Sample& sample, std::optional<curvature> which) {
  Outputs out;
  out.value.resize(static_cast<std::size_t>(sample.rows));
  out.gradient.resize(sample.prediction.size());
  Call call;
  call.reduction = reduction::none;
  const auto shaped = [&](std::vector<double>& numbers) {
    array a = sample.prediction_view();
    a.data = numbers.data();
    a.writable = true;
    return a;
  };
  call.values = out.value;
  call.gradient = shaped(out.gradient);
  if (which) {
    out.hessian.resize(sample.prediction.size());
    call.hessian = shaped(out.hessian);
    call.curvature = *which;
    call.curvature_scale = 0.5;  // of losses with a kink
  }
  loss(sample.prediction_view(), sample.target_view(), call);
  return out;
}

std::vector<std::string> curvatures_of(const Loss& loss, bool& zero) {
  const Sample sample = draw_sample(loss, 64, 3, 1);
  std::vector<std::string> out;
  zero = false;
  for (const std::string& word : curvature_words()) {
    try {
      const Outputs outputs = evaluate_sample(loss, sample, parse_curvature(word));
      out.push_back(word);
      if (word == "exact") {
        zero = std::all_of(outputs.hessian.begin(), outputs.hessian.end(), [](double h) { return h == 0; });
      }
    } catch (const error& e) {
      if (e.code() != error_code::PAR005) throw;  // anything else is a fault, not a curvature it lacks
    }
  }
  return out;
}

}  // namespace minimand::cli
