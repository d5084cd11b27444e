// Training as a whole: known answers are found, the same bits on any number of threads, mistakes are named.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "learn/model_file.h"
#include "learn/predict.h"
#include "learn_support.h"

namespace minimand::learn {
namespace {

TEST(Fit, RecoversALineInTheUnitsOfTheData) {
  const Data data = line(4000, 0.1);
  for (const char* text :
       {"squared_error", "huber:delta=1", "absolute_error", "quantile:tau=0.5", "log_cosh"}) {
    const Model model = fit(data.features(), data.y, options(text, "linear", "adam:lr=0.02", 60));
    const Coefficients c = coefficients(model);
    EXPECT_NEAR(c.weight[0], 3, 0.03) << text;
    EXPECT_NEAR(c.weight[1], -2, 2) << text;  // moves y by 0.02 in all
    EXPECT_EQ(c.weight[2], 0) << text;
    EXPECT_NEAR(c.bias[0] + c.weight[0] * 100, 305, 0.05) << text;
  }
}

TEST(Fit, StartsAtTheMean) {
  const Data data = line(1000, 0);
  FitOptions chosen = options("squared_error", "linear", "sgd:lr=1e-30", 1);
  chosen.valid = 0;
  const Model model = fit(data.features(), data.y, chosen);
  double mean = 0;
  for (const double y : data.y) mean += y / 1000;
  EXPECT_FLOAT_EQ(model.parameters.back(), static_cast<float>(mean));
  EXPECT_NEAR(model.history[0].train_loss, 36, 5);  // the variance of 3 x0
  EXPECT_TRUE(std::isnan(model.history[0].valid_loss));

  std::vector<double> binary(1000), counts(1000);
  for (std::size_t i = 0; i < 250; ++i) binary[i] = 1;
  for (std::size_t i = 0; i < 1000; ++i) counts[i] = static_cast<double>(i % 5);
  chosen.loss = loss("binary_cross_entropy_with_logits");
  EXPECT_NEAR(fit(data.features(), binary, chosen).parameters.back(), std::log(1.0 / 3), 1e-6);
  chosen.loss = loss("binary_cross_entropy");
  EXPECT_NEAR(fit(data.features(), binary, chosen).parameters.back(), std::log(1.0 / 3), 1e-6);
  chosen.loss = loss("poisson");
  EXPECT_NEAR(fit(data.features(), counts, chosen).parameters.back(), std::log(2.0), 1e-6);
}

TEST(Fit, SeparatesClasses) {
  const Data data = ring(3000, 5);
  const std::vector<std::uint8_t> labels(data.y.begin(), data.y.end());
  for (const char* text : {"softmax_cross_entropy", "softmax_cross_entropy:smoothing=0.05", "nll"}) {
    for (const char* spec : {"linear", "mlp:32x16", "mlp:24:activation=tanh"}) {
      const Model model = fit(data.features(), labels, options(text, spec, "adam:lr=0.02", 20));
      EXPECT_EQ(model.outputs(), 5);
      EXPECT_GT(model.history.back().valid_accuracy, 0.97) << text << " " << spec;
      const Predictions named = predict(model, data.features(), As::label);
      std::int64_t hits = 0;
      for (std::size_t r = 0; r < labels.size(); ++r) hits += named.labels[r] == labels[r];
      EXPECT_GT(hits, 2910) << text << " " << spec;
      const Predictions mean = predict(model, data.features(), As::mean);
      ASSERT_EQ(mean.columns, 5);
      for (std::size_t r = 0; r < 10; ++r) {
        double sum = 0;
        for (std::size_t k = 0; k < 5; ++k) sum += mean.values[5 * r + k];
        EXPECT_NEAR(sum, 1, 1e-5) << text;
      }
    }
  }
}

TEST(Fit, SeparatesTwoClasses) {
  const Data data = ring(2000, 2);
  std::vector<std::int8_t> signs;
  for (const double y : data.y) signs.push_back(y > 0 ? 1 : -1);
  for (const char* text :
       {"binary_cross_entropy_with_logits", "binary_cross_entropy", "focal", "hinge", "squared_hinge"}) {
    const bool margin = std::strstr(text, "hinge");
    const array targets = margin ? array(signs) : array(data.y);
    const Model model = fit(data.features(), targets, options(text, "linear", "adam:lr=0.05", 10));
    EXPECT_GT(model.history.back().valid_accuracy, 0.98) << text;
    const Predictions named = predict(model, data.features(), As::label);
    std::int64_t hits = 0;
    for (std::size_t r = 0; r < signs.size(); ++r)
      hits += named.labels[r] == (margin ? signs[r] : static_cast<std::int64_t>(data.y[r]));
    EXPECT_GT(hits, 1960) << text;
  }
}

TEST(Fit, LearnsDistributionsAndSeveralTargets) {
  const Data data = ring(1000, 3);
  std::vector<double> q;
  for (const double y : data.y)
    for (int k = 0; k < 3; ++k) q.push_back(y == k ? 0.8 : 0.1);
  const matrix<double> targets(q.data(), 1000, 3);
  for (const char* text : {"kl_divergence", "kl_divergence_with_logits",
                           "kl_divergence_with_log_probabilities", "softmax_cross_entropy"}) {
    const Model model = fit(data.features(), targets, options(text, "mlp:16", "adam:lr=0.02", 20));
    EXPECT_GT(model.history.back().valid_accuracy, 0.95) << text;
    const Predictions mean = predict(model, data.features(), As::mean);
    double error = 0;
    for (std::size_t i = 0; i < q.size(); ++i) error += std::abs(mean.values[i] - q[i]) / 3000;
    EXPECT_LT(error, 0.05) << text;
  }
  const Model model = fit(data.features(), targets, options("squared_error", "mlp:16", "adam:lr=0.02", 20));
  EXPECT_EQ(model.outputs(), 3);
  EXPECT_LT(model.history.back().valid_loss, 0.02);
  EXPECT_EQ(predict(model, data.features(), As::prediction).view().rank, 2);
}

TEST(Fit, SameBitsOnAnyNumberOfThreads) {
  const Data data = ring(3001, 5);
  for (const char* spec : {"linear", "mlp:300x200", "mlp:400:activation=tanh", "mlp:300x80:activation=gelu"}) {
    std::string first;
    Predictions told;
    for (const int threads : {1, 2, 7}) {
      FitOptions chosen = options("softmax_cross_entropy", spec, "adam", 2);
      chosen.batch = 200;
      chosen.threads = threads;
      if (std::strstr(spec, "gelu")) chosen.dropout = 0.3, chosen.clip = 0.1, chosen.schedule = "cosine", chosen.balanced = true;
      if (std::strstr(spec, "tanh")) chosen.optimizer = "lbfgs";
      const Model model = fit(data.features(), data.y, chosen);
      const std::string bytes = model_bytes(model);
      const Predictions mean = predict(model, data.features(), As::mean, threads);
      if (threads == 1) first = bytes, told = mean;
      EXPECT_TRUE(bytes == first) << spec << " on " << threads << " threads";
      EXPECT_EQ(mean.values, told.values) << spec << " on " << threads << " threads";
    }
    FitOptions other = options("softmax_cross_entropy", spec, "adam", 2);
    other.batch = 200, other.seed = seed + 1;
    EXPECT_FALSE(model_bytes(fit(data.features(), data.y, other)) == first) << "the seed has no effect";
  }
}

TEST(Fit, SameBitsOnAnyNumberOfThreadsWithImages) {
  std::vector<std::uint8_t> pixels, labels;
  for (int i = 0; i < 300; ++i) {
    for (int k = 0; k < 144; ++k) pixels.push_back(static_cast<std::uint8_t>((i % 3 == 0) == (k < 72) ? 200 - k : (i * k) % 90));
    labels.push_back(i % 3 == 0);
  }
  const std::int64_t shape[] = {300, 12, 12};
  std::string first;
  for (const int threads : {1, 2, 7}) {
    FitOptions chosen = options("softmax_cross_entropy", "cnn:16x8:hidden=20", "adam:lr=0.01", 3);
    chosen.threads = threads, chosen.augment = "shift:1:flip", chosen.dropout = 0.1;
    const Model model = fit(array(pixels.data(), dtype::u8, shape, false), labels, chosen);
    if (first.empty()) first = model_bytes(model);
    EXPECT_TRUE(model_bytes(model) == first) << threads << " threads";
    EXPECT_TRUE(model_bytes(model_from_bytes(first)) == first);
    EXPECT_GT(model.history.back().valid_accuracy, 0.9);
  }
}

// The type and the layout in memory of the features do not matter where their values do not.
TEST(Fit, AnyTypeAndStride) {
  const std::int64_t rows = 500, columns = 4;
  const Random random(seed, Purpose::shuffle, 5);
  std::vector<std::int16_t> whole;
  std::vector<double> wide, turned(static_cast<std::size_t>(rows * columns)), y;
  for (std::int64_t i = 0; i < rows * columns; ++i) {
    whole.push_back(static_cast<std::int16_t>(100 * random.normal(i)));
    wide.push_back(whole.back());
    turned[static_cast<std::size_t>(i % columns * rows + i / columns)] = whole.back();
  }
  for (std::int64_t r = 0; r < rows; ++r) y.push_back(wide[static_cast<std::size_t>(r * columns)]);
  const FitOptions chosen = options("squared_error", "mlp:8", "adam", 2);
  array transposed = matrix<double>(turned.data(), columns, rows);
  std::swap(transposed.shape[0], transposed.shape[1]);
  std::swap(transposed.strides[0], transposed.strides[1]);
  const std::string bytes = model_bytes(fit(matrix<double>(wide.data(), rows, columns), y, chosen));
  EXPECT_TRUE(model_bytes(fit(matrix<std::int16_t>(whole.data(), rows, columns), y, chosen)) == bytes);
  EXPECT_TRUE(model_bytes(fit(transposed, y, chosen)) == bytes);
}

TEST(Fit, ImagesAreDividedBy255) {
  std::vector<std::uint8_t> pixels;
  std::vector<float> y;
  for (int i = 0; i < 200; ++i) {
    for (int k = 0; k < 4; ++k) pixels.push_back(static_cast<std::uint8_t>((37 * i + 91 * k) % 256));
    y.push_back(static_cast<float>(pixels[pixels.size() - 4]) / 255);
  }
  const std::int64_t shape[] = {200, 2, 2};
  const Model model = fit(array(pixels.data(), dtype::u8, shape, false), y,
                          options("squared_error", "linear", "adam:lr=0.05", 100));
  EXPECT_EQ(model.scaling.scale, std::vector<double>(4, 1.0 / 255));
  EXPECT_EQ(model.scaling.shift, std::vector<double>(4, 0.0));
  EXPECT_NEAR(coefficients(model).weight[0] * 255, 1, 0.02);
  // What training looks up is what prediction computes.
  FitOptions chosen = options("squared_error", "mlp:5", "adam", 1);
  chosen.batch = 1000, chosen.valid = 0, chosen.optimizer = "sgd:lr=1e-30";
  const Model still = fit(array(pixels.data(), dtype::u8, shape, false), y, chosen);
  const Predictions p = predict(still, array(pixels.data(), dtype::u8, shape, false), As::prediction);
  EXPECT_EQ(still.loss(p.view(), y).value, still.history[0].train_loss);
}

TEST(Fit, PenaltiesShrinkTheWeightsAndNotTheBias) {
  const Data data = line(1000, 0.1);
  FitOptions chosen = options("half_squared_error", "linear", "adam:lr=0.02", 100);
  chosen.valid = 0;
  const double free = fit(data.features(), data.y, chosen).parameters[0];
  chosen.l2 = 1;  // least squares of a standardised feature: w / (1 + l2)
  const Model ridge = fit(data.features(), data.y, chosen);
  EXPECT_NEAR(ridge.parameters[0], free / 2, 0.1);
  EXPECT_NEAR(ridge.parameters.back(), 305, 1);
  chosen.l2 = 0, chosen.l1 = 1;  // w - l1
  EXPECT_NEAR(fit(data.features(), data.y, chosen).parameters[0], free - 1, 0.1);
}

TEST(Fit, DivergenceIsToldWithWhatToTry) {
  const Data data = line(500, 0.1);
  const std::string message = message_of(
      data.features(), data.y, options("squared_error", "linear", "sgd:lr=100", 20), error_code::RUN001);
  EXPECT_NE(message.find("try a smaller learning rate (sgd:lr=10)"), std::string::npos) << message;
}

TEST(Fit, StopsWhenAsked) {
  const Data data = line(1000, 0.1);
  int batches = 0, epochs = 0;
  std::int64_t rows = 0;
  Watch watch;
  watch.epoch = [&](const EpochReport& report) {
    ++epochs;
    EXPECT_EQ(report.epoch, epochs);
    EXPECT_GT(report.rows_per_second, 0);
  };
  watch.batch = [&](const BatchReport& report) {
    rows = report.rows_done;
    return ++batches < 12;
  };
  const Model model = fit(data.features(), data.y, options("squared_error", "linear", "adam", 5), watch);
  EXPECT_TRUE(model.stopped);
  EXPECT_EQ(batches, 12);
  EXPECT_EQ(epochs, 1);  // 900 rows are 8 batches
  EXPECT_EQ(rows, 512);
}

TEST(Fit, MistakesAreNamed) {
  Data data = line(100, 0.1);
  const FitOptions usual = options("squared_error", "linear", "adam", 1);
  std::vector<double> y = data.y;
  y.pop_back();
  EXPECT_EQ(message_of(data.features(), y, usual, error_code::SHP001),
            "there are 100 rows of features and 99 targets");
  y = data.y, y[41] = NAN;
  EXPECT_NE(message_of(data.features(), y, usual, error_code::DOM002).find("row 42"), std::string::npos);
  // The place is that in the data, not in a batch.
  std::vector<double> counts(100, 1.0);
  counts[77] = -1;
  try {
    fit(data.features(), counts, options("poisson", "linear", "adam", 1));
    ADD_FAILURE() << "accepted";
  } catch (const error& e) {
    EXPECT_EQ(e.code(), error_code::DOM002);
    EXPECT_EQ(e.first(), 77);
  }
  EXPECT_EQ(message_of(data.features(), data.y, options("softmax_cross_entropy", "linear", "adam", 1),
                       error_code::TGT001)
                .empty(),
            false);
  std::vector<std::int32_t> labels(100, 1);
  labels[5] = 1'000'000;
  EXPECT_NE(message_of(data.features(), labels, options("nll", "linear", "adam", 1), error_code::TGT001)
                .find("1000000"),
            std::string::npos);
  data.x[7] = INFINITY;
  EXPECT_NE(message_of(data.features(), data.y, usual, error_code::DOM005).find("feature 2 of row 3"),
            std::string::npos);
  data.x[7] = 0;
  for (int i = 0; i < 6; ++i) {
    FitOptions wrong = usual;
    if (i == 0) wrong.epochs = 0;
    if (i == 1) wrong.batch = 0;
    if (i == 2) wrong.valid = 1;
    if (i == 3) wrong.l2 = -1;
    if (i == 4) wrong.classes = 3;
    if (i == 5) wrong.model = "linera";
    message_of(data.features(), data.y, wrong, error_code::PAR005);
  }
  const Model model = fit(data.features(), data.y, usual);
  EXPECT_THROW(predict(model, matrix<const float>(data.x.data(), 150, 2)), error);
  EXPECT_THROW(predict(model, data.features(), As::label), error);
}

TEST(Fit, TinyData) {
  const std::vector<float> x = {1, 2}, one = {1};
  const std::vector<double> y = {1, 3}, single = {4};
  EXPECT_EQ(fit(x, y, options("squared_error", "mlp:3", "adam", 2)).rows, 2);  // a tenth of 2 rows is none
  const Model model = fit(one, single, options("squared_error", "linear", "adam", 1));
  EXPECT_EQ(predict(model, x, As::mean).values, (std::vector<float>{4, 4}));
  EXPECT_TRUE(predict(model, matrix<const float>(nullptr, 0, 1)).values.empty());
}

}  // namespace
}  // namespace minimand::learn
