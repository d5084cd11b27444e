// A call of a row loss: its checked arrays, its weights, and the evaluation of one row.
#pragma once

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "run/call_data.h"

namespace minimand::run {

inline constexpr std::int64_t row_group = 256;  // labels and weights are read this many rows at a time

// Buffers of one thread, each [K]; `scratch` has room for the maxima of the tiles behind.
template <class T>
struct RowSlots { T *logits, *target, *gradient, *hessian, *repaired, *scratch; };

template <class T>
struct RowsCall {
  const Spec& spec;
  const Call& call;
  RowLayout layout;
  bool by_index = false;  // the target holds class indices; otherwise distributions
  array target;           // compact, by index
  array weight, values;   // compact, of the rows; not present if not given
  Rows logit_rows, target_rows, gradient_rows, hessian_rows;
  std::vector<T> class_weight;  // [K] or empty
  Blocks blocks;
  bool is_part;
  int order;
  const kernels::RowFormulas<T>& formulas;
  T parameters[facts::max_params];
  T prediction_low, prediction_high, target_low, target_high;
  double scale = 1;
  bool stream;
  bool is_log_target, is_divergence;
  bool keep_logits;       // the gradient overwrites the prediction: a copy of the row is read instead
  // Losses of the rows of incomplete blocks, kept for a part: (first row, summands, weights).
  struct Edge { std::int64_t at; std::vector<double> loss; };
  mutable std::array<Edge, 2> edges;

  RowsCall(const Spec&, const array& prediction, const array& target, const Call&, const PartOf*);
  // Validates labels and weights and adds the weights up.
  Weights weigh();
  // The factor that class weights give a row: w of its label, or the sum of w_c q_c, where q[K] is room for the row.
  double class_factor(std::int64_t row, std::int64_t label, T* q) const;
  // One block of row losses to the sum (complete, or the whole's last) or to the edges of a part, and to `values`.
  void deliver(std::int64_t block, const double* summand, Gathered& out) const;
  void add_edges(Segments& sums) const;
  // Throws the error of the first element outside its domain.
  [[noreturn]] void refuse(bool is_target) const;
  bool ignored(std::int64_t label) const { return call.ignore && label == *call.ignore; }

 private:
  std::vector<double> edge_weights(std::int64_t at, int n) const;
  std::size_t distribution_buffer() const { return by_index || class_weight.empty() ? 0 : class_weight.size(); }
};

// What the kernel needs of a row; false if the row is absent, whose derivatives are then 0 already.
template <class T>
bool prepare_row(const RowsCall<T>& m, std::int64_t row, std::int64_t label, double weight, const RowSlots<T>& slots,
                 kernels::RowCall<T>& c);
// After the kernel: the weighted loss of the row; its derivatives go to the caller's arrays.
template <class T>
double finish_row(const RowsCall<T>& m, std::int64_t row, double weight, const RowSlots<T>& slots,
                  kernels::RowCall<T>& c, Gathered& out);

}  // namespace minimand::run
