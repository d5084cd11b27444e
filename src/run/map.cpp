// Drives the map engine: blocks of 4096 elements, converted where they must be, spread over threads.
#include <cmath>

#include "run/map_blocks.h"

namespace minimand::run {
namespace {

// c0 of the majorizer: (sum of w sqrt(a) / sum of w)^2, a the distance from the kink; 1 where that is 0.
template <class T>
double curvature_scale(const MapBlocks<T>& given, int threads, double weight_sum) {
  MapBlocks<T> m = given.values_by(active_kernels(given.spec.entry).template map<T>().kink);
  m.blocks.begin = 0, m.is_part = false;
  const Gathered g = over_blocks(threads, m.blocks.count(), [&](std::int64_t first, std::int64_t last, Gathered& out) {
    MapScratch<T> s;
    for (std::int64_t k = first; k < last; ++k) m.evaluate(k, s, out);
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
  check_inputs(spec.entry, prediction, call);
  check_outputs(spec.entry, prediction, target, call, prediction);
  int threads = call.threads == 0 ? default_threads() : call.threads;
  if (n < serial_below) threads = 1;

  MapBlocks<T> m(spec, call, prediction, target, weight, part);
  Result result;
  Weights weights;
  double weight_sum = static_cast<double>(n);
  weights.count = n;
  if (m.weighted || part) {
    weights = m.weigh(threads);
    weight_sum = part ? 0 : weights.sum.total();
  }
  m.shared.scale = static_cast<T>(scale_of(call, weight_sum, weights.count));
  const bool kinked = active_kernels(spec.entry).template map<T>().kink != nullptr;
  if (m.order == 2 && call.curvature == curvature::majorizer && kinked) {
    m.shared.curvature_scale = static_cast<T>(call.curvature_scale > 0 ? call.curvature_scale
                                                                       : curvature_scale(m, threads, weight_sum));
  }
  std::vector<typename MapBlocks<T>::Edge> edges;  // before the gradient may overwrite the prediction
  if (part) edges = m.edges();
  const Gathered g = over_blocks(threads, m.blocks.count(), [&](std::int64_t first, std::int64_t last, Gathered& out) {
    MapScratch<T> s;
    for (std::int64_t k = first; k < last; ++k) m.evaluate(k, s, out);
    if (m.stream) complete_stores();
  });
  if (g.bad_target) m.refuse_target();
  if (g.bad_prediction) m.refuse_prediction();

  result.count = weights.count;
  result.ignored = n - weights.count;
  result.flags = g.flags;
  if (part) {
    // Complete blocks as they are, incomplete ones as summands.
    for (const auto& e : edges) {
      part->sums->add_edge(e.at, {e.loss.data(), e.weight.data()}, static_cast<int>(e.loss.size()));
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
