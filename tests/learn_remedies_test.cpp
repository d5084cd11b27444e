// Where training begins, which losses and optimisers go together, and what is done against overfitting.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <minimand/catalogue.hpp>
#include <vector>

#include "kernels/entry.h"
#include "learn/optimizer.h"
#include "learn_support.h"

namespace minimand::learn {
namespace {

// Where no rows differ, the start is already the best constant: the derivative of the mean loss by it is 0.
TEST(Fit, StartsAtTheBestConstantOfAnyLoss) {
  const Data data = line(999, 0);
  FitOptions chosen = options("squared_error", "linear", "sgd:lr=1e-30", 1);
  chosen.valid = 0;
  std::vector<double> sorted = data.y;
  std::sort(sorted.begin(), sorted.end());
  const auto bias = [&](const char* text, const array& targets) {
    chosen.loss = loss(text);
    return fit(data.features(), targets, chosen).parameters.back();
  };
  EXPECT_FLOAT_EQ(bias("absolute_error", data.y), static_cast<float>(sorted[499]));
  EXPECT_NEAR(bias("quantile:tau=0.9", data.y), sorted[899], 0.1);
  const float huber = bias("huber:delta=0.5", data.y);
  double slope = 0;
  for (const double y : data.y) slope += std::clamp(static_cast<double>(huber) - y, -0.5, 0.5) / 999;
  EXPECT_NEAR(slope, 0, 1e-4);
  // Labels that are all alike have no finite best constant, and still begin somewhere.
  const std::vector<double> ones(999, 1.0), zeros(999, 0.0);
  // A parameter for each column: each has its own constant.
  std::vector<double> twice;
  for (const double y : data.y) twice.insert(twice.end(), {y, y});
  chosen.loss = loss("quantile:tau=0.1/0.9");
  const Model both = fit(data.features(), matrix<const double>(twice.data(), 999, 2), chosen);
  EXPECT_FLOAT_EQ(both.parameters.end()[-2], bias("quantile:tau=0.1", data.y));
  EXPECT_FLOAT_EQ(both.parameters.end()[-1], bias("quantile:tau=0.9", data.y));
  for (const char* text : {"binary_cross_entropy_with_logits", "binary_cross_entropy", "focal", "hinge", "squared_hinge"})
    EXPECT_TRUE(std::isfinite(bias(text, ones))) << text;
  EXPECT_LT(bias("poisson", zeros), -5);
  // Classes: log shares.
  std::vector<std::int32_t> labels(999);
  for (std::size_t i = 0; i < 999; ++i) labels[i] = i % 3 == 0 ? 1 : 0;
  chosen.loss = loss("softmax_cross_entropy");
  const Model model = fit(data.features(), labels, chosen);
  EXPECT_NEAR(model.parameters.end()[-1] - model.parameters.end()[-2], std::log(0.5), 1e-6);
}

TEST(Fit, EveryLossTrainsByEveryOptimiserWithoutNaN) {
  const Data data = ring(300, 2);
  for (const LossEntry* entry : catalogue()) {
    const Loss chosen = loss(entry->name);
    const facts::Domain& domain = entry->facts.target;
    std::vector<double> y;
    for (std::size_t r = 0; r < 300; ++r) {
      const double t = data.y[r];
      if (domain.kind == facts::Kind::distribution) {
        const double p = t > 0 ? 0.8 : 0.3;
        for (const double q : {p, 1 - p}) y.push_back(domain.high == 0 ? std::log(q) : q);
      } else {
        y.push_back(domain.kind == facts::Kind::pair ? (t > 0 ? domain.high : domain.low) : t);
      }
    }
    const bool listed = y.size() == 600;
    const matrix<double> pairs(y.data(), 300, 2);
    for (const OptimizerEntry& optimizer : optimizers()) {
      FitOptions o = options(entry->name, "linear", optimizer.name, 5);
      o.l1 = optimizer.method == Method::batches ? 0 : 0.01;
      if (optimizer.method == Method::newton && entry->facts.activation != facts::Link::identity) continue;
      const Model model = fit(data.features(), listed ? array(pairs) : array(y), o);
      for (const float w : model.parameters) ASSERT_TRUE(std::isfinite(w)) << entry->name << " by " << optimizer.name;
      ASSERT_TRUE(std::isfinite(model.history.back().valid_loss)) << entry->name << " by " << optimizer.name;
      // Methods that watch the loss never make it worse than the best constant they begin with.
      if (optimizer.method != Method::batches) {
        EXPECT_LE(model.history.back().train_loss, model.history.front().train_loss + 1e-9) << entry->name << " by " << optimizer.name;
      }
    }
  }
}

TEST(Fit, PatienceKeepsTheBestWeights) {
  // 30 rows of noise: a wide model learns them by heart and gets worse on others.
  const Data data = line(60, 0);
  std::vector<double> noise;
  for (std::int64_t r = 0; r < 60; ++r) noise.push_back(Random(5, Purpose::shuffle, 9).normal(r));
  FitOptions chosen = options("squared_error", "mlp:200", "adam:lr=0.01", 400);
  chosen.valid = 0.5, chosen.patience = 15;
  const Model model = fit(data.features(), noise, chosen);
  ASSERT_LT(model.history.size(), 400u);
  EXPECT_EQ(static_cast<std::int64_t>(model.history.size()), model.best_epoch + 15);
  double best = HUGE_VAL;
  for (const EpochResult& e : model.history) best = std::min(best, e.valid_loss);
  EXPECT_EQ(model.history[static_cast<std::size_t>(model.best_epoch - 1)].valid_loss, best);
  chosen.epochs = model.best_epoch, chosen.patience = 0;
  EXPECT_EQ(fit(data.features(), noise, chosen).parameters, model.parameters);
}

TEST(Fit, ClippedStepsAreNoLongerThanAsked) {
  const Data data = line(500, 0.1);
  FitOptions chosen = options("squared_error", "mlp:16", "sgd:lr=1", 1);
  chosen.batch = 450, chosen.clip = 0.25;
  const Model model = fit(data.features(), data.y, chosen);
  FitOptions still = chosen;
  still.optimizer = "sgd:lr=1e-30";
  const Model start = fit(data.features(), data.y, still);
  double squares = 0;
  for (std::size_t i = 0; i < model.parameters.size(); ++i)
    squares += std::pow(static_cast<double>(model.parameters[i]) - static_cast<double>(start.parameters[i]), 2);
  EXPECT_NEAR(std::sqrt(squares), 0.25, 1e-5);
}

// Nine of ten rows are of one class and say so by their feature half of the time only.
// 40 features that are much alike, of which three matter: all methods find the same few, and Newton's ends soon.
TEST(Fit, L1FindsTheSameFewWeightsByEveryMethod) {
  const std::int64_t rows = 150, columns = 40;
  const Random random(seed, Purpose::shuffle, 9);
  std::vector<float> x;
  std::vector<double> y, yes;
  for (std::int64_t r = 0; r < rows; ++r) {
    const double common = 2 * random.normal(-1 - r);
    for (std::int64_t c = 0; c < columns; ++c) x.push_back(static_cast<float>(common + random.normal(r * columns + c)));
    const float* row = x.data() + r * columns;
    y.push_back(row[3] - 2 * row[17] + 0.5 * row[30] + 0.1 * random.normal(-1000 - r));
    yes.push_back(y.back() > 0);
  }
  const matrix<const float> features(x.data(), rows, columns);
  for (const auto& [text, targets] : {std::pair("half_squared_error", &y), {"huber:delta=0.5", &y}, {"binary_cross_entropy_with_logits", &yes}}) {
    std::vector<double> first;
    for (const char* optimizer : {"newton", "lbfgs", "gd"}) {
      FitOptions o = options(text, "linear", optimizer, 3000);
      o.l1 = 0.05, o.valid = 0;
      const Model model = fit(features, *targets, o);
      if (first.empty()) first = model.exact;
      EXPECT_LE(model.history.size(), optimizer == std::string("newton") ? 20u : 3000u) << text << " by " << optimizer;
      const auto none = std::count(model.exact.begin(), model.exact.end(), 0.0);
      EXPECT_GE(none, columns / 2) << text << " by " << optimizer;
      for (std::size_t i = 0; i < first.size(); ++i) EXPECT_NEAR(model.exact[i], first[i], 1e-5) << text << " by " << optimizer << ": " << i;
    }
  }
  // So strong that nothing but the constant is left; and hidden layers lose weights too.
  for (const char* optimizer : {"newton", "lbfgs"}) {
    FitOptions o = options("half_squared_error", "linear", optimizer, 100);
    o.l1 = 100;
    const Model model = fit(features, y, o);
    EXPECT_EQ(std::count(model.exact.begin(), model.exact.end(), 0.0), columns);
    EXPECT_EQ(model.history.size(), 1u);
  }
  FitOptions o = options("half_squared_error", "mlp:8:activation=tanh", "lbfgs", 200);
  o.l1 = 0.02, o.valid = 0;
  const Model model = fit(features, y, o);
  EXPECT_LT(model.history.back().train_loss, model.history.front().train_loss / 2);
  EXPECT_GE(std::count(model.exact.begin(), model.exact.end(), 0.0), columns);
}

TEST(Fit, BalancedClassesAndWeightsAreTheSameAsRepeatedRows) {
  std::vector<float> x;
  std::vector<std::int32_t> y;
  std::vector<double> w;
  for (int i = 0; i < 400; ++i) {
    x.push_back(static_cast<float>(std::sin(i * 1.7)) + (i % 10 == 0 ? 1.0f : 0.0f));
    y.push_back(i % 10 == 0);
    w.push_back(i % 10 == 0 ? 9 : 1);
  }
  for (const char* text : {"binary_cross_entropy_with_logits", "softmax_cross_entropy"}) {
    FitOptions chosen = options(text, "linear", "lbfgs", 200);
    chosen.valid = 0, chosen.l2 = 0.01;
    const auto difference = [&] {
      const Coefficients c = coefficients(fit(x, y, chosen));
      return std::pair(c.weight.back() - (c.weight.size() > 1 ? c.weight[0] : 0), c.bias.back() - (c.bias.size() > 1 ? c.bias[0] : 0));
    };
    const auto plain = difference();
    chosen.balanced = true;
    const auto balanced = difference();
    chosen.balanced = false, chosen.weights = array(w);
    const auto weighted = difference();
    EXPECT_NEAR(balanced.first, weighted.first, 1e-6) << text;
    EXPECT_NEAR(balanced.second, weighted.second, 1e-6) << text;
    EXPECT_GT(balanced.second, plain.second + 1) << text;
  }
}

}  // namespace
}  // namespace minimand::learn
