// A loss chosen at run time, and the state of a sum over part of the data. minimand.hpp adds a function per loss.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <minimand/call.hpp>

namespace minimand {

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
  // parameters[k] in the order of the loss's facts; PAR003 if one is outside its range.
  Loss(const LossEntry& entry, std::vector<double> parameters);
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
  friend Loss loss(std::string_view);
  const LossEntry* entry_;
  std::vector<double> parameters_;
  std::vector<double> list_;  // one entry per column for the parameter that was given as a list
  int list_index_ = -1;
};

// A loss from text: "huber:delta=1.5". PAR001-PAR004 with the nearest name on a mistake.
Loss loss(std::string_view text);
// Several, by commas: "squared_error,quantile:tau=0.9".
std::vector<Loss> losses(std::string_view text);

// The kernels in use: "baseline", "avx2", "avx512", "neon". Chosen once per process; the environment
// variable MINIMAND_TARGET forces one (CFG001 if the machine lacks it).
const char* target();
// Changes with any bit of any result.
int numerics_version() noexcept;

}  // namespace minimand
