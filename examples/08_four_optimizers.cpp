// Linear regression under four optimisers: one loss, one start, four ways down.
#include <algorithm>
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

constexpr std::int64_t rows = 400, columns = 5, iterations = 200;
constexpr double finest = 1e-7;  // what is left of the loss in float32
constexpr double truth[columns] = {3, -2, 1, 0.5, -1};

struct Way {
  const char *name, *optimizer;
  int late;  // 1: the history holds the loss before each step, not after it
};
// The first two share their learning rate: what differs is the memory of the steps before.
constexpr Way ways[] = {{"gradient descent", "gd:lr=0.4", 0},
                        {"momentum", "momentum:lr=0.4:beta=0.7", 1},
                        {"Adam", "adam:lr=1", 1},
                        {"L-BFGS", "lbfgs", 0}};

}  // namespace

int main(int argc, char** argv) {
  // y = truth . x + noise. All x share a common part: a valley five times as steep across as along... and longer.
  Random random(8);
  std::vector<double> x(rows * columns), y(rows);
  for (std::int64_t r = 0; r < rows; ++r) {
    const double common = 4 * random.normal();
    y[r] = 0.5 * random.normal();
    for (std::int64_t c = 0; c < columns; ++c) {
      x[r * columns + c] = common + random.normal();
      y[r] += truth[c] * x[r * columns + c];
    }
  }
  const mm::matrix<double> features(x.data(), rows, columns);

  const auto learn = [&](const char* optimizer, std::int64_t epochs) {
    mm::learn::FitOptions options(mm::loss("half_squared_error"));
    options.optimizer = optimizer, options.epochs = epochs;
    options.batch = rows, options.valid = 0;  // each step sees all rows
    return mm::learn::fit(features, y, options);
  };
  // One step of Newton's method ends a quadratic: the least loss there is.
  const double least = learn("newton", 3).history.back().train_loss;

  mm::picture::Figure figure{"Linear regression under four optimisers",
                             "The loss above the least one there is, over the iterations.", {}};
  figure.panels = {{"loss above the least", {.label = "iteration", .whole = true, .low = 0, .high = iterations},
                    {.label = "", .log = true, .low = finest}, {}}};
  std::printf("the least loss is %.6f\n\n", least);
  std::printf("optimiser           loss above the least after     iterations   largest error\n");
  std::printf("                         10         50        200    to 1e-6     of a weight\n");
  std::vector<std::int64_t> reached;
  std::vector<double> errors;
  for (const Way& way : ways) {
    const mm::learn::Model model = learn(way.optimizer, iterations);
    mm::picture::Series above{way.name, {}, {}};
    std::int64_t first = iterations + 1;
    for (const mm::learn::EpochResult& e : model.history) {
      above.x.push_back(static_cast<double>(e.epoch - way.late));
      above.y.push_back(std::max(e.train_loss - least, finest));
      if (above.y.back() < 1e-6) first = std::min(first, e.epoch - way.late);
      if (above.y.back() == finest) break;
    }
    const auto after = [&](std::size_t k) { return above.y[std::min(k, above.y.size()) - 1]; };
    double error = 0;
    const std::vector<double> found = mm::learn::coefficients(model).weight;
    for (std::size_t c = 0; c < columns; ++c) error = std::max(error, std::abs(found[c] - truth[c]));
    std::printf("%-16s  %9.1e  %9.1e  %9.1e     %6s          %.4f\n", way.name, after(10), after(50), after(200),
                first > iterations ? "> 200" : std::to_string(first).c_str(), error);
    reached.push_back(first), errors.push_back(error);
    figure.panels[0].series.push_back(above);
  }
  Page page;
  page.claim(reached[1] < reached[0] && reached[0] > iterations,
             "momentum is there while gradient descent, at the same learning rate, is on its way");
  page.claim(reached[3] < 30, "L-BFGS learns the valley's shape and needs a few times as many steps as it has weights");
  page.claim(std::abs(errors[1] - errors[3]) < 1e-3 && std::abs(errors[2] - errors[3]) < 1e-3 && errors[3] < 0.1,
             "whoever arrives, arrives at the same weights, near the truth");
  return page.end(argc, argv, "four_optimizers", figure);
}
