// Uses the installed library through its public headers; exits with 0 if the numbers are right.
#include <minimand/evaluate.hpp>

#include <cstdio>
#include <vector>

int main() {
  const std::vector<float> prediction{1, 2, 5}, target{1, 4, 4};
  std::vector<float> gradient(3);
  minimand::Call call;
  call.gradient = gradient;
  call.reduction = minimand::reduction::sum;
  const double value = minimand::loss("squared_error")(prediction, target, call).value;
  if (value != 5 || gradient != std::vector<float>{0, -4, 2}) {
    std::printf("squared_error: %g, gradient %g %g %g\n", value, gradient[0], gradient[1], gradient[2]);
    return 1;
  }
#ifdef WITH_OWN_LOSS
  const double own = minimand::loss("consumer_twice_absolute")(prediction, target, call).value;
  if (own != 6 || gradient[1] != -2) {
    std::printf("consumer_twice_absolute: %g, gradient %g %g %g\n", own, gradient[0], gradient[1], gradient[2]);
    return 1;
  }
#endif
  std::printf("minimand works here, on %s\n", minimand::target());
  return 0;
}
