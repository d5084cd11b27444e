// Softmax cross-entropy with integer labels: rows of logits, one label each, some of them to be ignored.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <vector>

#include <minimand/minimand.hpp>
namespace mm = minimand;

int main() {
  constexpr int rows = 4, classes = 3;
  std::vector<float> logits{2.0f, 0.5f, -1.0f,   //
                            0.1f, 0.2f, 3.0f,    //
                            -1.0f, 1.0f, 0.0f,   //
                            7.0f, 7.0f, 7.0f};
  const std::vector<std::int32_t> labels{0, 2, 1, -100};  // -100: padding
  std::vector<float> gradient(logits.size());

  const mm::Result r = mm::softmax_cross_entropy(
      mm::matrix<float>(logits.data(), rows, classes), labels, {},
      {.ignore = -100, .gradient = mm::matrix<float>(gradient.data(), rows, classes)});
  std::printf("mean loss of %lld rows (%lld ignored)   %.6f\n", static_cast<long long>(r.count),
              static_cast<long long>(r.ignored), r.value);
  std::printf("gradient of the first row             %.4f %.4f %.4f\n", gradient[0], gradient[1], gradient[2]);

  // A label that is no class is an error that says where, how many and what is legal.
  bool refused = false;
  try {
    mm::softmax_cross_entropy(mm::matrix<float>(logits.data(), rows, classes), std::vector<std::int32_t>{0, 2, 1, 3});
  } catch (const mm::error& e) {
    refused = e.code() == mm::error_code::TGT001 && e.first() == 3;
    std::printf("error[%s] %s\n", mm::name(e.code()), e.what());
  }

  // The textbook formula, for comparison.
  double sum = 0;
  for (int i = 0; i < 3; ++i) {
    double exps = 0;
    for (int k = 0; k < classes; ++k) exps += std::exp(static_cast<double>(logits[i * classes + k]));
    sum += std::log(exps) - logits[i * classes + labels[i]];
  }
  double of_row = 0;
  for (int k = 0; k < classes; ++k) of_row += gradient[k];
  const bool right = std::abs(r.value - sum / 3) < 1e-6 && r.count == 3 && r.ignored == 1 && std::abs(of_row) < 1e-6 &&
                     gradient[9] == 0 && refused;
  return right ? 0 : 1;
}
