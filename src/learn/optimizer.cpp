// Runs the formulas of optimizers/ on the widest vectors of the machine. No fused operations, hence the same
// bits on every one.
#include "learn/optimizer.h"

#include <cmath>
#include <minimand/error.hpp>
#include <tuple>
#include <utility>

#include "api/escape.h"
#include "learn/options_text.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "learn/optimizer.cpp"
#include <hwy/foreach_target.h>  // re-includes this file for every target but one
#include <hwy/highway.h>

#ifndef MINIMAND_LEARN_OPTIMIZER_STEP
#define MINIMAND_LEARN_OPTIMIZER_STEP
namespace minimand::learn {
struct StepCall {
  const double* constants;
  float* parameters;
  const float* gradient;
  float* const* state;
  std::int64_t n;
};
}  // namespace minimand::learn
#endif

HWY_BEFORE_NAMESPACE();
namespace minimand::learn::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
#define FORMULA HWY_INLINE
#include "number/simd.inc"

#include "learn/optimizers/all.inc"
#undef FORMULA

template <class O>
void update_all(const StepCall& call) {
  const hn::ScalableTag<float> d;
  using Z = Real<hn::ScalableTag<float>>;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  Z c[Optimizer::max_constants], s[O::states];
  for (int i = 0; i < Optimizer::max_constants; ++i) c[i] = Z(call.constants[i]);
  const O optimizer;
  std::int64_t i = 0;
  for (; i + lanes <= call.n; i += lanes) {
    for (int k = 0; k < O::states; ++k) s[k] = Z(hn::LoadU(d, call.state[k] + i));
    const Z w = optimizer(Z(hn::LoadU(d, call.parameters + i)), Z(hn::LoadU(d, call.gradient + i)), s, c);
    hn::StoreU(w.raw, d, call.parameters + i);
    for (int k = 0; k < O::states; ++k) hn::StoreU(s[k].raw, d, call.state[k] + i);
  }
  if (i == call.n) return;
  // The last elements, in vectors of one.
  const hn::CappedTag<float, 1> one;
  using Z1 = Real<hn::CappedTag<float, 1>>;
  Z1 c1[Optimizer::max_constants], s1[O::states];
  for (int k = 0; k < Optimizer::max_constants; ++k) c1[k] = Z1(call.constants[k]);
  for (; i < call.n; ++i) {
    for (int k = 0; k < O::states; ++k) s1[k] = Z1(hn::Load(one, call.state[k] + i));
    const Z1 w =
        optimizer(Z1(hn::Load(one, call.parameters + i)), Z1(hn::Load(one, call.gradient + i)), s1, c1);
    hn::Store(w.raw, one, call.parameters + i);
    for (int k = 0; k < O::states; ++k) hn::Store(s1[k].raw, one, call.state[k] + i);
  }
}

template <std::size_t... I>
void choose(int index, const StepCall& call, std::index_sequence<I...>) {
  ((static_cast<int>(I) == index ? update_all<std::tuple_element_t<I, Optimizers>>(call) : void()), ...);
}
void step(int index, const StepCall& call) {
  choose(index, call, std::make_index_sequence<std::tuple_size_v<Optimizers>>());
}
}  // namespace minimand::learn::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace minimand::learn {
HWY_EXPORT(step);

namespace {

using List = HWY_NAMESPACE::Optimizers;
template <class O>
OptimizerEntry entry_of() {
  static_assert(O::states <= Optimizer::max_states && std::string_view(O::params[0].name) == "lr");
  return {O::name, O::summary, O::reference, O::params, O::states};
}
template <std::size_t... I>
std::span<const OptimizerEntry> entries(std::index_sequence<I...>) {
  static const OptimizerEntry list[] = {entry_of<std::tuple_element_t<I, List>>()...};
  return list;
}
template <std::size_t... I>
void fill_constants(int index, const double* values, double number, double* out, std::index_sequence<I...>) {
  ((static_cast<int>(I) == index ? std::tuple_element_t<I, List>::constants(values, number, out) : void()),
   ...);
}
using Numbers = std::make_index_sequence<std::tuple_size_v<List>>;

bool inside(const facts::Domain& range, double x) {
  return (range.low_open ? x > range.low : x >= range.low) &&
         (range.high_open ? x < range.high : x <= range.high);
}

}  // namespace

std::span<const OptimizerEntry> optimizers() { return entries(Numbers()); }

Optimizer::Optimizer(std::string_view text) : entry_(nullptr), index_(0) {
  const OptionsText spec = parse_options(text, "optimiser");
  std::vector<std::string_view> names;
  for (const OptimizerEntry& entry : optimizers()) {
    names.push_back(entry.name);
    if (spec.name == entry.name) entry_ = &entry;
  }
  if (!entry_) {
    throw error(error_code::PAR005,
                "unknown optimiser \"" + escaped(spec.name) + "\"" + suggestion(spec.name, names));
  }
  index_ = static_cast<int>(entry_ - optimizers().data());
  names.clear();
  for (const facts::Param& param : entry_->params) {
    names.push_back(param.name);
    values_.push_back(param.value);
  }
  for (const auto& [key, value] : spec.options) {
    std::size_t i = 0;
    while (i < names.size() && names[i] != key) ++i;
    if (i == names.size()) {
      throw error(error_code::PAR005, "optimiser " + spec.name + " has no option \"" + escaped(key) + "\"" +
                                          suggestion(key, names));
    }
    values_[i] = parse_number(value, "optimiser " + spec.name + ": " + key);
    if (const facts::Domain& range = entry_->params[i].range; !inside(range, values_[i])) {
      throw error(error_code::PAR005, "optimiser " + spec.name + ": " + key + " is " + escaped(value) +
                                          "; it must be " + range.text);
    }
  }
}

std::string Optimizer::text() const { return text_with_rate(rate()); }

std::string Optimizer::text_with_rate(double rate) const {
  std::string text = entry_->name;
  for (std::size_t i = 0; i < values_.size(); ++i) {
    const double value = i == 0 ? rate : values_[i];
    if (value == entry_->params[i].value) continue;
    text.append(":").append(entry_->params[i].name).append("=").append(number_text(value));
  }
  return text;
}

Optimizer::Step Optimizer::step(std::int64_t number) const {
  Step step;
  fill_constants(index_, values_.data(), static_cast<double>(number), step.constants, Numbers());
  return step;
}

void Optimizer::update(const Step& step_constants, float* parameters, const float* gradient,
                       float* const* state, std::int64_t n) const {
  HWY_DYNAMIC_DISPATCH(step)(index_, {step_constants.constants, parameters, gradient, state, n});
}

}  // namespace minimand::learn
#endif
