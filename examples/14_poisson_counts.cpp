// Counts: Poisson regression with a log link, by Newton's method on the library's own derivatives, with error bars.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <vector>

#include <minimand/minimand.hpp>

#include "page.h"
namespace mm = minimand;

namespace {

// A number of events where `mean` are expected: those that fit into one unit of time (Knuth, TAOCP 3.4.1).
double poisson(double mean, Random& random) {
  int events = -1;
  for (double time = 0; time < mean; ++events) time -= std::log(random.uniform());
  return std::max(events, 0);
}

struct Line {
  double at_zero, slope = 0;
  double error_at_zero = 0, error_slope = 0;  // one standard error
  double operator()(double x) const { return at_zero + slope * x; }
};

// z = a + b x by Newton's method. The sums of the loss and of its derivatives by z come from one pass; the loss is
// a negative log-likelihood, so the inverse of its second derivatives is the covariance of a and b (Fisher 1922).
Line fit(const mm::Loss& loss, double start, const std::vector<double>& x, const std::vector<double>& y) {
  std::vector<double> z(x.size()), g(x.size()), h(x.size());
  Line line{start};
  for (int step = 0; step <= 6; ++step) {
    for (std::size_t i = 0; i < x.size(); ++i) z[i] = line(x[i]);
    const double sum = loss(z, y, {.gradient = g, .hessian = h, .reduction = mm::reduction::sum}).value;
    double g0 = 0, g1 = 0, h00 = 0, h01 = 0, h11 = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      g0 += g[i], g1 += g[i] * x[i];
      h00 += h[i], h01 += h[i] * x[i], h11 += h[i] * x[i] * x[i];
    }
    const double determinant = h00 * h11 - h01 * h01;
    const double shown = std::abs(g1) < 1e-7 ? 0 : g1;  // the rest is rounding
    if (step % 2 == 0) std::printf("  step %d   loss %11.4f   derivative by b %13.6f\n", step, sum, shown);
    line.at_zero -= (h11 * g0 - h01 * g1) / determinant;
    line.slope -= (h00 * g1 - h01 * g0) / determinant;
    line.error_at_zero = std::sqrt(h11 / determinant), line.error_slope = std::sqrt(h00 / determinant);
  }
  return line;
}

}  // namespace

int main(int argc, char** argv) {
  // Calls an hour at x degrees above freezing: exp(0.5 + 0.12 x) are expected.
  Random random(15);
  std::vector<double> x, y;
  double observed = 0;
  for (int i = 0; i < 300; ++i) {
    x.push_back(-10 + 30 * random.uniform());
    y.push_back(poisson(std::exp(0.5 + 0.12 * x.back()), random));
    observed += y.back();
  }

  std::printf("poisson, log link: the loss of z is exp(z) - y z\n");
  const Line log_mean = fit(mm::loss("poisson"), std::log(observed / 300), x, y);
  std::printf("half_squared_error, no link\n");
  const Line straight = fit(mm::loss("half_squared_error"), 0, x, y);

  std::printf("\n                    learnt    standard error    truth\n");
  std::printf("log mean at 0      %7.4f            %.4f     0.50\n", log_mean.at_zero, log_mean.error_at_zero);
  std::printf("slope              %7.4f            %.4f     0.12\n", log_mean.slope, log_mean.error_slope);
  std::printf("a degree more      times %.3f                  times %.3f\n", std::exp(log_mean.slope), std::exp(0.12));

  // Both models judged by the same loss, Poisson's; where a mean must be more than 0, so must the line's.
  std::printf("\n                   expected at -8     at 18   expected in all (%.0f counted)\n", observed);
  double expected = 0, expected_straight = 0;
  for (const double each : x) expected += std::exp(log_mean(each)), expected_straight += straight(each);
  std::printf("log link                    %6.2f    %6.2f   %8.2f\n", std::exp(log_mean(-8)), std::exp(log_mean(18)),
              expected);
  std::printf("straight line               %6.2f    %6.2f   %8.2f\n", straight(-8), straight(18), expected_straight);
  std::printf("truth                       %6.2f    %6.2f\n", std::exp(0.5 - 8 * 0.12), std::exp(0.5 + 18 * 0.12));

  mm::picture::Figure figure{"Counts with a log link",
                             "Counts that grow by a factor with each degree, their mean by Poisson regression, and a "
                             "straight line.", {}};
  figure.panels = {{"calls an hour", {.label = "degrees"}, {}, {points(x, y, "counted")}}};
  auto& curves = figure.panels[0].series;
  curves.push_back(curve("poisson, log link", -10, 20, [&](double at) { return std::exp(log_mean(at)); }));
  curves.push_back(curve("squared error, straight line", -10, 20, straight));
  curves.push_back(curve("truth", -10, 20, [](double at) { return std::exp(0.5 + 0.12 * at); }));

  Page page;
  page.claim(std::abs(log_mean.slope - 0.12) < 3 * log_mean.error_slope &&
                 std::abs(log_mean.at_zero - 0.5) < 3 * log_mean.error_at_zero,
             "the truth lies within three standard errors");
  page.claim(std::abs(expected - observed) < 1e-6 * observed, "as many are expected in all as were counted");
  page.claim(straight(-8) < 0, "the straight line expects fewer than no calls in the cold");
  return page.end(argc, argv, "poisson_counts", figure);
}
