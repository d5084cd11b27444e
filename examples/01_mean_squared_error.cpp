// The mean squared error and the cross-entropy of arrays: one call, one number, and what the number consists of.
#include <cmath>
#include <cstdio>
#include <vector>

#include <minimand/minimand.hpp>
namespace mm = minimand;

int main() {
  // What a model said and what was true.
  const std::vector<float> prediction{2.5f, 0.0f, 2.0f, 8.0f}, target{3.0f, -0.5f, 2.0f, 7.0f};
  const double mse = mm::squared_error(prediction, target).value;
  std::printf("mean squared error   %.4f\n", mse);

  // Probabilities of yes, and whether it was yes.
  const std::vector<float> probability{0.9f, 0.2f, 0.6f}, label{1, 0, 1};
  const mm::Result r = mm::binary_cross_entropy(probability, label);
  std::printf("cross-entropy        %.4f = %.4f / %lld\n", r.value, r.sum, static_cast<long long>(r.count));

  // The gradient comes from the same pass, into memory of yours.
  std::vector<float> gradient(prediction.size());
  mm::squared_error(prediction, target, {.gradient = gradient});
  std::printf("gradient             %.3f %.3f %.3f %.3f\n", gradient[0], gradient[1], gradient[2], gradient[3]);

  const double entropy = -(std::log(0.9f) + std::log(1 - 0.2f) + std::log(0.6f)) / 3.0;
  const bool right = mse == 0.375 && std::abs(r.value - entropy) < 1e-6 && r.count == 3 && gradient[3] == 0.5f;
  return right ? 0 : 1;
}
