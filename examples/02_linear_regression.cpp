// Linear regression by hand: y = 3 x + noise, gradient descent on a loss, and the loss of data it has not seen.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <vector>

#include <minimand/minimand.hpp>
namespace mm = minimand;

namespace {

struct Data {
  std::vector<float> x, y;
};

// Numbers that are the same on every machine (Lehmer's generator).
Data draw(int n, std::uint32_t seed) {
  const auto uniform = [&seed] { return static_cast<float>((seed = seed * 48271u % 2147483647u) / 2147483647.0); };
  Data data;
  for (int i = 0; i < n; ++i) {
    const float x = 4 * uniform() - 2, noise = uniform() + uniform() + uniform() - 1.5f;
    data.x.push_back(x);
    data.y.push_back(3 * x + 0.2f * noise);
  }
  return data;
}

std::vector<float> predict(float slope, const std::vector<float>& x) {
  std::vector<float> z;
  for (const float each : x) z.push_back(slope * each);
  return z;
}

}  // namespace

int main() {
  const Data train = draw(800, 7), test = draw(200, 11);
  float slope = 0;
  double first = 0, last = 0;
  std::vector<float> gradient(train.x.size());
  for (int step = 0; step <= 40; ++step) {
    const double loss = mm::squared_error(predict(slope, train.x), train.y, {.gradient = gradient}).value;
    if (step == 0) first = loss;
    last = loss;
    if (step % 10 == 0) {
      const double unseen = mm::squared_error(predict(slope, test.x), test.y).value;
      std::printf("step %2d   slope %.4f   train %.5f   test %.5f\n", step, slope, loss, unseen);
    }
    // The gradient is that of the mean; the chain rule gives the slope's.
    double by_slope = 0;
    for (std::size_t i = 0; i < gradient.size(); ++i) by_slope += static_cast<double>(gradient[i]) * train.x[i];
    slope -= static_cast<float>(0.1 * by_slope);
  }
  const double unseen = mm::squared_error(predict(slope, test.x), test.y).value;
  return std::abs(slope - 3) < 0.02f && last < 0.01 * first && unseen < 0.03 ? 0 : 1;
}
