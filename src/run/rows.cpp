// Drives the statistics engine: rows of K classes, gathered where they are not contiguous, spread over threads.
#include <algorithm>
#include <memory>

#include "run/call_data.h"
#include "run/rows.h"

namespace minimand::run {
namespace {

// Scratch of one thread, kept between calls; as large as the widest row it has seen.
template <class T>
T* workspace(std::int64_t elements) {
  struct Free { void operator()(void* p) const { ::operator delete(p, std::align_val_t{64}); } };
  thread_local std::unique_ptr<void, Free> memory;
  thread_local std::int64_t bytes = 0;
  const std::int64_t needed = elements * static_cast<std::int64_t>(sizeof(T));
  if (needed > bytes) {
    memory.reset();
    bytes = 0;
    memory.reset(::operator new(static_cast<std::size_t>(needed), std::align_val_t{64}));
    bytes = needed;
  }
  return static_cast<T*>(memory.get());
}

// Rows that the kernel takes at once, as many as their buffers fit the first-level cache.
template <class T>
struct Group {
  kernels::RowCall<T> calls[kernels::rows_at_once];
  RowSlots<T> slots[kernels::rows_at_once];
  std::int64_t rows[kernels::rows_at_once];
  double weights[kernels::rows_at_once];
  int count = 0, most;

  explicit Group(std::int64_t classes) {
    most = static_cast<int>(std::clamp<std::int64_t>(kernels::tile / std::max<std::int64_t>(classes, 1), 1, kernels::rows_at_once));
    const std::int64_t padded = (classes + 63) / 64 * 64, scratch = padded + (classes / kernels::tile + 64) / 64 * 64;
    T* at = workspace<T>(most * (5 * padded + scratch));
    for (int i = 0; i < most; ++i, at += 5 * padded + scratch) {
      slots[i] = {at, at + padded, at + 2 * padded, at + 3 * padded, at + 4 * padded, at + 5 * padded};
    }
  }
  // Runs the kernel over what has been gathered; losses to summand[row - first].
  void run(const RowsCall<T>& m, std::int64_t first, double* summand, Gathered& out) {
    if (count > 0) active_loops().rows(calls, count);
    for (int i = 0; i < count; ++i) summand[rows[i] - first] = finish_row(m, rows[i], weights[i], slots[i], calls[i], out);
    count = 0;
  }
};

// Loss of each of the rows first ... last - 1 to summand[], weighted; derivatives to the caller's arrays.
template <class T>
void evaluate_range(const RowsCall<T>& m, std::int64_t first, std::int64_t last, double* summand, Gathered& out) {
  Group<T> group(m.layout.classes);
  std::int64_t labels[row_group];
  double weights[row_group];
  for (std::int64_t begin = first; begin < last; begin += row_group) {
    const std::int64_t n = std::min<std::int64_t>(row_group, last - begin);
    if (m.by_index) read_labels(m.target, begin, n, labels);
    if (m.weight.present) gather(m.weight, begin, n, weights);
    for (std::int64_t i = 0; i < n; ++i) {
      const int k = group.count;
      group.rows[k] = begin + i;
      group.weights[k] = m.weight.present ? weights[i] : 1;
      summand[begin + i - first] = 0;
      if (prepare_row(m, begin + i, m.by_index ? labels[i] : -1, group.weights[k], group.slots[k], group.calls[k]) &&
          ++group.count == group.most) {
        group.run(m, first, summand, out);
      }
    }
  }
  group.run(m, first, summand, out);
  if (m.stream) complete_stores();
}

// The sum over all rows: blocks of 4096 row losses, each folded by one owner.
template <class T>
Gathered sum_rows(const RowsCall<T>& m, int threads) {
  const std::int64_t blocks = m.blocks.count();
  if (blocks >= 2 * threads || threads == 1) {
    return over_blocks(threads, blocks, [&](std::int64_t first, std::int64_t last, Gathered& out) {
      double summand[block_size];
      for (std::int64_t k = first; k < last; ++k) {
        const std::int64_t at = m.blocks.offset(k);
        const int n = m.blocks.length(k);
        evaluate_range(m, at, at + n, summand, out);
        m.deliver(k, summand, out);
      }
    });
  }
  // Few blocks: the threads share the rows of one.
  Gathered all;
  for (std::int64_t k = 0; k < blocks; ++k) {
    double summand[block_size];
    const std::int64_t at = m.blocks.offset(k);
    const int n = m.blocks.length(k);
    std::mutex lock;
    parallel(threads, n, [&](std::int64_t first, std::int64_t last, int) {
      Gathered mine;
      evaluate_range(m, at + first, at + last, summand + first, mine);
      const std::lock_guard guard(lock);
      all.flags |= mine.flags;
      all.bad_prediction |= mine.bad_prediction;
      all.bad_target |= mine.bad_target;
    });
    m.deliver(k, summand, all);
  }
  return all;
}

template <class T>
Result run_rows(const Spec& spec, const array& prediction, const array& target, const Call& call, const PartOf* part) {
  RowsCall<T> m(spec, prediction, target, call, part);
  int threads = call.threads == 0 ? default_threads() : call.threads;
  if (m.layout.rows * m.layout.classes < serial_below) threads = 1;
  const Weights weights = m.weigh();
  const double weight_sum = part ? 0 : weights.present ? weights.sum.total() : static_cast<double>(m.layout.rows);
  m.scale = scale_of(call, weight_sum, weights.count);
  const Gathered g = sum_rows(m, threads);
  if (g.bad_target) m.refuse(true);
  if (g.bad_prediction) m.refuse(false);

  Result result;
  result.count = weights.count;
  result.ignored = m.layout.rows - weights.count;
  result.flags = g.flags;
  if (part) {
    part->sums->add_blocks(g.sum, weights.sum);
    m.add_edges(*part->sums);
  } else {
    result.sum = g.sum.total() + 0.0;
    result.weight_sum = weight_sum;
  }
  return result;
}

}  // namespace

Result evaluate_rows(const Spec& spec, const array& prediction, const array& target, const Call& call, const PartOf* part) {
  switch (prediction.type) {
    case dtype::f64: return run_rows<double>(spec, prediction, target, call, part);
    case dtype::f32:
    case dtype::f16:
    case dtype::bf16: return run_rows<float>(spec, prediction, target, call, part);
    default:
      throw error(error_code::SHP002, std::string("prediction is of type ") + name(prediction.type) +
                                          "; legal: f16, bf16, f32, f64", role::prediction);
  }
}

}  // namespace minimand::run
