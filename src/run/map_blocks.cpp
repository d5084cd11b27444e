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

// The outputs of a call by input, as the kernels number them.
const array& gradient_of(const Call& call, int head) { return head == 0 ? call.gradient : call.inputs[head - 1].gradient; }
const array& hessian_of(const Call& call, int heads, int bend) {
  if (bend >= heads) return call.mixed[bend - heads];
  return bend == 0 ? call.hessian : call.inputs[bend - 1].hessian;
}

}  // namespace

template <class T>
MapBlocks<T>::MapBlocks(const Spec& s, const Call& c, const array& from, const array& to, const array& weights,
                        const PartOf* part)
    : spec(s), call(c), heads(s.entry.heads), target(compact(to)), blocks{part ? part->begin : 0, from.size()},
      order(order_of(call)), weighted(weights.present || call.ignore.has_value()), is_part(part != nullptr),
      exact(call.curvature == curvature::exact) {
  int streams = 1 + heads + (call.values.present ? 1 : 0);
  if (weights.present) weight = compact(weights);
  if (call.values.present) values = compact(call.values);
  for (int k = 0; k < heads; ++k) {
    const array& input = k == 0 ? from : call.inputs[k - 1].value;
    const facts::Domain& domain = k == 0 ? spec.entry.facts.prediction : spec.entry.facts.inputs[k - 1].domain;
    prediction[k] = compact(input);
    shared.prediction_bounds[k] = bounds_of<T>(domain);
    if (const array& g = gradient_of(call, k); g.present) {
      gradient[k] = compact(g), ++streams;
      in_place[k] = g.data == input.data && overlap(g, input) == Overlap::same;
    }
  }
  for (int k = 0; k < kernels::bends_of(heads); ++k) {
    if (const array& h = hessian_of(call, heads, k); h.present) hessian[k] = compact(h), ++streams;
  }
  const kernels::MapFormulas<T>& formulas = active_kernels(spec.entry).template map<T>();
  shared.formula = order == 2 ? formulas.curvature[static_cast<int>(call.curvature)] : formulas.order[order];
  shared.heads = heads, shared.order = order;
  round_parameters(spec, parameters);
  shared.target_bounds = bounds_of<T>(target_domain(spec));
  shared.floor = static_cast<T>(call.floor);
  shared.has_floor = call.floor > 0;
  const bool overwrites = in_place[0] || in_place[1] || in_place[2];
  stream = !overwrites && (order > 0 || call.values.present) &&
           worth_streaming(blocks.size * streams * static_cast<std::int64_t>(sizeof(T)));
}

template <class T>
MapBlocks<T> MapBlocks<T>::values_by(kernels::Formula<T> other) const {
  MapBlocks m = *this;
  m.values = array();
  for (array& g : m.gradient) g = array();
  for (array& h : m.hessian) h = array();
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
  for (int h = 0; h < heads; ++h) c.prediction[h] = read(prediction[h], at, n, s.z[h]);
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
  for (int h = 0; h < heads; ++h) {
    if (!in_place[h] || c.prediction[h] == s.z[h]) continue;  // a second look at the block would miss it
    std::memcpy(s.z[h], c.prediction[h], static_cast<std::size_t>(n) * sizeof(T));
    c.prediction[h] = s.z[h];
  }
  place(values, at, stream, s.v, c.values, c.stream_values);
  const int gradients = order >= 1 ? heads : 0, bends = order == 2 ? kernels::bends_of(heads) : 0;
  for (int h = 0; h < gradients; ++h) {
    c.gradient[h] = s.g[h];
    place(gradient[h], at, stream, s.g[h], c.gradient[h], c.stream_gradient[h]);
  }
  for (int b = 0; b < bends; ++b) {
    c.hessian[b] = s.h[b];
    place(hessian[b], at, stream, s.h[b], c.hessian[b], c.stream_hessian[b]);
  }
  active_loops().map(c);
  out.bad_prediction |= c.bad_prediction;
  out.bad_target |= c.bad_target;
  if (c.not_finite && !c.bad_prediction && !c.bad_target) out.flags |= exact_block(spec, exact, c);
  deliver(values, at, n, stream, c.values, c.stream_values, s.v);
  for (int h = 0; h < gradients; ++h) deliver(gradient[h], at, n, stream, c.gradient[h], c.stream_gradient[h], s.g[h]);
  for (int b = 0; b < bends; ++b) deliver(hessian[b], at, n, stream, c.hessian[b], c.stream_hessian[b], s.h[b]);
  if (!is_part || blocks.complete(k)) out.sum.append(blocks.first() + k, c.sum);
}

template <class T>
std::vector<typename MapBlocks<T>::Edge> MapBlocks<T>::edges() const {
  std::vector<Edge> all;
  const MapBlocks plain = values_by(active_kernels(spec.entry).template map<T>().order[0]);
  std::unique_ptr<MapScratch<T>> s;
  for (std::int64_t k = 0; k < blocks.count(); ++k) {
    if (blocks.complete(k)) continue;
    if (!s) s = std::make_unique_for_overwrite<MapScratch<T>>();
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
    std::int64_t count = 0;
    alignas(64) T target_buffer[block_size], weight_buffer[block_size];
    double e[block_size];
    for (std::int64_t k = first; k < last; ++k) {
      const std::int64_t at = blocks.offset(k);
      const int n = blocks.length(k);
      const T* y = call.ignore ? read(target, at, n, target_buffer) : nullptr;
      const T* w = weights(at, n, y, weight_buffer);
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
typename MapBlocks<T>::Outside MapBlocks<T>::outside(const array& from, const facts::Domain& domain, bool is_target) const {
  T low, high;
  closed(domain, low, high);
  Outside found;
  auto s = std::make_unique_for_overwrite<MapScratch<T>>();
  for (std::int64_t k = 0; k < blocks.count(); ++k) {
    const std::int64_t at = blocks.offset(k);
    const int n = blocks.length(k);
    const T* w = weights(at, n, read(target, at, n, s->y), s->w);
    const T* x = read(from, at, n, s->z[0]);
    for (int i = 0; i < n; ++i) {
      if (w && w[i] == 0) continue;
      const bool inside = domain.kind == facts::Kind::pair ? x[i] == low || x[i] == high
                                                           : (x[i] >= low && x[i] <= high) || (!is_target && std::isnan(x[i]));
      if (inside) continue;
      if (found.first < 0) found.first = at + i;
      ++found.count;
    }
  }
  return found;
}

template <class T>
void MapBlocks<T>::refuse(const Outside& found, const array& from, const facts::Domain& domain, role argument,
                          const std::string& what) const {
  const std::string value = found.first < 0 ? "?" : element_text(from, found.first);
  throw error(argument == role::target ? error_code::DOM002 : error_code::DOM001,
              what + " " + value + " is outside the domain of " + spec.entry.name + " (" + domain.text + "); " +
                  std::to_string(found.count) + " such, first at position " + std::to_string(found.first),
              argument, found.first, found.count);
}

template <class T>
void MapBlocks<T>::refuse_target() const {
  const facts::Domain& domain = target_domain(spec);
  refuse(outside(target, domain, true), target, domain, role::target, name(role::target));
}

template <class T>
void MapBlocks<T>::refuse_prediction() const {
  for (int k = heads; k-- > 0;) {
    const facts::Input& input = spec.entry.facts.inputs[k == 0 ? 0 : k - 1];
    const facts::Domain& domain = k == 0 ? spec.entry.facts.prediction : input.domain;
    const Outside found = outside(prediction[k], domain, false);
    if (found.count > 0 || k == 0) refuse(found, prediction[k], domain, role::prediction, k == 0 ? name(role::prediction) : input.name);
  }
  throw error(error_code::INT001, "an input is outside its domain, and none is");
}

template struct MapBlocks<float>;
template struct MapBlocks<double>;

}  // namespace minimand::run
