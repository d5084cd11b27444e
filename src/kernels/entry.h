// One loss as the run-time layers know it: its name, its facts, its kernels, its readable reference.
#pragma once

#include <cstdint>
#include <string>

#include "facts/facts.h"
#include "kernels/kernel.h"

namespace minimand {

enum class Engine : unsigned char { map, statistics };

// Value at one point, derivatives by the prediction and the other inputs, and second derivatives (kernels::max_bends says
// in which order). What a loss lacks is 0.
template <class T>
struct Point { T v, d[kernels::max_heads], h[kernels::max_bends]; };

struct LossEntry {
  const char* name = nullptr;
  Engine engine = Engine::map;
  facts::Facts facts{};
  int parameter_count = 0;
  int heads = 1;                    // the prediction and the other inputs that are differentiated
  bool constant_curvature = false;  // the second derivative does not depend on the prediction
  int smoothing_parameter = -1;     // row losses: the parameter that smooths the target
  // What the parameters must be for a curvature that bounds the loss, and whether they are; null: any.
  const char* bounds_need = nullptr;
  bool (*bounded_with)(const double* parameters) = nullptr;
  bool uses_partition = false;      // row losses: a log-partition of the logits is computed
  kernels::Kernels kernels[static_cast<int>(kernels::Target::count)]{};
  unsigned curvatures = 0;          // bit c: there are kernels for second derivatives of kind c

  // Whether the second derivative may be of this kind, with any parameters or with these.
  bool offers(kernels::Curvature c) const { return curvatures >> static_cast<int>(c) & 1; }
  bool offers(kernels::Curvature c, const double* parameters) const {
    return offers(c) && (c == kernels::Curvature::exact || bounded_with == nullptr || bounded_with(parameters));
  }

  // The formula in plain arithmetic, for readers, debuggers and exact limits. Pointwise losses only, else null.
  // prediction[heads]: the prediction and the other inputs.
  Point<double> (*reference)(const double* prediction, double target, const double* parameters) = nullptr;
  Point<long double> (*wide_reference)(const long double* prediction, long double target, const double* parameters) = nullptr;
  // A row loss of K classes, plainly: logits[K], target distribution q[K], class weights w[K]; fills gradient[K]
  // and hessian[K] (either may be null), returns the value. Row losses only, else null.
  double (*reference_row)(const double* logits, const double* q, const double* w, std::int64_t classes,
                          const double* parameters, double* gradient, double* hessian) = nullptr;
  // The code of the formula as text, written by the text dialect.
  std::string (*code_text)() = nullptr;
};

}  // namespace minimand
