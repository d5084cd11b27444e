// What the two engines' drivers share: the checked arrays of a call, its weights and its divisor.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <mutex>
#include <vector>

#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

#include "kernels/loops.h"
#include "run/convert.h"
#include "run/evaluate.h"
#include "run/pool.h"
#include "run/target.h"

namespace minimand::run {

inline constexpr std::int64_t serial_below = 16384;  // elements; less is not worth waking a thread for

// The kernels of the instruction set that runs.
inline const kernels::Kernels& active_kernels(const LossEntry& entry) {
  return entry.kernels[static_cast<int>(active_target())];
}

inline const kernels::Loops& active_loops() { return kernels::loops(active_target()); }

// What each worker gathers; joined in the order of the data.
struct Gathered {
  TreeSum sum;
  std::uint32_t flags = 0;
  bool bad_prediction = false, bad_target = false;
};

// Runs work(first, last, worker) over blocks and joins what the workers gathered, in order.
template <class F>
Gathered over_blocks(int threads, std::int64_t blocks, F&& work) {
  Gathered all;
  if (workers(threads, blocks) == 1) {
    parallel(1, blocks, [&](std::int64_t first, std::int64_t last, int) { work(first, last, all); });
    return all;
  }
  std::vector<Gathered> each(static_cast<std::size_t>(workers(threads, blocks)));
  parallel(threads, blocks, [&](std::int64_t first, std::int64_t last, int worker) {
    work(first, last, each[static_cast<std::size_t>(worker)]);
  });
  for (const Gathered& g : each) {
    all.sum.append(g.sum);
    all.flags |= g.flags;
    all.bad_prediction |= g.bad_prediction;
    all.bad_target |= g.bad_target;
  }
  return all;
}

// Positions [begin, begin + size) of the whole, cut at multiples of 4096.
struct Blocks {
  std::int64_t begin, size;
  std::int64_t first() const { return begin / block_size; }
  std::int64_t count() const { return size == 0 ? 0 : (begin + size - 1) / block_size - first() + 1; }
  // Block k of the part: its first element counted from the part's own start, and how many there are.
  std::int64_t offset(std::int64_t k) const { return k == 0 ? 0 : (first() + k) * block_size - begin; }
  int length(std::int64_t k) const {
    const std::int64_t end = (first() + k + 1) * block_size - begin;
    return static_cast<int>((end < size ? end : size) - offset(k));
  }
  bool complete(std::int64_t k) const { return length(k) == block_size; }
};

// Weights of the elements (pointwise) or rows, and what they add up to.
struct Weights {
  bool present = false;    // some element may be absent or weigh other than 1
  TreeSum sum;             // of complete blocks, and of a ragged last one when the call is the whole
  std::int64_t count = 0;  // how many take part
};

// 1 / divisor of the reduction; 0 where the mean is empty (every derivative is 0 then).
double scale_of(const Call& call, double weight_sum, std::int64_t count);

// The closed interval (or the pair) a domain means in type T.
template <class T>
void closed(const facts::Domain& domain, T& low, T& high) {
  const T infinity = std::numeric_limits<T>::infinity();
  low = static_cast<T>(domain.low), high = static_cast<T>(domain.high);
  if (domain.low_open) low = std::nextafter(low, infinity);
  if (domain.high_open) high = std::nextafter(high, -infinity);
}
template <class T>
kernels::Bounds<T> bounds_of(const facts::Domain& domain) {
  kernels::Bounds<T> b;
  closed(domain, b.low, b.high);
  b.pair = domain.kind == facts::Kind::pair;
  b.checked = b.pair || domain.low != -facts::infinity || domain.high != facts::infinity;
  return b;
}
[[noreturn]] void refuse_parameter(const Spec& spec, int index);
// The parameters in the type of the computation, rounded once. PAR003 if one that is legal becomes 0 or infinite.
template <class T>
void round_parameters(const Spec& spec, T* out) {
  for (int k = 0; k < facts::max_params; ++k) {
    const double given = spec.parameters[k];
    out[k] = static_cast<T>(given);
    const bool lost = std::isfinite(given) && (std::isinf(out[k]) || (given != 0 && out[k] == 0));
    if (lost) refuse_parameter(spec, k);
  }
}
// The target's domain, which a word among the parameters may change (hinge:labels=01).
inline const facts::Domain& target_domain(const Spec& spec) {
  return facts::target_domain(spec.entry.facts, spec.parameters);
}

// The derivatives the outputs of a call ask for: 0, 1 or 2.
int order_of(const Call& call);
// PAR005 unless every option of the call can be met by this loss.
void check_options(const Spec& spec, const Call& call, bool partial);
// The inputs besides the prediction: there, and of its shape.
void check_inputs(const LossEntry& entry, const array& prediction, const Call& call);
// Outputs have the shape wanted, are writable and do not overlap what they must not.
void check_outputs(const LossEntry& entry, const array& prediction, const array& target, const Call& call, const array& values_shape);
// DOM003 if a weight is negative, NaN or infinite.
void check_weight(double w, std::int64_t first, role argument);

// Whether outputs of this size should bypass the caches.
bool worth_streaming(std::int64_t bytes);
// What was stored past the caches is visible to whoever sees what this thread stores next.
inline void complete_stores() {
#if defined(__SSE2__)
  _mm_sfence();
#endif
}

template <class T>
constexpr T canonical_nan() { return std::numeric_limits<T>::quiet_NaN(); }

Result evaluate_map(const Spec&, const array& prediction, const array& target, const Call&, const PartOf*);
Result evaluate_rows(const Spec&, const array& prediction, const array& target, const Call&, const PartOf*);

}  // namespace minimand::run
