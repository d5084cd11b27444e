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
  double l1;
};
}  // namespace minimand::learn
#endif

HWY_BEFORE_NAMESPACE();
namespace minimand::learn::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
#define FORMULA HWY_INLINE
#include "number/simd.inc"

// What a step does to a parameter: where it is now, and how far a lasting gradient of 1 would move it each time.
template <class Z>
struct Move {
  Z w, rate;
};
#include "learn/optimizers/all.inc"
#undef FORMULA

template <class O>
constexpr bool has_formula = O::states > 0;

// Of l1 * abs(w): sign(w) max(abs(w) - rate * l1, 0).
template <class D>
HWY_INLINE Real<D> proximal(Move<Real<D>> move, Real<D> l1) {
  const Real<D> size = core_abs(move.w) - move.rate * l1;
  return Real<D>(hn::CopySign(hn::Max(size.raw, hn::Zero(D())), move.w.raw));
}

template <class O>
void update_all(const StepCall& call) {
  const hn::ScalableTag<float> d;
  using Z = Real<hn::ScalableTag<float>>;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  Z c[Optimizer::max_constants], s[O::states];
  for (int i = 0; i < Optimizer::max_constants; ++i) c[i] = Z(call.constants[i]);
  const O optimizer;
  const Z l1(call.l1);
  std::int64_t i = 0;
  for (; i + lanes <= call.n; i += lanes) {
    for (int k = 0; k < O::states; ++k) s[k] = Z(hn::LoadU(d, call.state[k] + i));
    const Move<Z> move =
        optimizer(Z(hn::LoadU(d, call.parameters + i)), Z(hn::LoadU(d, call.gradient + i)), s, c);
    hn::StoreU((call.l1 > 0 ? proximal(move, l1) : move.w).raw, d, call.parameters + i);
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
    const Move<Z1> move =
        optimizer(Z1(hn::Load(one, call.parameters + i)), Z1(hn::Load(one, call.gradient + i)), s1, c1);
    hn::Store((call.l1 > 0 ? proximal(move, Z1(call.l1)) : move.w).raw, one, call.parameters + i);
    for (int k = 0; k < O::states; ++k) hn::Store(s1[k].raw, one, call.state[k] + i);
  }
}

template <class O>
void update_by(const StepCall& call) {
  if constexpr (has_formula<O>) update_all<O>(call);
}

template <std::size_t... I>
void choose(int index, const StepCall& call, std::index_sequence<I...>) {
  ((static_cast<int>(I) == index ? update_by<std::tuple_element_t<I, Optimizers>>(call) : void()), ...);
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
constexpr OptimizerEntry entry_of() {
  static_assert(O::states <= Optimizer::max_states);
  if constexpr (HWY_NAMESPACE::has_formula<O>)
    return {O::name, O::summary, O::reference, O::params, O::states, Method::batches, 10};
  else
    return {O::name, O::summary, O::reference, O::params, 0, O::method, O::epochs};
}
template <std::size_t... I>
std::span<const OptimizerEntry> entries(std::index_sequence<I...>) {
  static const OptimizerEntry list[] = {entry_of<std::tuple_element_t<I, List>>()...};
  return list;
}
template <class O>
void constants_of(const double* values, double number, double* out) {
  if constexpr (HWY_NAMESPACE::has_formula<O>) O::constants(values, number, out);
}
template <std::size_t... I>
void fill_constants(int index, const double* values, double number, double* out, std::index_sequence<I...>) {
  ((static_cast<int>(I) == index ? constants_of<std::tuple_element_t<I, List>>(values, number, out) : void()),
   ...);
}
using Numbers = std::make_index_sequence<std::tuple_size_v<List>>;

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
  values_ = parameter_values(spec, entry_->params, "optimiser");
}

std::string Optimizer::text() const { return parameters_text(entry_->name, entry_->params, values_); }

std::string Optimizer::text_with_rate(double rate) const {
  std::vector<double> values = values_;
  values[0] = rate;
  return parameters_text(entry_->name, entry_->params, values);
}

double Optimizer::rate() const noexcept {
  return std::string_view(entry_->params[0].name) == "lr" ? values_[0] : facts::none;
}

double Optimizer::value(std::string_view parameter) const {
  for (std::size_t i = 0; i < values_.size(); ++i)
    if (parameter == entry_->params[i].name) return values_[i];
  throw error(error_code::INT001, "optimiser " + std::string(entry_->name) + " has no such parameter");
}

Optimizer::Step Optimizer::step(std::int64_t number, double factor) const {
  Step step;
  std::vector<double> values = values_;
  values[0] *= factor;
  fill_constants(index_, values.data(), static_cast<double>(number), step.constants, Numbers());
  return step;
}

void Optimizer::update(const Step& step_constants, float* parameters, const float* gradient,
                       float* const* state, std::int64_t n, double l1) const {
  HWY_DYNAMIC_DISPATCH(step)(index_, {step_constants.constants, parameters, gradient, state, n, l1});
}

}  // namespace minimand::learn
#endif
