// Outliers: one line through the same points by squared error, by Huber's loss and by absolute error.
#include <array>
#include <cmath>
#include <cstdio>
#include <vector>

#include <minimand/minimand.hpp>

#include "page.h"
namespace mm = minimand;

namespace {

struct Line {
  double at_zero, slope;
  double operator()(double x) const { return at_zero + slope * x; }
};

// Newton's method for a + b x, from the derivatives g and h that the library returns for each point in one pass:
//   [sum h    sum h x ] [step of a]     [sum g  ]
//   [sum h x  sum h x²] [step of b] = - [sum g x]
// Where a loss is not curved, h is that of a parabola above the loss that touches it here: no step can go up. This
// is iteratively reweighted least squares.
Line fit(const mm::Loss& loss, mm::curvature curvature, const std::vector<double>& x, const std::vector<double>& y) {
  std::vector<double> prediction(x.size()), g(x.size()), h(x.size());
  Line line{0, 0};
  for (int step = 0; step < 200; ++step) {
    for (std::size_t i = 0; i < x.size(); ++i) prediction[i] = line(x[i]);
    loss(prediction, y, {.gradient = g, .hessian = h, .curvature = curvature});
    double g0 = 0, g1 = 0, h00 = 0, h01 = 0, h11 = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      g0 += g[i], g1 += g[i] * x[i];
      h00 += h[i], h01 += h[i] * x[i], h11 += h[i] * x[i] * x[i];
    }
    const double determinant = h00 * h11 - h01 * h01;
    line.at_zero -= (h11 * g0 - h01 * g1) / determinant;
    line.slope -= (h00 * g1 - h01 * g0) / determinant;
  }
  return line;
}

struct Points {
  std::vector<double> x, y;
};

// y = 1 + 2 x + noise; for the given share of the points, those at the right, the instrument had reached its end.
Points measure(std::size_t n, double share, std::uint64_t seed) {
  Random random(seed);
  Points out;
  for (std::size_t i = 0; i < n; ++i) {
    const double x = 10 * (static_cast<double>(i) + 0.5) / static_cast<double>(n);
    const bool broken = x > 6 && random.uniform() < share;
    out.x.push_back(x);
    out.y.push_back(broken ? 2 + random.uniform() : 1 + 2 * x + 0.7 * random.normal());
  }
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  const Points clean = measure(80, 0, 9), spoilt = measure(80, 0.3, 9);
  mm::picture::Figure figure{
      "Outliers", "Eighty points on a line, some far below it, and the lines that three losses put through them.", {}};
  figure.panels = {{"y", {.label = "x"}, {}, {points(spoilt.x, spoilt.y, "measured")}}};
  std::printf("the truth is y = 1.00 + 2.00 x\n\n");
  std::printf("loss                 without outliers         with outliers       moved at x = 10\n");
  struct Choice {
    const char* loss;
    mm::curvature curvature;
  };
  constexpr Choice choices[] = {{"squared_error", mm::curvature::exact},
                                {"huber:delta=1", mm::curvature::majorizer},
                                {"absolute_error", mm::curvature::majorizer}};
  std::array<double, 3> off{}, off_clean{};
  for (std::size_t k = 0; k < 3; ++k) {
    const auto [name, curvature] = choices[k];
    const mm::Loss loss = mm::loss(name);
    const Line before = fit(loss, curvature, clean.x, clean.y), after = fit(loss, curvature, spoilt.x, spoilt.y);
    std::printf("%-16s   %6.3f + %.3f x       %6.3f + %.3f x      %6.2f\n", name, before.at_zero, before.slope,
                after.at_zero, after.slope, after(10) - before(10));
    off[k] = std::abs(after.slope - 2), off_clean[k] = std::abs(before.slope - 2);
    figure.panels[0].series.push_back(curve(name, 0, 10, after));
  }
  figure.panels[0].series.push_back(curve("truth", 0, 10, Line{1, 2}));

  Page page;
  page.claim(off_clean[0] < 0.1 && off_clean[1] < 0.1 && off_clean[2] < 0.1,
             "without outliers all three find the slope");
  page.claim(off[1] < 0.5 * off[0], "with outliers Huber's slope is nearer the truth than squared error's");
  page.claim(off[2] < 0.5 * off[0], "and so is absolute error's");
  return page.end(argc, argv, "outliers", figure);
}
