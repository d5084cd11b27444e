// What run/ hands to a kernel and gets back: plain structs and function pointers, the same for every loss of a
// family, every instruction set and element type. A kernel never allocates and never sees threads or files.
#pragma once

#include <cstdint>

#include "facts/facts.h"

namespace minimand::kernels {

// Instruction sets, in rising order.
enum class Target : int { baseline, avx2, avx512, neon, count };

inline constexpr int block = 4096;  // elements per block; the sum's tree stands on it (numerics_version)
inline constexpr int lanes = 32;    // f64 accumulators per block
inline constexpr int tile = 2048;   // classes per tile of a row
inline constexpr int rows_at_once = 8;  // their formulas are computed side by side

inline constexpr int chunk = 512;    // elements that are weighted at a time: they stay in the first-level cache
inline constexpr int max_heads = 1 + facts::max_inputs;  // inputs of a pointwise loss that are differentiated
// Second derivatives by them: h_00 h_11 h_22, then the mixed h_01 h_02 h_12.
constexpr int bends_of(int heads) { return heads * (heads + 1) / 2; }
inline constexpr int max_bends = bends_of(max_heads);

// The numbers that an input may take.
template <class T>
struct Bounds {
  T low, high;           // closed
  bool checked = false;  // false: every number is legal
  bool pair = false;     // low and high alone
};

// An output on its way from the buffer it was computed into on to memory, past the caches: whole lines, wherever the
// first begins.
template <class T>
struct Stream {
  const T* from = nullptr;
  T* to = nullptr;
  int head = 0, done = 0;  // elements before the first whole line; elements sent
};

// A formula over n elements: all that is compiled for each loss. What weights and floors do is the loop's.
template <class T>
struct Chunk {
  const T* prediction[max_heads];  // each [n]
  const T* target;                 // [n]
  const T* listed;                 // [n]: the listed parameter of each element, or null
  const T* parameters;             // [max_params]
  T curvature_scale;               // c0 of a kinked loss's majorizer
  T scale;                         // multiplies all derivatives
  int n;                           // a multiple of `lanes`
  T* value;                        // [n], or [lanes] if the values are only added up
  bool keeps_values;
  T* gradient[max_heads];          // each [n], of the heads the loss has; written by formulas of order >= 1
  T* hessian[max_bends];           // each [n], those the loss has; written by formulas of order 2
  Stream<T>* streams;              // outputs that go on as they are computed, or null
  int streamed;
  double* sums;                    // [lanes]: values are added to them; element i belongs to lane i % lanes
  Bounds<T> prediction_bounds[max_heads], target_bounds;
};
// What a formula says of its elements.
enum Finding : unsigned { spoilt = 1, bad_prediction = 2, bad_target = 4 };  // a derivative is NaN or infinite; outside a domain
template <class T> using Formula = unsigned (*)(const Chunk<T>&);

// One block of at most 4096 elements of a pointwise loss; element 0 has a global index divisible by 4096.
template <class T>
struct MapCall {
  Formula<T> formula = nullptr;
  int heads = 1, order = 0;        // of the formula
  const T* prediction[max_heads];  // each [n]
  const T* target;                 // [n]
  const T* weight = nullptr;       // [n], or null; an element of weight 0 is absent
  const T* parameters;             // [max_params], rounded to T once
  const T* listed = nullptr;       // [n]: the listed parameter of each element, or null
  int listed_index = -1;           // which parameter that is
  int n;
  T* values = nullptr;             // [n] weight * loss, or null
  T* gradient[max_heads] = {};     // each [n], where the order is >= 1
  T* hessian[max_bends] = {};      // each [n], where the order is 2
  T scale = 1;                     // 1 / divisor, multiplies gradient and hessian
  T floor = 0;                     // lower bound of the second derivatives by one input
  T curvature_scale = 1;           // c0 of a kinked loss's majorizer
  bool has_floor = false;
  // Where an output goes on to, past the caches, line by line; null: it is where it belongs.
  T *stream_values = nullptr, *stream_gradient[max_heads] = {}, *stream_hessian[max_bends] = {};  // each [n]
  Bounds<T> prediction_bounds[max_heads], target_bounds;
  // out
  double sum = 0;                  // of weight * loss, by the fixed order
  bool bad_prediction = false, bad_target = false;  // something lies outside its domain
  bool not_finite = false;         // some output is NaN or infinite
};

enum class Curvature : int { exact, fisher, majorizer, gauss_newton, diagonal_bound };
inline constexpr int curvatures = 5;

inline constexpr int max_statistics = 3;  // that a row loss is a formula of

// The statistics of up to rows_at_once rows, one column a row, and the formula of them with its derivatives.
struct RowStatistics {
  alignas(64) double s[max_statistics][rows_at_once];
  alignas(64) double v[rows_at_once];
  alignas(64) double d[max_statistics][rows_at_once];                  // by s_i
  alignas(64) double h[max_statistics][max_statistics][rows_at_once];  // by s_i and s_k
};

// All that is compiled for each row loss; the passes over rows are the loop's. What is given n classes takes any number.
template <class T>
struct RowFormulas {
  // Fills v, and d and h where they are wanted.
  void (*formula)(RowStatistics& x, const T* parameters, bool derivatives) = nullptr;
  // logit(z) of n classes, and its derivatives by z unless `slope` is null; null: the logit is z itself.
  void (*logit)(const T* z, int n, const T* parameters, T* u, T* slope, T* bend) = nullptr;
  bool (*transforms_with)(const T* parameters) = nullptr;  // whether the logit is any other than z
  // element(z, q) of n classes, or, if v is null, its derivatives by z.
  void (*element)(const T* z, const T* q, int n, const T* parameters, T* v, T* slope, T* bend) = nullptr;
  bool only_at_target = false;  // element(z, 0) is 0
  // Bounds of the second derivative: of any class of a row whose weight is W; of n classes of probability p, others 1 - p.
  T (*majorizer)(T weight, const T* parameters) = nullptr;
  void (*diagonal_bound)(T weight, const T* p, const T* others, int n, const T* parameters, T* h) = nullptr;
  int statistics = 0;                          // how many
  int cross_entropy = -1, log_partition = -1, sum = -1;  // their places, or -1
  int smoothing = -1, temperature = -1;        // which parameters these are, or -1

  bool offers(Curvature c) const {
    return formula && (c == Curvature::exact || (c == Curvature::majorizer && majorizer) ||
                       (c == Curvature::diagonal_bound && diagonal_bound));
  }
};

// One row of a row loss: K classes, contiguous. The rows of a call share K, parameters, weights of classes and domains.
template <class T>
struct RowCall {
  const RowFormulas<T>* formulas;
  int order = 0;
  const T* logits;                  // [K] the prediction
  std::int64_t classes;             // K
  std::int64_t label = -1;          // class index, or
  const T* distribution = nullptr;  // [K] target distribution
  const T* class_weight = nullptr;  // [K], or null
  const T* parameters;              // [max_params]
  T* gradient = nullptr;            // [K]
  T* hessian = nullptr;             // [K]
  T* scratch;                       // [K] of this thread
  double scale = 1;                 // weight / divisor, multiplies gradient and hessian
  double floor = 0;
  Curvature curvature = Curvature::exact;  // what the second derivative is
  bool has_floor = false;
  bool stream = false;              // non-temporal stores
  bool infinite_maximum = false;    // the row stood for one whose largest logit is +inf
  T prediction_low, prediction_high, target_low, target_high;
  // out
  double value = 0;                 // unweighted
  double target_sum = 1;            // sum of the target distribution
  bool bad_prediction = false, bad_target = false;
  bool not_finite = false;          // a logit is NaN or +inf, or all are -inf: run/ decides what to do
};

template <class T>
struct MapFormulas {
  Formula<T> order[3] = {};               // value; + gradient; + second derivative
  Formula<T> curvature[curvatures] = {};  // as order[2] with another second derivative, or null
  Formula<T> kink = nullptr;              // value = sqrt of the distance from the kink: gives c0

  bool offers(Curvature c) const { return curvature[static_cast<int>(c)] != nullptr; }
};

// What one loss has of its own for one instruction set.
struct Kernels {
  MapFormulas<float> map_f32;
  MapFormulas<double> map_f64;
  RowFormulas<float> row_f32;
  RowFormulas<double> row_f64;

  template <class T> const MapFormulas<T>& map() const {
    if constexpr (sizeof(T) == sizeof(float)) return map_f32;
    else return map_f64;
  }
  template <class T> const RowFormulas<T>& row() const {
    if constexpr (sizeof(T) == sizeof(float)) return row_f32;
    else return row_f64;
  }
};

}  // namespace minimand::kernels
