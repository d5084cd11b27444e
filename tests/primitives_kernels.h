// The primitives as functions over arrays, one set per target, for tests and tools that compare targets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace minimand::primitives {

// Arrays of n elements, n a multiple of 64. A function of fewer inputs or outputs leaves the rest alone;
// outputs are the value and, for a rule, its first and second derivative, in their stored form (canonical).
template <class T>
struct Function {
  const char* name;
  int inputs, outputs;
  void (*run)(const T* const in[3], T* const out[3], size_t n);
};

struct Target {
  const char* name;
  std::span<const Function<float>> single_functions;
  std::span<const Function<double>> double_functions;

  template <class T>
  std::span<const Function<T>> functions() const {
    if constexpr (sizeof(T) == 4) {
      return single_functions;
    } else {
      return double_functions;
    }
  }
};

// Those of this build that this machine can run; the baseline, SCALAR, is first where it is built.
std::vector<Target> targets();

}  // namespace minimand::primitives
