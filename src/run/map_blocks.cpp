#include "run/map_blocks.h"

#include <cstring>
#include <memory>

#include "run/map_exact.h"

namespace minimand::run {
namespace {

// Where the kernel writes block `at` of an output, and where it sends that on to: the caller's memory if it can, else
// the buffer.
template <class T>
void place(const array& to, std::int64_t at, bool stream, T* buffer, T*& written, T*& onward) {
  if (!to.present) return;
  T* here = direct<T>(to);
  written = here == nullptr || stream ? buffer : here + at;
  onward = here != nullptr && stream ? here + at : nullptr;
}
// What the caller's memory could not take at once.
template <class T>
void deliver(const array& to, std::int64_t at, int n, bool stream, const T* written, const T* onward, const T* buffer) {
  if (to.present && written == buffer && onward == nullptr) scatter(written, at, n, to, stream);
}

}  // namespace

template <class T>
MapBlocks<T>::MapBlocks(const Spec& s, const Call& c, const array& from, const array& to, const array& weights,
                        const PartOf* part)
    : spec(s), call(c), prediction(compact(from)), target(compact(to)), blocks{part ? part->begin : 0, from.size()},
      order(call.hessian.present ? 2 : call.gradient.present ? 1 : 0),
      weighted(weights.present || call.ignore.has_value()),
      in_place(call.gradient.present && call.gradient.data == from.data && overlap(call.gradient, from) == Overlap::same),
      is_part(part != nullptr), exact(call.curvature == curvature::exact) {
  if (weights.present) weight = compact(weights);
  if (call.values.present) values = compact(call.values);
  if (call.gradient.present) gradient = compact(call.gradient);
  if (call.hessian.present) hessian = compact(call.hessian);
  const kernels::MapFormulas<T>& formulas = active_kernels(spec.entry).template map<T>();
  shared.formula = order == 2 ? formulas.curvature[static_cast<int>(call.curvature)] : formulas.order[order];
  shared.order = order;
  round_parameters(spec, parameters);
  shared.prediction_bounds[0] = bounds_of<T>(spec.entry.facts.prediction);
  shared.target_bounds = bounds_of<T>(target_domain(spec));
  shared.floor = static_cast<T>(call.floor);
  shared.has_floor = call.floor > 0;
  const int streams = 2 + order + (call.values.present ? 1 : 0);
  stream = !in_place && (order > 0 || call.values.present) &&
           worth_streaming(blocks.size * streams * static_cast<std::int64_t>(sizeof(T)));
}

template <class T>
MapBlocks<T> MapBlocks<T>::values_by(kernels::Formula<T> other) const {
  MapBlocks m = *this;
  m.values = m.gradient = m.hessian = array();
  m.order = m.shared.order = 0;
  m.shared.formula = other;
  return m;
}

template <class T>
const T* MapBlocks<T>::read(const array& from, std::int64_t at, int n, T* buffer) const {
  if (const T* here = direct<T>(from)) return here + at;
  gather(from, at, n, buffer);
  return buffer;
}

template <class T>
const T* MapBlocks<T>::weights(std::int64_t at, int n, const T* y, T* buffer) const {
  if (!weighted) return nullptr;
  const T* w = weight.present ? read(weight, at, n, buffer) : nullptr;
  if (!call.ignore) return w;
  const T absent = static_cast<T>(*call.ignore);
  for (int i = 0; i < n; ++i) buffer[i] = y[i] == absent ? T(0) : w ? w[i] : T(1);
  return buffer;
}

template <class T>
kernels::MapCall<T> MapBlocks<T>::inputs(std::int64_t k, MapScratch<T>& s) const {
  const std::int64_t at = blocks.offset(k);
  const int n = blocks.length(k);
  kernels::MapCall<T> c = shared;
  c.n = n;
  c.parameters = parameters;
  c.prediction[0] = read(prediction, at, n, s.z);
  c.target = read(target, at, n, s.y);
  c.weight = weights(at, n, c.target, s.w);
  if (!spec.list.empty()) {
    const auto columns = static_cast<std::int64_t>(spec.list.size());
    for (int i = 0; i < n; ++i) s.listed[i] = static_cast<T>(spec.list[static_cast<std::size_t>((at + i) % columns)]);
    c.listed = s.listed;
    c.listed_index = spec.list_index;
  }
  return c;
}

template <class T>
void MapBlocks<T>::evaluate(std::int64_t k, MapScratch<T>& s, Gathered& out) const {
  const std::int64_t at = blocks.offset(k);
  kernels::MapCall<T> c = inputs(k, s);
  const int n = c.n;
  if (in_place && c.prediction[0] != s.z) {  // a second look at the block would miss it
    std::memcpy(s.z, c.prediction[0], static_cast<std::size_t>(n) * sizeof(T));
    c.prediction[0] = s.z;
  }
  place(values, at, stream, s.v, c.values, c.stream_values);
  if (order >= 1) place(gradient, at, stream, s.g, c.gradient[0], c.stream_gradient[0]);
  if (order >= 1 && c.gradient[0] == nullptr) c.gradient[0] = s.g;
  if (order == 2) place(hessian, at, stream, s.h, c.hessian[0], c.stream_hessian[0]);
  active_loops().map(c);
  out.bad_prediction |= c.bad_prediction;
  out.bad_target |= c.bad_target;
  if (c.not_finite && !c.bad_prediction && !c.bad_target) out.flags |= exact_block(spec, exact, c);
  deliver(values, at, n, stream, c.values, c.stream_values, s.v);
  if (order >= 1) deliver(gradient, at, n, stream, c.gradient[0], c.stream_gradient[0], s.g);
  if (order == 2) deliver(hessian, at, n, stream, c.hessian[0], c.stream_hessian[0], s.h);
  if (!is_part || blocks.complete(k)) out.sum.append(blocks.first() + k, c.sum);
}

template <class T>
std::vector<typename MapBlocks<T>::Edge> MapBlocks<T>::edges() const {
  std::vector<Edge> all;
  const MapBlocks plain = values_by(active_kernels(spec.entry).template map<T>().order[0]);
  std::unique_ptr<MapScratch<T>> s;
  for (std::int64_t k = 0; k < blocks.count(); ++k) {
    if (blocks.complete(k)) continue;
    if (!s) s = std::make_unique<MapScratch<T>>();
    kernels::MapCall<T> c = plain.inputs(k, *s);
    const T* w = c.weight;
    c.weight = nullptr;
    c.values = s->v;
    active_loops().map(c);
    if (c.not_finite) exact_block(spec, true, c);
    Edge edge{blocks.begin + blocks.offset(k), {}, {}};
    for (int i = 0; i < c.n; ++i) {
      const double each = w ? static_cast<double>(w[i]) : 1, v = static_cast<double>(s->v[i]);
      edge.loss.push_back(each == 0 ? 0.0 : each * v);
      edge.weight.push_back(each);
    }
    all.push_back(std::move(edge));
  }
  return all;
}

template <class T>
Weights MapBlocks<T>::weigh(int threads) const {
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
    auto s = std::make_unique<MapScratch<T>>();
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

template <class T>
void MapBlocks<T>::refuse(bool is_target) const {
  const facts::Domain& domain = is_target ? target_domain(spec) : spec.entry.facts.prediction;
  T low, high;
  closed(domain, low, high);
  std::int64_t first = -1, count = 0;
  auto s = std::make_unique<MapScratch<T>>();
  for (std::int64_t k = 0; k < blocks.count(); ++k) {
    const std::int64_t at = blocks.offset(k);
    const int n = blocks.length(k);
    const T* y = read(target, at, n, s->y);
    const T* w = weights(at, n, y, s->w);
    const T* x = is_target ? y : read(prediction, at, n, s->z);
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
  const array& from = is_target ? target : prediction;
  const std::string value = first < 0 ? "?" : element_text(from, first);
  throw error(is_target ? error_code::DOM002 : error_code::DOM001,
              std::string(name(argument)) + " " + value + " is outside the domain of " + spec.entry.name + " (" +
                  domain.text + "); " + std::to_string(count) + " such, first at position " + std::to_string(first),
              argument, first, count);
}

template struct MapBlocks<float>;
template struct MapBlocks<double>;

}  // namespace minimand::run
