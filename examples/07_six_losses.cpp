// The six classic losses on the same data: what each says of a prediction, and what a model learns from it.
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include <minimand/minimand.hpp>

#include "page.h"
namespace mm = minimand;

namespace {

struct Classic {
  const char *name, *text;
};
constexpr Classic classics[] = {{"log loss", "binary_cross_entropy"},   {"cross-entropy", "softmax_cross_entropy"},
                                {"squared error", "squared_error"},      {"half squared error", "half_squared_error"},
                                {"smooth L1", "smooth_l1:beta=0.5"},     {"absolute error", "absolute_error"}};

double logistic(double z) { return 1 / (1 + std::exp(-z)); }

// A model says by a number z how likely yes is: p = logistic(z). Cross-entropy takes the numbers of no and of yes, 0
// and z, and makes p of them itself; the others take p. The mean loss, and its derivative by each z.
double evaluate(const mm::Loss& loss, const std::vector<double>& z, const std::vector<std::int32_t>& y,
                std::vector<double>& by_z, mm::reduction reduced = mm::reduction::mean,
                std::vector<double>* each = nullptr) {
  const std::size_t n = z.size();
  const bool rows = loss.text() == "softmax_cross_entropy";
  const std::size_t width = rows ? 2 : 1;
  std::vector<double> prediction(width * n), gradient(width * n);
  for (std::size_t i = 0; i < n; ++i) prediction[width * i + width - 1] = rows ? z[i] : logistic(z[i]);
  const auto shaped = [&](std::vector<double>& v) {
    return rows ? mm::array(mm::matrix<double>(v.data(), static_cast<std::int64_t>(n), 2)) : mm::array(v);
  };
  mm::Call call{.gradient = shaped(gradient), .reduction = reduced};
  if (each) call.values = *each;
  const mm::Result r = loss(shaped(prediction), y, call);
  for (std::size_t i = 0; i < n; ++i) {
    const double p = prediction[i];  // chain rule: dp/dz = p (1 - p)
    by_z[i] = rows ? gradient[2 * i + 1] : gradient[i] * p * (1 - p);
  }
  return r.value;
}

}  // namespace

int main(int argc, char** argv) {
  // 2000 people studied x hours more than usual, and passed with probability logistic(2 x - 1).
  Random random(7);
  std::vector<double> x(2000), z(x.size()), by_z(x.size());
  std::vector<std::int32_t> y(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = random.normal();
    y[i] = random.uniform() < logistic(2 * x[i] - 1);
  }

  mm::picture::Figure figure{"The six classic losses",
                             "Each loss and its derivative over the number a model gives to yes, where the truth is "
                             "yes; and the probability of yes that a model learns from each.", {}};
  figure.panels = {{"loss, if the truth is yes", {.label = "the model's z"}, {.label = "", .low = 0, .high = 4}, {}},
                   {"derivative by z", {.label = "the model's z"}, {}, {}},
                   {"probability of yes, as learnt", {.label = "x"}, {}, {}}};
  std::vector<double> grid(161), value(grid.size()), slope(grid.size());
  for (std::size_t i = 0; i < grid.size(); ++i) grid[i] = -4 + 0.05 * static_cast<double>(i);
  const std::vector<std::int32_t> yes(grid.size(), 1);

  std::printf("                     the same predictions       learnt from it\n");
  std::printf("loss                  mean    derivative at     slope  intercept   right\n");
  std::printf("                              p = 0.02, yes    (2.00)    (-1.00)\n");
  std::array<double, 6> mean{}, wrong{}, learnt{};
  for (std::size_t k = 0; k < 6; ++k) {
    const mm::Loss loss = mm::loss(classics[k].text);
    evaluate(loss, grid, yes, slope, mm::reduction::none, &value);
    figure.panels[0].series.push_back({classics[k].name, grid, value});
    figure.panels[1].series.push_back({classics[k].name, grid, slope});
    wrong[k] = slope[2];  // z = -3.9

    // The same model for all: z = x. Then gradient descent from 0 on each loss.
    mean[k] = evaluate(loss, x, y, by_z);
    double a = 0, b = 0;
    for (int step = 0; step < 1000; ++step) {
      for (std::size_t i = 0; i < x.size(); ++i) z[i] = a + b * x[i];
      evaluate(loss, z, y, by_z);
      for (std::size_t i = 0; i < x.size(); ++i) a -= 4 * by_z[i], b -= 4 * by_z[i] * x[i];
    }
    learnt[k] = b;
    int right = 0;
    for (std::size_t i = 0; i < x.size(); ++i) right += (a + b * x[i] > 0) == (y[i] == 1);
    std::printf("%-18s  %.4f          %8.4f  %8.2f   %8.2f  %5.1f %%\n", classics[k].name, mean[k], wrong[k], b, a,
                right / 20.0);
    figure.panels[2].series.push_back(curve(classics[k].name, -2, 3, [&](double at) { return logistic(a + b * at); }));
  }

  Page page;
  page.claim(std::abs(mean[0] - mean[1]) < 1e-12, "cross-entropy of two classes is the log loss");
  page.claim(std::abs(mean[2] - 2 * mean[3]) < 1e-12 && std::abs(wrong[2] - 2 * wrong[3]) < 1e-12,
             "the half squared error is half of the squared error, its derivative too");
  page.claim(wrong[0] < -0.9 && wrong[2] > -0.1,
             "a confident mistake moves the log loss, but hardly the squared error of p");
  page.claim(std::abs(learnt[0] - 2) < 0.2 && std::abs(learnt[2] - 2) < 0.3,
             "log loss and squared error find the true slope");
  page.claim(learnt[5] > 2 * learnt[0] && learnt[4] > learnt[2],
             "the absolute error of p does not: it is no proper score");
  return page.end(argc, argv, "six_losses", figure);
}
