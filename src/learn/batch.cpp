// Forward, loss and backward of a batch, in the shards that its number of rows fixes.
#include "learn/batch.h"

#include <algorithm>
#include <functional>

#include "learn/clock.h"
#include "learn/link.h"
#include "learn/parallel.h"

namespace minimand::learn {
namespace {

constexpr std::int64_t shard = 32;  // rows of a task, or more where they would be more than max_shards

std::int64_t shards_of(std::int64_t rows) { return std::min<std::int64_t>(max_shards, (rows + shard - 1) / shard); }

// The rows of a batch lie anywhere in memory; asked for in time they arrive in time.
constexpr std::int64_t ahead = 4;
void prefetch(const Rows& features, std::int64_t row) {
  constexpr std::int64_t line = 64, most = 64 * line;
  const std::byte* from = features.row(row);
  for (std::int64_t i = 0; i < std::min(features.row_bytes(), most); i += line) __builtin_prefetch(from + i);
}

}  // namespace

template <class T>
Batch<T>::Batch(const Setup& setup, std::int64_t rows, bool training)
    : setup_(setup),
      pass_(setup.model.network, rows, training, training && setup.options.dropout > 0),
      targets_(setup.targets, rows),
      training_(training),
      dropping_(training && setup.options.dropout > 0),
      clocks_(static_cast<std::size_t>(std::max(1, setup.threads))) {
  if (setup.model.facts().activation != Link::identity)
    prediction_.resize(static_cast<std::size_t>(rows * setup.model.outputs()));
  const Scaling& scaling = setup.model.scaling;
  const auto alike = [](const std::vector<double>& v) {
    return std::adjacent_find(v.begin(), v.end(), std::not_equal_to<>()) == v.end();
  };
  if (setup.features.view().type == dtype::u8 && alike(scaling.shift) && alike(scaling.scale))
    for (int v = 0; v < 256; ++v) table_.push_back(static_cast<T>((v - scaling.shift[0]) * scaling.scale[0]));
  if (!setup.weights.empty()) {
    weight_.resize(static_cast<std::size_t>(rows));
    weight_view_ = array(weight_);
  }
}

template <class T>
void Batch<T>::ask_curvature(curvature which) {
  curvature_ = which;
  hessian_.resize(pass_.values.back().size());
}

template <class T>
const array& Batch<T>::weights_of(std::span<const std::int64_t> rows) {
  for (std::size_t i = 0; i < rows.size() && !weight_.empty(); ++i)
    weight_[i] = setup_.weights[static_cast<std::size_t>(rows[i])];
  weight_view_.shape[0] = static_cast<std::int64_t>(rows.size());
  return weight_view_;
}

// Images are most of the data: looked up, which gives the same bits as scale_row.
template <class T>
void Batch<T>::scale(std::int64_t row, T* x) const {
  if (table_.empty()) return scale_row(setup_.features, setup_.model.scaling, row, x);
  const auto* from = reinterpret_cast<const unsigned char*>(setup_.features.row(row));
  const T* table = table_.data();
  for (std::int64_t c = 0; c < setup_.features.columns(); ++c) x[c] = table[from[c]];
}

template <class T>
Result Batch<T>::evaluate(const T* parameters, std::span<const std::int64_t> rows, double divisor, Tally& tally,
                          const StepNoise* noise) {
  const Model& model = setup_.model;
  const Network& network = model.network;
  const auto n = static_cast<std::int64_t>(rows.size());
  const std::int64_t outputs = network.outputs(), tasks = shards_of(n);
  const bool augmented = noise && setup_.augment.any();
  Dropout dropout;
  if (noise && dropping_) dropout = {setup_.options.dropout, setup_.options.seed, noise->step};
  rows_ = n, pass_.shards = static_cast<int>(tasks);
  each_task(setup_.threads_for(n), tasks, [&](std::int64_t task, int worker) {
    const std::int64_t first = n * task / tasks, last = n * (task + 1) / tasks;
    const double begin = now();
    std::vector<float> scratch(augmented ? static_cast<std::size_t>(network.inputs()) : 0);
    for (std::int64_t r = first; r < last; ++r) {
      const std::int64_t row = rows[static_cast<std::size_t>(r)];
      T* x = pass_.values[0].data() + r * network.inputs();
      if (r + ahead < last) prefetch(setup_.features, rows[static_cast<std::size_t>(r + ahead)]);
      scale(row, x);
      if constexpr (std::is_same_v<T, float>) {
        if (augmented)
          setup_.augment.apply(network.image(), model.scaling, setup_.options.seed, noise->epoch, row, x, scratch.data());
      }
    }
    const double scaled = now();
    forward(network, parameters, pass_, first, last, dropout);
    Clocks& clock = clocks_[static_cast<std::size_t>(worker)];
    clock.data += scaled - begin, clock.products += now() - scaled;
  });

  const double begin = now();
  const Link link = model.facts().activation;
  const T* output = pass_.values.back().data();
  const T* prediction = output;
  if (link != Link::identity) {
    link_forward(link, n, outputs, output, prediction_.data());
    prediction = prediction_.data();
  }
  const array& targets = targets_.gather(rows);
  const std::int64_t extents[] = {n, outputs};
  const std::span<const std::int64_t> shape(extents, model.listed ? 2 : 1);
  Call call;
  call.reduction = reduction::mean_over;
  call.mean_over = divisor;
  call.threads = setup_.threads_for(n);
  if (!weight_.empty()) call.weight = weights_of(rows);
  if (training_) call.gradient = array(pass_.slopes.back().data(), dtype_of<T>(), shape, true);
  if (curvature_) {
    call.hessian = array(hessian_.data(), dtype_of<T>(), shape, true);
    call.curvature = *curvature_;
  }
  const Result result = model.loss(array(prediction, dtype_of<T>(), shape, false), targets, call);
  if (training_) link_backward(link, n, outputs, output, prediction, pass_.slopes.back().data());

  tally.sum += result.sum, tally.weight += weight_.empty() ? static_cast<double>(result.count) : result.weight_sum;
  if (setup_.accuracy) {
    std::int64_t compared = 0;
    tally.hits += count_hits(setup_.classes, prediction, n, outputs, targets, compared);
    tally.compared += compared;
  }
  clocks_[0].loss += now() - begin;
  return result;
}

template <class T>
void Batch<T>::backward(const T* parameters) {
  const Network& network = setup_.model.network;
  if (network.layers().size() == 1) return;
  const std::int64_t n = rows_, tasks = pass_.shards;
  each_task(setup_.threads_for(n), tasks, [&](std::int64_t task, int worker) {
    const double begin = now();
    learn::backward(network, parameters, pass_, n * task / tasks, n * (task + 1) / tasks, static_cast<int>(task));
    clocks_[static_cast<std::size_t>(worker)].products += now() - begin;
  });
}

template <class T>
Timing Batch<T>::timing() const {
  Timing sum;
  for (const Clocks& c : clocks_) {
    sum.data += c.data, sum.products += c.products;
    sum.loss += c.loss, sum.optimizer += c.optimizer;
  }
  return sum;
}

template <class T>
void Batch<T>::add_optimizer_seconds(int worker, double seconds) {
  clocks_[static_cast<std::size_t>(worker)].optimizer += seconds;
}
template <class T>
void Batch<T>::add_product_seconds(int worker, double seconds) {
  clocks_[static_cast<std::size_t>(worker)].products += seconds;
}

template class Batch<float>;
template class Batch<double>;

}  // namespace minimand::learn
