// Drives the map engine: blocks of 4096 elements, converted where they must be, spread over threads.
#include <algorithm>
#include <cstring>
#include <memory>

#include "run/call_data.h"
#include "run/map_exact.h"

namespace minimand::run {
namespace {

template <class T>
const kernels::MapKernels<T>& kernels_of(const LossEntry& entry) {
  const kernels::Kernels& k = entry.kernels[static_cast<int>(active_target())];
  if constexpr (std::is_same_v<T, float>) return k.map_f32;
  else return k.map_f64;
}

// Everything about a call that its blocks share.
template <class T>
struct Map {
  const Spec& spec;
  const Call& call;
  array prediction, target, weight, values, gradient, hessian;  // compact
  Blocks blocks;
  int order;
  void (*kernel)(kernels::MapCall<T>&);
  T parameters[facts::max_params];
  kernels::MapCall<T> shared;  // what is the same for every block
  bool stream = false, weighted, in_place, is_part;
  bool exact;  // the second derivative asked for is the exact one

  // A constructor, since braces would clear all of it first: a call on few elements would notice.
  Map(const Spec& s, const Call& c, const array& from, const array& to, const array& weights, const PartOf* part)
      : spec(s), call(c), prediction(compact(from)), target(compact(to)), blocks{part ? part->begin : 0, from.size()},
        order(call.hessian.present ? 2 : call.gradient.present ? 1 : 0),
        weighted(weights.present || call.ignore.has_value()),
        in_place(call.gradient.present && call.gradient.data == from.data && overlap(call.gradient, from) == Overlap::same),
        is_part(part != nullptr), exact(call.curvature == curvature::exact) {
    if (weights.present) weight = compact(weights);
    if (call.values.present) values = compact(call.values);
    if (call.gradient.present) gradient = compact(call.gradient);
    if (call.hessian.present) hessian = compact(call.hessian);
    const kernels::MapKernels<T>& kernels = kernels_of<T>(spec.entry);
    kernel = order == 2 ? kernels.curvature[static_cast<int>(call.curvature)] : kernels.order[order];
    round_parameters(spec, parameters);
    closed(spec.entry.facts.prediction, shared.prediction_low, shared.prediction_high);
    closed(target_domain(spec), shared.target_low, shared.target_high);
    shared.floor = static_cast<T>(call.floor);
    shared.has_floor = call.floor > 0;
    const int streams = 2 + order + (call.values.present ? 1 : 0);
    stream = !in_place && (order > 0 || call.values.present) &&
             worth_streaming(blocks.size * streams * static_cast<std::int64_t>(sizeof(T)));
  }

  // Buffers of one worker.
  struct Scratch {
    alignas(64) T z[block_size], y[block_size], w[block_size], listed[block_size];
    alignas(64) T v[block_size], g[block_size], h[block_size];
  };

  const T* read(const array& from, std::int64_t at, int n, T* buffer) const {
    if (const T* here = direct<T>(from)) return here + at;
    gather(from, at, n, buffer);
    return buffer;
  }
  // Where the kernel writes, `at`, and where it sends that on to: the caller's memory if it can, else the buffer.
  void place(const array& to, std::int64_t at, T* buffer, T*& written, T*& onward) const {
    if (!to.present) return;
    T* here = direct<T>(to);
    written = here == nullptr || stream ? buffer : here + at;
    onward = here != nullptr && stream ? here + at : nullptr;
  }
  void deliver(const array& to, std::int64_t at, int n, const T* written, const T* onward, const T* buffer) const {
    if (to.present && written == buffer && onward == nullptr) scatter(written, at, n, to, stream);
  }

  // Weights of a block with ignored elements at 0; null if every element weighs 1.
  const T* weights(std::int64_t at, int n, const T* y, T* buffer) const {
    if (!weighted) return nullptr;
    const T* w = weight.present ? read(weight, at, n, buffer) : nullptr;
    if (!call.ignore) return w;
    const T absent = static_cast<T>(*call.ignore);
    for (int i = 0; i < n; ++i) buffer[i] = y[i] == absent ? T(0) : w ? w[i] : T(1);
    return buffer;
  }

  void block(std::int64_t k, Scratch& s, Gathered& out) const {
    const std::int64_t at = blocks.offset(k);
    const int n = blocks.length(k);
    kernels::MapCall<T> c = shared;
    c.n = n;
    c.parameters = parameters;
    c.prediction = read(prediction, at, n, s.z);
    if (in_place && c.prediction != s.z) {
      std::memcpy(s.z, c.prediction, static_cast<std::size_t>(n) * sizeof(T));
      c.prediction = s.z;
    }
    c.target = read(target, at, n, s.y);
    c.weight = weights(at, n, c.target, s.w);
    if (!spec.list.empty()) {
      const auto columns = static_cast<std::int64_t>(spec.list.size());
      for (int i = 0; i < n; ++i) s.listed[i] = static_cast<T>(spec.list[static_cast<std::size_t>((at + i) % columns)]);
      c.listed = s.listed;
      c.listed_index = spec.list_index;
    }
    place(values, at, s.v, c.values, c.stream_values);
    if (order >= 1) place(gradient, at, s.g, c.gradient, c.stream_gradient);
    if (order >= 1 && c.gradient == nullptr) c.gradient = s.g;
    if (order == 2) place(hessian, at, s.h, c.hessian, c.stream_hessian);
    kernel(c);
    out.bad_prediction |= c.bad_prediction;
    out.bad_target |= c.bad_target;
    if (c.not_finite && !c.bad_prediction && !c.bad_target) out.flags |= exact_block(spec, kernel, order, exact, c);
    deliver(values, at, n, c.values, c.stream_values, s.v);
    if (order >= 1) deliver(gradient, at, n, c.gradient, c.stream_gradient, s.g);
    if (order == 2) deliver(hessian, at, n, c.hessian, c.stream_hessian, s.h);
    if (!is_part || blocks.complete(k)) out.sum.append(blocks.first() + k, c.sum);
  }

  // Summands of an incomplete block at an end of a part: weight times loss in f64, and the weights.
  void edge(std::int64_t k, Segments& sums) const {
    const std::int64_t at = blocks.offset(k);
    const int n = blocks.length(k);
    auto s = std::make_unique<Scratch>();
    std::vector<double> loss(static_cast<std::size_t>(n)), each(static_cast<std::size_t>(n), 1.0);
    const T* y = read(target, at, n, s->y);
    const T* w = weights(at, n, y, s->w);
    Map again = *this;
    again.values = again.gradient = again.hessian = array();
    again.order = 0;
    again.kernel = kernels_of<T>(spec.entry).order[0];
    again.edge_summands(k, *s, loss.data());
    for (int i = 0; i < n && w; ++i) each[static_cast<std::size_t>(i)] = static_cast<double>(w[i]);
    sums.add_edge(blocks.begin + at, {loss.data(), w ? each.data() : nullptr}, n);
  }
  void edge_summands(std::int64_t k, Scratch& s, double* loss) const {
    const std::int64_t at = blocks.offset(k);
    const int n = blocks.length(k);
    kernels::MapCall<T> c = shared;
    c.n = n;
    c.parameters = parameters;
    c.prediction = read(prediction, at, n, s.z);
    c.target = read(target, at, n, s.y);
    if (!spec.list.empty()) {
      const auto columns = static_cast<std::int64_t>(spec.list.size());
      for (int i = 0; i < n; ++i) s.listed[i] = static_cast<T>(spec.list[static_cast<std::size_t>((at + i) % columns)]);
      c.listed = s.listed;
      c.listed_index = spec.list_index;
    }
    c.values = s.v;
    kernel(c);
    if (c.not_finite) exact_block(spec, kernel, 0, true, c);
    const T* w = weights(at, n, c.target, s.w);
    for (int i = 0; i < n; ++i) {
      const double v = static_cast<double>(s.v[i]);
      loss[i] = !w ? v : w[i] == 0 ? 0.0 : static_cast<double>(w[i]) * v;
    }
  }

  // Validates the weights and adds them up, in the same order as the losses.
  Weights weigh(int threads) const {
    Weights all;
    all.present = weighted;
    if (!weighted) {
      all.count = blocks.size;
      for (std::int64_t k = 0; k < blocks.count(); ++k) {
        if (!is_part || blocks.complete(k)) all.sum.append(blocks.first() + k, blocks.length(k));
      }
      return all;
    }
    std::mutex lock;
    const Gathered g = over_blocks(threads, blocks.count(), [&](std::int64_t first, std::int64_t last, Gathered& out) {
      auto s = std::make_unique<Scratch>();
      std::int64_t count = 0;
      double e[block_size];
      for (std::int64_t k = first; k < last; ++k) {
        const std::int64_t at = blocks.offset(k);
        const int n = blocks.length(k);
        const T* y = call.ignore ? read(target, at, n, s->y) : nullptr;
        const T* w = weights(at, n, y, s->w);
        for (int i = 0; i < n; ++i) {
          e[i] = static_cast<double>(w[i]);
          check_weight(e[i], at + i, role::weight);
          count += e[i] != 0;
        }
        if (!is_part || blocks.complete(k)) out.sum.append(blocks.first() + k, fold_block(e, n));
      }
      const std::lock_guard guard(lock);
      all.count += count;
    });
    all.sum = g.sum;
    return all;
  }
};

// Throws the error of the first element outside its domain.
template <class T>
[[noreturn]] void refuse(const Map<T>& m, bool is_target) {
  const facts::Domain& domain = is_target ? target_domain(m.spec) : m.spec.entry.facts.prediction;
  T low, high;
  closed(domain, low, high);
  std::int64_t first = -1, count = 0;
  auto s = std::make_unique<typename Map<T>::Scratch>();
  for (std::int64_t k = 0; k < m.blocks.count(); ++k) {
    const std::int64_t at = m.blocks.offset(k);
    const int n = m.blocks.length(k);
    const T* y = m.read(m.target, at, n, s->y);
    const T* w = m.weights(at, n, y, s->w);
    const T* x = is_target ? y : m.read(m.prediction, at, n, s->z);
    for (int i = 0; i < n; ++i) {
      if (w && w[i] == 0) continue;
      const bool inside = domain.kind == facts::Kind::pair ? x[i] == low || x[i] == high
                                                           : (x[i] >= low && x[i] <= high) || (!is_target && std::isnan(x[i]));
      if (inside) continue;
      if (first < 0) first = at + i;
      ++count;
    }
  }
  const role argument = is_target ? role::target : role::prediction;
  const array& from = is_target ? m.target : m.prediction;
  const std::string value = first < 0 ? "?" : element_text(from, first);
  throw error(is_target ? error_code::DOM002 : error_code::DOM001,
              std::string(name(argument)) + " " + value + " is outside the domain of " + m.spec.entry.name + " (" +
                  domain.text + "); " + std::to_string(count) + " such, first at position " + std::to_string(first),
              argument, first, count);
}

// c0 of the majorizer: (sum of w sqrt(a) / sum of w)^2, a the distance from the kink; 1 where that is 0.
template <class T>
double curvature_scale(Map<T> m, int threads, double weight_sum) {
  m.values = m.gradient = m.hessian = array();
  m.order = 0;
  m.kernel = kernels_of<T>(m.spec.entry).kink;
  m.blocks.begin = 0, m.is_part = false;
  const Gathered g = over_blocks(threads, m.blocks.count(), [&](std::int64_t first, std::int64_t last, Gathered& out) {
    typename Map<T>::Scratch s;
    for (std::int64_t k = first; k < last; ++k) m.block(k, s, out);
  });
  const double mean = weight_sum > 0 ? g.sum.total() / weight_sum : 0;
  return mean > 0 && std::isfinite(mean) ? mean * mean : 1;
}

template <class T>
Result run_map(const Spec& spec, const array& prediction, const array& target, const Call& call, const PartOf* part) {
  const std::int64_t n = check_input(prediction, role::prediction);
  check_input(target, role::target);
  if (!same_elements(prediction, target)) {
    throw error(error_code::SHP001, "prediction has shape " + shape_text(prediction) + ", target has " +
                                        shape_text(target) + ": equal shapes are needed, trailing axes of size 1 aside",
                role::target);
  }
  array weight;
  if (call.weight.present) {
    check_input(call.weight, role::weight);
    weight = repeated(call.weight, prediction);
    if (!weight.present) {
      throw error(error_code::SHP001, "weight has shape " + shape_text(call.weight) + ", prediction has " +
                                          shape_text(prediction) + ": its shape or that of its leading axes is needed",
                  role::weight);
    }
  }
  if (!spec.list.empty() && (prediction.rank < 1 || prediction.shape[prediction.rank - 1] != static_cast<std::int64_t>(spec.list.size()))) {
    throw error(error_code::SHP001, std::string("a list of ") + std::to_string(spec.list.size()) +
                                        " parameters needs a prediction of that many columns; it has shape " +
                                        shape_text(prediction), role::prediction);
  }
  check_outputs(prediction, target, call, prediction);
  int threads = call.threads == 0 ? default_threads() : call.threads;
  if (n < serial_below) threads = 1;

  Map<T> m(spec, call, prediction, target, weight, part);
  Result result;
  Weights weights;
  double weight_sum = static_cast<double>(n);
  weights.count = n;
  if (m.weighted || part) {
    weights = m.weigh(threads);
    weight_sum = part ? 0 : weights.sum.total();
  }
  m.shared.scale = static_cast<T>(scale_of(call, weight_sum, weights.count));
  if (m.order == 2 && call.curvature == curvature::majorizer && kernels_of<T>(spec.entry).kink != nullptr) {
    m.shared.curvature_scale = static_cast<T>(call.curvature_scale > 0 ? call.curvature_scale
                                                                       : curvature_scale(m, threads, weight_sum));
  }
  const Gathered g = over_blocks(threads, m.blocks.count(), [&](std::int64_t first, std::int64_t last, Gathered& out) {
    typename Map<T>::Scratch s;
    for (std::int64_t k = first; k < last; ++k) m.block(k, s, out);
    if (m.stream) complete_stores();
  });
  if (g.bad_target) refuse(m, true);
  if (g.bad_prediction) refuse(m, false);

  result.count = weights.count;
  result.ignored = n - weights.count;
  result.flags = g.flags;
  if (part) {
    // Complete blocks as they are, incomplete ones as summands.
    for (std::int64_t k = 0; k < m.blocks.count(); ++k) {
      if (!m.blocks.complete(k)) m.edge(k, *part->sums);
    }
    part->sums->add_blocks(g.sum, weights.sum);
  } else {
    result.sum = g.sum.total() + 0.0;
    result.weight_sum = weight_sum;
  }
  return result;
}

}  // namespace

Result evaluate_map(const Spec& spec, const array& prediction, const array& target, const Call& call, const PartOf* part) {
  switch (prediction.type) {
    case dtype::f64: return run_map<double>(spec, prediction, target, call, part);
    case dtype::f32:
    case dtype::f16:
    case dtype::bf16: return run_map<float>(spec, prediction, target, call, part);
    default:
      throw error(error_code::SHP002, std::string("prediction is of type ") + name(prediction.type) +
                                          "; legal: f16, bf16, f32, f64", role::prediction);
  }
}

}  // namespace minimand::run
