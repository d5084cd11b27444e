// Label smoothing and calibration: how often is a model right that says it is sure to 90 %?
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include <minimand/minimand.hpp>

#include "learn/predict.h"
#include "learn/trainer.h"
#include "page.h"
namespace mm = minimand;

namespace {

constexpr std::size_t features = 8, classes = 4;

// Four clouds that overlap, (n, 8).
struct Data {
  std::vector<float> x;
  std::vector<std::int32_t> y;
  mm::matrix<const float> rows() const { return {x.data(), static_cast<std::int64_t>(y.size()), features}; }
};
Data draw(std::size_t n, std::uint64_t seed) {
  Random random(seed);
  Data out;
  for (std::size_t i = 0; i < n; ++i) {
    const auto k = static_cast<std::size_t>(random.bits() % classes);
    for (std::size_t f = 0; f < features; ++f) {
      out.x.push_back(static_cast<float>((f % classes == k ? 1.2 : 0) + random.normal()));
    }
    out.y.push_back(static_cast<std::int32_t>(k));
  }
  return out;
}

// Predictions in ten bins by the probability of the class they name.
struct Calibration {
  std::array<double, 10> said{}, right{}, count{};  // sums over the bin
  double error = 0;  // mean of abs(share right - mean said), weighted by count: Naeini et al. (2015)
};
Calibration calibrate(const std::vector<float>& probability, const std::vector<std::int32_t>& y) {
  Calibration out;
  for (std::size_t i = 0; i < y.size(); ++i) {
    const auto row = probability.begin() + static_cast<std::ptrdiff_t>(classes * i);
    const auto largest = std::max_element(row, row + classes);
    const auto bin = std::min<std::size_t>(9, static_cast<std::size_t>(10 * *largest));
    out.said[bin] += *largest, out.right[bin] += largest - row == y[i], out.count[bin] += 1;
  }
  const auto n = static_cast<double>(y.size());
  for (std::size_t b = 0; b < 10; ++b) out.error += std::abs(out.right[b] - out.said[b]) / n;
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  const Data data = draw(600, 11), unseen = draw(10'000, 12);
  mm::picture::Figure figure{"Label smoothing and calibration",
                             "The share of right answers over how sure the model was, for three amounts of smoothing; "
                             "and the calibration error over the amount.", {}};
  figure.panels = {{"share of right answers", {.label = "probability that was said", .low = 0.2, .high = 1},
                    {.label = "", .low = 0.2, .high = 1}, {}},
                   {"calibration error", {.label = "smoothing"}, {.label = "", .low = 0}, {}}};
  figure.panels[0].series.push_back(curve("as said", 0.25, 1, [](double p) { return p; }));

  std::printf("smoothing   right     mean said   calibration error   log loss of rows it has not seen\n");
  mm::picture::Series errors{"", {}, {}};
  std::array<double, 6> error{}, loss{};
  constexpr std::array<double, 6> amounts{0, 0.05, 0.1, 0.2, 0.3, 0.5};
  for (std::size_t k = 0; k < amounts.size(); ++k) {
    mm::learn::FitOptions options(mm::loss("softmax_cross_entropy:smoothing=" + std::to_string(amounts[k])));
    options.model = "mlp:hidden=64", options.optimizer = "adam:lr=0.003", options.epochs = 60, options.valid = 0;
    options.batch = 50;
    const mm::learn::Model model = mm::learn::fit(data.rows(), data.y, options);
    // What is judged is never smoothed.
    const auto logits = mm::learn::predict(model, unseen.rows(), mm::learn::As::prediction);
    loss[k] = mm::softmax_cross_entropy(logits.view(), unseen.y).value;
    const Calibration found = calibrate(mm::learn::predict(model, unseen.rows()).values, unseen.y);
    double said = 0, right = 0;
    mm::picture::Series reliability{k == 0 ? "no smoothing" : k == 2 ? "smoothing 0.1" : "smoothing 0.5", {}, {}};
    for (std::size_t b = 0; b < 10; ++b) {
      said += found.said[b] / 10'000, right += found.right[b] / 10'000;
      if (found.count[b] < 50) continue;
      reliability.x.push_back(found.said[b] / found.count[b]);
      reliability.y.push_back(found.right[b] / found.count[b]);
    }
    std::printf("  %.2f      %.1f %%     %.1f %%          %.3f              %.3f\n", amounts[k], 100 * right,
                100 * said, found.error, loss[k]);
    error[k] = found.error;
    errors.x.push_back(amounts[k]), errors.y.push_back(found.error);
    if (k == 0 || k == 2 || k == 5) figure.panels[0].series.push_back(reliability);
  }
  figure.panels[1].series.push_back(errors);

  Page page;
  page.claim(error[2] < 0.6 * error[0], "a smoothing of 0.1 lowers the calibration error by two fifths or more");
  page.claim(loss[2] < loss[0], "and the log loss of rows it has not seen, though that is not what it minimised");
  page.claim(error[5] > *std::min_element(error.begin(), error.end()) + 0.05,
             "too much of it makes the model too modest");
  return page.end(argc, argv, "label_smoothing", figure);
}
