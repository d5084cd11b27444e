// What a call asks for, what it returns, and a loss chosen at run time. minimand.hpp adds a function per loss.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

// The options common to all losses. Nothing here is copied; all arrays stay the caller's.
struct Call {
  std::optional<std::int64_t> ignore{};  // elements or rows with this target are absent
  array gradient{};      // d value / d prediction, shape of the prediction; may be the prediction itself
  array hessian{};       // second derivative, diagonal, shape of the prediction
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

struct LossEntry;   // facts and kernels of one loss
struct PartialState;

// The state of a sum over a part of the data: merges in any order to the bits of the whole.
class Partial {
 public:
  Partial();
  Partial(const Partial&);
  Partial(Partial&&) noexcept;
  Partial& operator=(Partial) noexcept;
  ~Partial();
  // Joins another part of the same data (its range must not overlap). PRT002 if loss, options or
  // numerics version differ, or ranges overlap.
  void merge(const Partial& other);
  // The reduced result of the parts joined so far. PRT002 if they leave a hole or do not begin at 0.
  Result finish(minimand::reduction = reduction::mean, double mean_over = 0, minimand::empty = empty::nan) const;
  std::int64_t begin() const;  // first element or row
  std::int64_t end() const;    // one past the last
  std::string loss() const;    // the loss in canonical text
  std::string to_bytes() const;
  static Partial from_bytes(std::string_view bytes);  // PRT001 on anything malformed
 private:
  friend class Loss;
  std::unique_ptr<PartialState> state_;
};

// A loss with its parameters. Immutable, cheap to copy, usable from several threads at once.
class Loss {
 public:
  Loss(const LossEntry& entry, const double* parameters);
  // Value, and whatever derivatives `call` has arrays for, in one pass.
  //   prediction: f16, bf16, f32 or f64, any strides
  //   target: pointwise: shape of the prediction (trailing axes of size 1 aside), any type;
  //           row: that shape without the class axis (class indices) or with it (distributions)
  // Allocates nothing that grows with the data. Throws minimand::error; outputs are then unspecified.
  Result operator()(const array& prediction, const array& target, const Call& call = {}) const;
  // The same sums over a part of the data whose first element (row) has index `begin` in the whole.
  // gradient and hessian are refused unless the divisor is known: reduction none, sum or mean_over.
  Partial part(const array& prediction, const array& target, const Call& call = {}, std::int64_t begin = 0) const;
  std::string text() const;  // canonical: only parameters that differ from their defaults
  const LossEntry& entry() const noexcept { return *entry_; }
  const double* parameters() const noexcept { return parameters_.data(); }
 private:
  const LossEntry* entry_;
  std::vector<double> parameters_;
};

// A loss from text: "huber:delta=1.5". PAR001-PAR004 with the nearest name on a mistake.
Loss loss(std::string_view text);

// The kernels in use: "baseline", "avx2", "avx512", "neon". Chosen once per process; the environment
// variable MINIMAND_TARGET forces one (CFG001 if the machine lacks it).
const char* target();
// Changes with any bit of any result.
int numerics_version() noexcept;

}  // namespace minimand
