// What a call asks for and what it returns: the options and the result common to all losses.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include <minimand/array.hpp>
#include <minimand/error.hpp>

namespace minimand {

// How the losses of the elements (or rows) become one number; each names its divisor.
enum class reduction : std::uint8_t {
  none,           // no reduction: outputs are weight * loss
  sum,            // sum of weight * loss
  mean,           // sum / count of the elements that take part
  weighted_mean,  // sum / sum of the weights
  mean_over       // sum / Call::mean_over
};
// What a mean over nothing is.
enum class empty : std::uint8_t { nan, zero, error };
// Which second derivative `hessian` receives.
enum class curvature : std::uint8_t { exact, fisher, majorizer, gauss_newton, diagonal_bound };

// Raised when something happened that a number alone does not show.
enum flag : std::uint32_t {
  nan_in = 1,          // a NaN came in, and out
  infinite = 2,        // an infinite result that is exact
  overflowed = 4,      // a finite result too large for the type
  domain = 8,          // no limit exists (inf - inf)
  empty_support = 16,  // a row whose logits are all -inf
  unnormalised = 32    // a target distribution that does not sum to 1
};
// "nan_in", "infinite", ... for one bit.
const char* flag_name(std::uint32_t bit) noexcept;

// An input that is differentiated like the prediction, for the losses that have such (gaussian_nll: variance).
struct Input {
  array value{};     // shape of the prediction
  array gradient{};  // d value / d input; may be `value` itself
  array hessian{};   // second derivative by this input
};
inline constexpr int max_inputs = 2;

// The options common to all losses. Nothing here is copied; all arrays stay the caller's.
struct Call {
  std::optional<std::int64_t> ignore{};  // elements or rows with this target are absent
  array gradient{};      // d value / d prediction, shape of the prediction; may be the prediction itself
  array hessian{};       // second derivative, diagonal, shape of the prediction
  std::array<Input, max_inputs> inputs{};  // in the order of the loss's facts
  std::array<array, 3> mixed{};      // d2 value / d prediction d input 0, / d prediction d input 1, / d input 0 d input 1
  array values{};        // weight * loss per element (pointwise) or per row, whatever the reduction
  array weight{};        // >= 0, shape of the prediction or of its leading axes; 0 = absent
  array class_weight{};  // >= 0, (classes): factor of each class, row losses only
  int class_axis = -1;   // row losses only
  minimand::reduction reduction = reduction::mean;
  double mean_over = 0;  // divisor of reduction::mean_over, > 0
  minimand::empty empty = empty::nan;
  minimand::curvature curvature = curvature::exact;
  double curvature_scale = 0;  // c0 > 0 of kinked losses' majorizer, in units of the residual
  double floor = 0;            // lower bound of the second derivative, before weight and divisor
  bool strict = false;         // any flag is an error
  int threads = 1;             // 0 = all cores the process may use
};

struct Result {
  double value = 0;       // reduced by Call::reduction (sum for none)
  double sum = 0;         // sum of weight * loss
  double weight_sum = 0;  // sum of the weights (and class weights) that took part
  std::int64_t count = 0;    // elements (pointwise) or rows that took part
  std::int64_t ignored = 0;  // elements or rows that were ignored or had weight 0
  std::uint32_t flags = 0;   // see enum flag
};

}  // namespace minimand
