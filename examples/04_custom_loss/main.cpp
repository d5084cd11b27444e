// A loss of your own: the formula in my_loss.h and one line of CMake, minimand_add_losses(target my_loss.h), give
// value, gradient and second derivative on every instruction set, at the speed of the built-in ones.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <vector>

#include <minimand/minimand.hpp>
namespace mm = minimand;

namespace {

// Nanoseconds an element of value and gradient; the best of many calls.
double speed(const mm::Loss& loss, const std::vector<float>& prediction, const std::vector<float>& target) {
  std::vector<float> gradient(prediction.size());
  double best = 1e9;
  for (int i = 0; i < 200; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    loss(prediction, target, {.gradient = gradient});
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begin;
    best = std::min(best, took.count() / static_cast<double>(prediction.size()));
  }
  return best;
}

}  // namespace

int main() {
  const mm::Loss mine = mm::loss("my_huber:delta=1.5"), built_in = mm::loss("huber:delta=1.5");

  const std::vector<float> prediction{0.5f, 2.0f, -3.0f}, target{0, 0, 0};
  std::vector<float> gradient(3), hessian(3), values(3);
  const mm::Result r = mine(prediction, target,
                            {.gradient = gradient, .hessian = hessian, .values = values, .reduction = mm::reduction::sum});
  std::printf("prediction  value   gradient  second derivative\n");
  for (int i = 0; i < 3; ++i) {
    std::printf("%10.2f  %5.3f  %9.3f  %17.3f\n", prediction[i], values[i], gradient[i], hessian[i]);
  }

  std::vector<float> many, zero(100'000);
  for (std::size_t i = 0; i < zero.size(); ++i) many.push_back(3 * std::sin(static_cast<float>(i)));
  const double one = speed(mine, many, zero), other = speed(built_in, many, zero);
  std::printf("%s: %.3f ns an element, built in %.3f ns, ratio %.2f\n", mm::target(), one, other, one / other);

  std::vector<float> same(3);
  const double expected = built_in(prediction, target, {.gradient = same, .reduction = mm::reduction::sum}).value;
  const bool right = r.value == expected && gradient == same && values[0] == 0.125f && gradient[2] == -1.5f &&
                     hessian[0] == 1 && hessian[1] == 0;
  return right ? 0 : 1;
}
