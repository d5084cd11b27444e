// Training on more threads than there are processors: the same bits as on one, and no two threads in each other's way (the
// test that ThreadSanitizer runs of the training code).
#include <gtest/gtest.h>

#include <cstring>

#include "learn/model_file.h"
#include "learn/predict.h"
#include "learn_support.h"

namespace minimand::learn {
namespace {

// Enough multiplications a batch that threads are worth their waking.
Data wide(std::int64_t rows, std::int64_t columns) {
  const Random random(seed, Purpose::shuffle, 3);
  Data data;
  data.rows = rows, data.columns = columns;
  for (std::int64_t i = 0; i < rows * columns; ++i) data.x.push_back(static_cast<float>(random.normal(i)));
  for (std::int64_t r = 0; r < rows; ++r) {
    const float* x = data.x.data() + r * columns;
    data.y.push_back(x[0] > 1 ? 2 : x[0] + x[1] > 0);
  }
  return data;
}

TEST(Threads, TrainAndPredictToTheBitsOfOne) {
  const Data data = wide(1500, 400);
  const struct {
    const char *model, *optimizer;
    std::int64_t epochs;
  } cases[] = {{"linear", "adam", 2}, {"mlp:64x32", "adam", 2}, {"linear", "lbfgs", 4}};
  for (const auto& c : cases) {
    FitOptions o = options("softmax_cross_entropy", c.model, c.optimizer, c.epochs);
    const bool batches = o.optimizer == "adam";
    o.batch = 1000, o.l1 = 1e-4, o.classes = 3;
    if (batches) o.clip = 1;
    if (o.model != "linear") o.dropout = 0.2;
    o.threads = 1;
    const Model one = fit(data.features(), data.y, o);
    o.threads = 7;
    const Model seven = fit(data.features(), data.y, o);
    EXPECT_TRUE(model_bytes(seven) == model_bytes(one)) << c.model << " by " << c.optimizer;
    const Predictions a = predict(one, data.features(), As::mean, 1), b = predict(seven, data.features(), As::mean, 7);
    EXPECT_EQ(std::memcmp(a.values.data(), b.values.data(), a.values.size() * sizeof(float)), 0) << c.model;
  }
}

}  // namespace
}  // namespace minimand::learn
