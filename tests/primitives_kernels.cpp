// The primitives compiled for every target.
#include "primitives_kernels.h"

#include "facts/facts.h"  // constants of the primitives

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "primitives_kernels.cpp"
#include <hwy/foreach_target.h>  // first: re-includes this file for every target but one
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace minimand::primitives::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
#define FORMULA HWY_INLINE
#include "number/simd.inc"
#include "primitives/elementary.inc"
#include "primitives/gamma.inc"
#include "primitives/rules.inc"
#include "primitives/wide.inc"
#undef FORMULA

#define CORE(name, expression)                    \
  struct Core_##name {                            \
    static constexpr int inputs = 1, outputs = 1; \
    template <class V>                            \
    HWY_INLINE static Rule<V> call(V x, V, V) {   \
      return {expression, V(0.0), V(0.0)};        \
    }                                             \
  };
#define RULE(id, name, count, ...)                    \
  struct Rule_##id {                                  \
    static constexpr int inputs = count, outputs = 3; \
    template <class V>                                \
    HWY_INLINE static Rule<V> call(V a, V b, V c) {   \
      (void)b, (void)c;                               \
      return rule_##name(__VA_ARGS__);                \
    }                                                 \
  };
CORE(exp, core_exp(x))
CORE(exp_scaled, core_exp_scaled(x, 12))
CORE(exp_nonpositive, core_exp_nonpositive(x))
CORE(expm1, core_expm1(x))
CORE(log, core_log(x))
CORE(log1p, core_log1p(x))
CORE(log1p_unit, core_log1p_unit(x))
CORE(tanh, core_tanh(x))
CORE(digamma, core_digamma(x))
CORE(trigamma, core_trigamma(x))
RULE(exp, exp, 1, a)
RULE(expm1, expm1, 1, a)
RULE(log, log, 1, a)
RULE(log1p, log1p, 1, a)
RULE(tanh, tanh, 1, a)
RULE(sqrt, sqrt, 1, a)
RULE(lgamma, lgamma, 1, a)
RULE(softplus, softplus, 1, a)
RULE(sigmoid, sigmoid, 1, a)
RULE(log_cosh, log_cosh, 1, a)
RULE(xlogx, xlogx, 1, a)
RULE(logistic_nll, logistic_nll, 2, a, b)
RULE(poisson_nll, poisson_nll, 2, a, b)
RULE(xlogy, xlogy, 2, a, b)
RULE(xlog1py, xlog1py, 2, a, b)
RULE(kl_term, kl_term, 2, a, b)
RULE(weighted_logistic_nll, logistic_nll, 3, a, b, c)
RULE(focal_nll, focal_nll, 3, a, b, c)
#undef CORE
#undef RULE
struct Fma {
  static constexpr int inputs = 3, outputs = 1;
  template <class V>
  HWY_INLINE static Rule<V> call(V a, V b, V c) {
    return {fma(a, b, c), V(0.0), V(0.0)};
  }
};
struct Fnma {
  static constexpr int inputs = 3, outputs = 1;
  template <class V>
  HWY_INLINE static Rule<V> call(V a, V b, V c) {
    return {fnma(a, b, c), V(0.0), V(0.0)};
  }
};

template <class F, class T>
void run(const T* const in[3], T* const out[3], size_t n) {
  const hn::ScalableTag<T> tag;
  using V = Real<hn::ScalableTag<T>>;
  for (size_t i = 0; i < n; i += hn::Lanes(tag)) {
    const auto load = [&](int k) { return V(hn::LoadU(tag, in[F::inputs > k ? k : 0] + i)); };
    const V a(load(0)), b(load(1)), c(load(2));
    const Rule<V> r = F::call(a, b, c);
    hn::StoreU(canonical(r.v).raw, tag, out[0] + i);
    if constexpr (F::outputs == 3) {
      hn::StoreU(canonical(r.d).raw, tag, out[1] + i);
      hn::StoreU(canonical(r.h).raw, tag, out[2] + i);
    }
  }
}

template <class T>
std::span<const Function<T>> functions() {
#define ENTRY(id, name) \
  { name, id::inputs, id::outputs, run<id, T> }
  static const Function<T> all[] = {
      ENTRY(Core_exp, "exp"),
      ENTRY(Core_exp_scaled, "exp_scaled"),
      ENTRY(Core_exp_nonpositive, "exp_nonpositive"),
      ENTRY(Core_expm1, "expm1"),
      ENTRY(Core_log, "log"),
      ENTRY(Core_log1p, "log1p"),
      ENTRY(Core_log1p_unit, "log1p_unit"),
      ENTRY(Core_tanh, "tanh"),
      ENTRY(Core_digamma, "digamma"),
      ENTRY(Core_trigamma, "trigamma"),
      ENTRY(Rule_exp, "rule_exp"),
      ENTRY(Rule_expm1, "rule_expm1"),
      ENTRY(Rule_log, "rule_log"),
      ENTRY(Rule_log1p, "rule_log1p"),
      ENTRY(Rule_tanh, "rule_tanh"),
      ENTRY(Rule_sqrt, "rule_sqrt"),
      ENTRY(Rule_lgamma, "rule_lgamma"),
      ENTRY(Rule_softplus, "rule_softplus"),
      ENTRY(Rule_sigmoid, "rule_sigmoid"),
      ENTRY(Rule_log_cosh, "rule_log_cosh"),
      ENTRY(Rule_xlogx, "rule_xlogx"),
      ENTRY(Rule_logistic_nll, "rule_logistic_nll"),
      ENTRY(Rule_poisson_nll, "rule_poisson_nll"),
      ENTRY(Rule_xlogy, "rule_xlogy"),
      ENTRY(Rule_xlog1py, "rule_xlog1py"),
      ENTRY(Rule_kl_term, "rule_kl_term"),
      ENTRY(Rule_weighted_logistic_nll, "rule_weighted_logistic_nll"),
      ENTRY(Rule_focal_nll, "rule_focal_nll"),
      ENTRY(Fma, "fma"),
      ENTRY(Fnma, "fnma"),
  };
#undef ENTRY
  return all;
}
void fill(Target* out) {
  out->single_functions = functions<float>();
  out->double_functions = functions<double>();
}
}  // namespace minimand::primitives::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace minimand::primitives {
std::vector<Target> targets() {
  std::vector<Target> found;
  const auto add = [&](int64_t bit, const char* name, void (*fill)(Target*)) {
    if ((hwy::SupportedTargets() & bit) == 0 && bit != HWY_STATIC_TARGET) return;
    Target target{name, {}, {}};
    fill(&target);
    found.push_back(target);
  };
#if HWY_TARGETS & HWY_SCALAR
  add(HWY_SCALAR, "SCALAR", N_SCALAR::fill);
#endif
#if HWY_TARGETS & HWY_AVX2
  add(HWY_AVX2, "AVX2", N_AVX2::fill);
#endif
#if HWY_TARGETS & HWY_AVX3
  add(HWY_AVX3, "AVX3", N_AVX3::fill);
#endif
#if HWY_TARGETS & HWY_NEON
  add(HWY_NEON, "NEON", N_NEON::fill);
#endif
  return found;
}
}  // namespace minimand::primitives
#endif
