// Quantile regression: not one line but seven, and between them three bands that hold half, 80 % and 95 % of the data.
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include <minimand/minimand.hpp>

#include "learn/trainer.h"
#include "page.h"
namespace mm = minimand;

namespace {

struct Band {
  double share;                // of the data that it is to hold
  std::size_t lower, upper;    // its borders among the quantiles
};
constexpr std::array<double, 7> tau{0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975};
constexpr Band bands[] = {{0.50, 2, 4}, {0.80, 1, 5}, {0.95, 0, 6}};

// y = 1 + 2 x + (0.3 + 0.7 x) noise: the further right, the less is known. Each quantile of y is a line.
struct Data {
  std::vector<double> x, y;
};
Data draw(std::size_t n, std::uint64_t seed) {
  Random random(seed);
  Data out;
  for (std::size_t i = 0; i < n; ++i) {
    const double x = 4 * random.uniform();
    out.x.push_back(x), out.y.push_back(1 + 2 * x + (0.3 + 0.7 * x) * random.normal());
  }
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  const Data data = draw(4000, 13), unseen = draw(20'000, 14);
  // One model with seven outputs: the loss has a tau for each column, and each column has the same target.
  std::string text = "quantile:tau=";
  for (const double t : tau) text += (t > tau[0] ? "/" : "") + std::to_string(t);
  std::vector<double> targets;
  for (const double y : data.y) targets.insert(targets.end(), tau.size(), y);

  mm::learn::FitOptions options(mm::loss(text));
  options.optimizer = "adam:lr=0.05", options.schedule = "cosine", options.epochs = 60, options.valid = 0;
  const auto rows = static_cast<std::int64_t>(data.x.size());
  const mm::learn::Model model = mm::learn::fit(
      data.x, mm::matrix<const double>(targets.data(), rows, static_cast<std::int64_t>(tau.size())), options);
  const mm::learn::Coefficients line = mm::learn::coefficients(model);
  const auto quantile = [&](std::size_t k, double x) { return line.bias[k] + line.weight[k] * x; };

  // The tau-quantile of the standard normal distribution.
  constexpr std::array<double, 7> normal{-1.95996, -1.28155, -0.67449, 0, 0.67449, 1.28155, 1.95996};
  std::printf("   tau    learnt                  true                 rows below\n");
  double worst_slope = 0;
  for (std::size_t k = 0; k < tau.size(); ++k) {
    int below = 0;
    for (std::size_t i = 0; i < unseen.x.size(); ++i) below += unseen.y[i] < quantile(k, unseen.x[i]);
    std::printf(" %5.3f    %6.3f + %6.3f x       %6.3f + %6.3f x        %5.1f %%\n", tau[k], line.bias[k],
                line.weight[k], 1 + 0.3 * normal[k], 2 + 0.7 * normal[k],
                100.0 * below / static_cast<double>(unseen.x.size()));
    worst_slope = std::max(worst_slope, std::abs(line.weight[k] - 2 - 0.7 * normal[k]));
  }
  std::printf("\n  band   holds of 20000 rows it has not seen   of the left half   of the right half\n");
  double worst = 0;
  for (const Band& band : bands) {
    std::array<int, 2> within{}, all{};
    for (std::size_t i = 0; i < unseen.x.size(); ++i) {
      const double x = unseen.x[i], y = unseen.y[i];
      const std::size_t half = x < 2 ? 0 : 1;
      within[half] += y >= quantile(band.lower, x) && y < quantile(band.upper, x), ++all[half];
    }
    const double held = static_cast<double>(within[0] + within[1]) / (all[0] + all[1]);
    std::printf("  %2.0f %%                           %5.1f %%            %5.1f %%             %5.1f %%\n",
                100 * band.share, 100 * held, 100.0 * within[0] / all[0], 100.0 * within[1] / all[1]);
    worst = std::max(worst, std::abs(held - band.share));
  }

  mm::picture::Figure figure{"Three bands by quantile regression",
                             "Points that spread more to the right; bands that hold half, 80 % and 95 % of them.", {}};
  figure.panels = {{"y", {.label = "x"}, {}, {}}};
  for (std::size_t k : {3, 2, 4, 1, 5, 0, 6}) {
    const std::size_t outwards = k < 3 ? 3 - k : k - 3;
    constexpr const char* names[] = {"median", "50 %", "80 %", "95 %"};
    figure.panels[0].series.push_back(curve(names[outwards], 0, 4, [&](double x) { return quantile(k, x); }));
  }
  figure.panels[0].series.push_back(
      points({data.x.begin(), data.x.begin() + 300}, {data.y.begin(), data.y.begin() + 300}));

  Page page;
  page.claim(worst < 0.02, "each band holds the share it claims, within two in a hundred");
  page.claim(worst_slope < 0.15, "the slopes are near the true ones, from 0.63 at the bottom to 3.37 at the top");
  return page.end(argc, argv, "quantile_bands", figure);
}
