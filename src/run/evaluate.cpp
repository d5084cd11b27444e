#include "run/evaluate.h"

#include <cmath>
#include <limits>
#include <string>

#if defined(__unix__)
#include <unistd.h>
#endif

#include "run/call_data.h"

namespace minimand::run {
namespace {

constexpr const char* curvature_names[] = {"exact", "fisher", "majorizer", "gauss_newton", "diagonal_bound"};

std::string kinds_of_curvature(const LossEntry& entry) {
  std::string names;
  for (int c = 0; c < kernels::curvatures; ++c) {
    if (entry.offers(static_cast<kernels::Curvature>(c))) names += (names.empty() ? "" : ", ") + std::string(curvature_names[c]);
  }
  return names;
}

}  // namespace

int order_of(const Call& call) {
  int order = call.hessian.present ? 2 : call.gradient.present ? 1 : 0;
  for (const Input& input : call.inputs) {
    if (input.gradient.present && order < 1) order = 1;
    if (input.hessian.present) order = 2;
  }
  for (const array& mixed : call.mixed) order = mixed.present ? 2 : order;
  return order;
}

double scale_of(const Call& call, double weight_sum, std::int64_t count) {
  switch (call.reduction) {
    case reduction::mean: return count == 0 ? 0 : 1 / static_cast<double>(count);
    case reduction::weighted_mean: return weight_sum == 0 ? 0 : 1 / weight_sum;
    case reduction::mean_over: return 1 / call.mean_over;
    default: return 1;
  }
}

void refuse_parameter(const Spec& spec, int index) {
  throw error(error_code::PAR003, std::string(spec.entry.name) + ": " + spec.entry.facts.params[index].name +
                                      " is beyond the range of f32, the type of this computation");
}

void check_options(const Spec& spec, const Call& call, bool partial) {
  const LossEntry& entry = spec.entry;
  const auto refuse = [&](const std::string& why) { throw error(error_code::PAR005, why); };
  if (call.reduction == reduction::mean_over && !(call.mean_over > 0 && std::isfinite(call.mean_over))) {
    refuse("mean_over needs a divisor more than 0");
  }
  if (call.threads < 0) refuse("threads is " + std::to_string(call.threads) + "; legal: 0 (all cores) or more");
  if (!(call.floor >= 0 && std::isfinite(call.floor))) refuse("floor must be 0 or more");
  if (!(call.curvature_scale >= 0 && std::isfinite(call.curvature_scale))) refuse("curvature_scale must be 0 or more");
  if (entry.engine == Engine::map && call.class_weight.present) {
    refuse(std::string(entry.name) + " has no classes: class_weight does not apply");
  }
  const int order = order_of(call);
  for (int k = entry.heads - 1; k < max_inputs; ++k) {
    if (call.inputs[k].value.present || call.inputs[k].gradient.present || call.inputs[k].hessian.present) {
      refuse(std::string(entry.name) + " has " + std::to_string(entry.heads - 1) + " inputs besides the prediction; more are given");
    }
  }
  for (int k = kernels::bends_of(entry.heads) - entry.heads; k < 3; ++k) {
    if (call.mixed[k].present) refuse(std::string(entry.name) + " has no mixed second derivative number " + std::to_string(k));
  }
  for (const array& mixed : call.mixed) {
    if (mixed.present && call.curvature != curvature::exact) refuse("mixed second derivatives are exact ones");
  }
  if (partial && order > 0 && (call.reduction == reduction::mean || call.reduction == reduction::weighted_mean)) {
    refuse("the divisor of a mean is not known from a part: derivatives need reduction none, sum or mean_over");
  }
  if (partial && order == 2 && call.curvature == curvature::majorizer && call.curvature_scale == 0) {
    refuse("the scale of a majorizer is not known from a part: give curvature_scale");
  }
  const auto kind = static_cast<kernels::Curvature>(call.curvature);
  if (!entry.offers(kind, spec.parameters)) {
    const std::string named = curvature_names[static_cast<int>(kind)];
    refuse(std::string(entry.name) + (entry.offers(kind) ? " has a " + named + " curvature only with " + entry.bounds_need
                                                         : " has no " + named + " curvature; it has " + kinds_of_curvature(entry)));
  }
}

namespace {

// An array of a call by its role and, if it belongs to an input besides the prediction, that input's name.
struct Named {
  const array* data;
  role what;
  const char* input;
  const array* instead;  // an output may be this input itself

  std::string text() const {
    if (input == nullptr) return name(what);
    return what == role::prediction ? input : std::string(name(what)) + " by " + input;
  }
};
// A list that allocates and clears nothing: a call on few elements would spend its time on it.
struct Arrays {
  Arrays() {}  // NOLINT
  Named all[3 + 2 * max_inputs + 3];
  int count = 0;
  void add(const array& data, role what, const char* input = nullptr, const array* instead = nullptr) {
    if (data.present) all[count++] = {&data, what, input, instead};
  }
  const Named* begin() const { return all; }
  const Named* end() const { return all + count; }
};

}  // namespace

void check_outputs(const LossEntry& entry, const array& prediction, const array& target, const Call& call, const array& values_shape) {
  Arrays inputs, outputs;
  inputs.add(prediction, role::prediction);
  inputs.add(target, role::target);
  inputs.add(call.weight, role::weight);
  inputs.add(call.class_weight, role::class_weight);
  outputs.add(call.gradient, role::gradient, nullptr, &prediction);
  outputs.add(call.hessian, role::hessian);
  outputs.add(call.values, role::values);
  for (int k = 0; k + 1 < entry.heads; ++k) {
    const Input& input = call.inputs[static_cast<std::size_t>(k)];
    const char* name = entry.facts.inputs[k].name;
    inputs.add(input.value, role::prediction, name);
    outputs.add(input.gradient, role::gradient, name, &input.value);
    outputs.add(input.hessian, role::hessian, name);
  }
  for (const array& mixed : call.mixed) outputs.add(mixed, role::hessian, "two inputs");
  for (const Named& out : outputs) {
    check_output(*out.data, out.what);
    const array& wanted = out.what == role::values ? values_shape : prediction;
    if (!same_elements(*out.data, wanted)) {
      throw error(error_code::SHP001, out.text() + " has shape " + shape_text(*out.data) + ", " + shape_text(wanted) + " is needed", out.what);
    }
    for (const Named& in : inputs) {
      const Overlap shared = overlap(*out.data, *in.data);
      if (shared == Overlap::none || (shared == Overlap::same && out.instead == in.data)) continue;
      throw error(error_code::SHP003, out.text() + " overlaps " + in.text() + " in memory; only gradient may be the prediction itself",
                  out.what);
    }
    for (const Named* other = outputs.begin(); other != &out; ++other) {
      if (overlap(*out.data, *other->data) == Overlap::none) continue;
      throw error(error_code::SHP003, out.text() + " overlaps " + other->text() + " in memory", out.what);
    }
  }
}

void check_inputs(const LossEntry& entry, const array& prediction, const Call& call) {
  for (int k = 0; k + 1 < entry.heads; ++k) {
    const array& input = call.inputs[k].value;
    const std::string name = entry.facts.inputs[k].name;
    if (!input.present) throw error(error_code::PAR005, std::string(entry.name) + " needs the input " + name);
    check_input(input, role::prediction);
    if (!same_elements(input, prediction)) {
      throw error(error_code::SHP001, name + " has shape " + shape_text(input) + ", prediction has " + shape_text(prediction) +
                                          ": equal shapes are needed, trailing axes of size 1 aside", role::prediction);
    }
  }
}

void check_weight(double w, std::int64_t first, role argument) {
  if (w >= 0 && std::isfinite(w)) return;
  throw error(error_code::DOM003, std::string(name(argument)) + " is " + (std::isnan(w) ? "NaN" : std::to_string(w)) +
                                      " at position " + std::to_string(first) + "; legal: 0 or more, finite",
              argument, first, 1);
}

bool worth_streaming(std::int64_t bytes) {
  // Bypassing the caches pays once a call touches more than they hold; what a core gets of a shared last level is
  // less than its size says.
  static const std::int64_t threshold = [] {
    std::int64_t last_level = 32ll << 20;
#if defined(_SC_LEVEL3_CACHE_SIZE)
    if (const long size = sysconf(_SC_LEVEL3_CACHE_SIZE); size > 0) last_level = size;
#endif
    return std::min<std::int64_t>(last_level / 2, 24ll << 20);
  }();
  return bytes > threshold;
}

std::string flags_text(std::uint32_t flags) {
  std::string text;
  for (std::uint32_t bit = 1; bit <= unnormalised; bit *= 2) {
    if (flags & bit) text += (text.empty() ? "" : ", ") + std::string(flag_name(bit));
  }
  return text;
}

double reduce(const Result& sums, reduction how, double mean_over, empty nothing) {
  if (how == reduction::mean_over) {
    if (!(mean_over > 0 && std::isfinite(mean_over))) throw error(error_code::PAR005, "mean_over needs a divisor more than 0");
    return sums.sum / mean_over;
  }
  if (how == reduction::none || how == reduction::sum) return sums.sum;
  const double divisor = how == reduction::mean ? static_cast<double>(sums.count) : sums.weight_sum;
  if (divisor != 0) return sums.sum / divisor;
  if (nothing == empty::error) throw error(error_code::DOM004, "nothing to average: every element is absent");
  return nothing == empty::zero ? 0 : std::numeric_limits<double>::quiet_NaN();
}

void finish(Result& result, const Call& call) {
  const DefaultFloats floats;
  if (std::isinf(result.sum) && (result.flags & (infinite | overflowed)) == 0) result.flags |= overflowed;
  result.value = reduce(result, call.reduction, call.mean_over, call.empty) + 0.0;
  if (std::isnan(result.value)) result.value = canonical_nan<double>();
  if (std::isnan(result.sum)) result.sum = canonical_nan<double>();
  if (call.strict && result.flags != 0) {
    throw error(error_code::STR001, "strict: raised " + flags_text(result.flags));
  }
}

Result evaluate(const Spec& spec, const array& prediction, const array& target, const Call& call, const PartOf* part) {
  const DefaultFloats floats;  // divisors and the joining of sums too, not the kernels alone
  check_options(spec, call, part != nullptr);
  return spec.entry.engine == Engine::map ? evaluate_map(spec, prediction, target, call, part)
                                          : evaluate_rows(spec, prediction, target, call, part);
}

}  // namespace minimand::run
