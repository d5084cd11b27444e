// A pointwise call cut into blocks of 4096 elements: its checked arrays, and the evaluation of one block.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "run/call_data.h"

namespace minimand::run {

// Buffers of one thread, each [block].
template <class T>
struct MapScratch {
  alignas(64) T z[kernels::max_heads][block_size], y[block_size], w[block_size], listed[block_size];
  alignas(64) T v[block_size], g[kernels::max_heads][block_size], h[kernels::max_bends][block_size];
};

template <class T>
struct MapBlocks {
  const Spec& spec;
  const Call& call;
  int heads;                                       // the prediction and the loss's other inputs
  array prediction[kernels::max_heads], target, weight;  // compact; not present if not given
  array values, gradient[kernels::max_heads], hessian[kernels::max_bends];
  Blocks blocks;
  int order;
  T parameters[facts::max_params];
  kernels::MapCall<T> shared;  // what is the same for every block, the formula among it
  bool stream = false, weighted, is_part;
  bool in_place[kernels::max_heads] = {};  // the gradient overwrites this input
  bool exact;  // the second derivative asked for is the exact one

  MapBlocks(const Spec&, const Call&, const array& prediction, const array& target, const array& weight, const PartOf*);
  // The same data under another formula of values, without outputs.
  MapBlocks values_by(kernels::Formula<T> other) const;

  // Block k: its outputs to the caller's arrays, its sum and flags to `out`.
  void evaluate(std::int64_t k, MapScratch<T>& s, Gathered& out) const;
  // Validates the weights and adds them up, in the same order as the losses.
  Weights weigh(int threads) const;
  // An incomplete block at an end of a part.
  struct Edge {
    std::int64_t at;                   // its first position in the whole
    std::vector<double> loss, weight;  // weight times loss in f64; the weights
  };
  std::vector<Edge> edges() const;
  // Throws the error of the first element outside its domain: of the target, or of an input.
  [[noreturn]] void refuse_target() const;
  [[noreturn]] void refuse_prediction() const;

 private:
  // The number of elements of an array outside a domain, and the first.
  struct Outside { std::int64_t first = -1, count = 0; };
  Outside outside(const array& from, const facts::Domain& domain, bool is_target) const;
  [[noreturn]] void refuse(const Outside&, const array& from, const facts::Domain&, role, const std::string& what) const;
  const T* read(const array& from, std::int64_t at, int n, T* buffer) const;
  // Weights of n elements with ignored ones at 0; null if every element weighs 1.
  const T* weights(std::int64_t at, int n, const T* y, T* buffer) const;
  // What the kernel reads of block k.
  kernels::MapCall<T> inputs(std::int64_t k, MapScratch<T>& s) const;
};

}  // namespace minimand::run
