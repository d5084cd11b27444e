// The primitives in a wider type F (double for f32, long double for f64), written from their definitions,
// with what is needed to judge an error: numerics of true differences are measured against the size of their
// terms, and a result that hangs exponentially on a rounded intermediate is allowed half an ulp of that,
// times its condition.
#pragma once

#include <mpfr.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string_view>

namespace minimand::primitives {

template <class F>
struct Exact {
  F v, d = 0, h = 0;
  F v_terms = 0, d_terms = 0, h_terms = 0;  // sum of the sizes of the terms; 0: the result itself counts
  F condition = 0;
};

template <class F>
F square(F x) {
  return x * x;
}
template <class F>
F logistic(F x) {
  const F e = std::exp(-std::abs(x));
  return (x >= 0 ? 1 : e) / (1 + e);
}
template <class F>
F softplus(F x) {
  return std::max<F>(x, 0) + std::log1p(std::exp(-std::abs(x)));
}
template <class F>
F log_cosh(F x) {
  const F a = std::abs(x);
  if (a < 1) return std::log1p(square(std::sinh(a))) / 2;
  return a + std::log1p(std::exp(-2 * a)) - 0.693147180559945309417232121458176568L;
}
// 1 - tanh^2 x
template <class F>
F bell(F x) {
  const F e = std::exp(-2 * std::abs(x));
  return 4 * e / square(1 + e);
}
template <class F>
F by_mpfr(int (*function)(mpfr_t, const mpfr_t, mpfr_rnd_t), F x) {
  mpfr_t a;
  mpfr_init2(a, 200);
  mpfr_set_ld(a, x, MPFR_RNDN);
  function(a, a, MPFR_RNDN);
  const F r = static_cast<F>(mpfr_get_ld(a, MPFR_RNDN));
  mpfr_clear(a);
  return r;
}
// The recurrence up to 24 (positive terms), then 1/x + z/2 + sum of B_2k / x^(2k+1), z = 1/x^2.
template <class F>
F trigamma(F x) {
  constexpr long double b[] = {1.0L / 6,  -1.0L / 30,     1.0L / 42, -1.0L / 30,
                               5.0L / 66, -691.0L / 2730, 7.0L / 6};
  F below = 0;
  for (; x < 24; x += 1) below += 1 / square(x);
  F series = 0, z = 1 / x / x;
  for (int k = 7; k > 0; --k) series = (series + b[k - 1]) * z;
  return below + 1 / x + z / 2 + series / x;
}

template <class F>
Exact<F> exact_logistic_nll(F z, F positive, F negative) {
  const F far = (z >= 0 ? negative : positive), weight = negative + positive;
  const F pull = negative * logistic(z), push = positive * logistic(-z);
  return {(far == 0 ? 0 : far * std::abs(z)) + weight * std::log1p(std::exp(-std::abs(z))),
          pull - push,
          weight * logistic(z) * logistic(-z),
          0,
          pull + push,
          0,
          0};
}
// w = 1 - p: v = w^gamma L; the derivatives of ln w by e = exp(-|z|).
template <class F>
Exact<F> exact_focal_nll(F z, F y, F gamma) {
  const Exact<F> loss = exact_logistic_nll<F>(z, y, 1 - y);
  const F a = std::abs(z), e = std::exp(-a), c = z >= 0 ? 1 - y : y, k = z >= 0 ? y : 1 - y;
  const F log_w = c == 0 ? std::log(k) - a - std::log1p(e) : std::log(c + k * e) - std::log1p(e);
  const F ratio = (1 - 2 * y) * (c == 0 ? 1 / (k * (1 + e)) : e / ((c + k * e) * (1 + e)));
  const F bend = (1 - 2 * y) * (c == 0 ? 1 / k : e / (c + k * e)) / (1 + e) * (logistic(-z) - logistic(z)) -
                 square(ratio);
  const F p = std::exp(gamma == 0 ? 0 : gamma * log_w);
  const F first = gamma * ratio * loss.v, t1 = (gamma * bend + square(gamma * ratio)) * loss.v,
          t2 = 2 * gamma * ratio * loss.d;
  const F bend_terms = gamma * (std::abs(ratio) + square(ratio)) + square(gamma * ratio);
  return {p * loss.v,
          p * (first + loss.d),
          p * (t1 + t2 + loss.h),
          0,
          p * (std::abs(first) + loss.d_terms),
          p * (bend_terms * loss.v + 2 * gamma * std::abs(ratio) * loss.d_terms + loss.h),
          y == 0 || y == 1 ? 0 : 2 * std::abs(gamma * log_w)};  // ln(c + k e) and its sum with l are rounded
}
template <class F>
Exact<F> exact_poisson_nll(F z, F y) {
  const F e = std::exp(z), yz = y == 0 ? 0 : y * z;
  return {e - yz, e - y, e, e + std::abs(yz), e + y, 0, 0};
}
template <class F>
Exact<F> exact_kl_term(F t, F p) {
  if (t == 0) return {0};
  const F log = std::abs(t - p) < p / 2 ? std::log1p((t - p) / p) : std::log(t) - std::log(p);
  return {t * log, -t / p, t / p / p};
}

// By the names of primitives_kernels.cpp.
template <class F>
Exact<F> exact(std::string_view name, F a, F b, F c) {
  if (name == "fma") return {static_cast<F>(a * b + c)};
  if (name == "exp") return {std::exp(a)};
  if (name == "exp_scaled") return {std::ldexp(std::exp(a), -12)};
  if (name == "exp_nonpositive") return {std::exp(a)};
  if (name == "expm1") return {std::expm1(a)};
  if (name == "log") return {std::log(a)};
  if (name == "log1p" || name == "log1p_unit") return {std::log1p(a)};
  if (name == "tanh") return {std::tanh(a)};
  if (name == "digamma") return {by_mpfr(mpfr_digamma, a)};
  if (name == "trigamma") return {trigamma(a)};
  if (name == "rule_exp") return {std::exp(a), std::exp(a), std::exp(a)};
  if (name == "rule_expm1") return {std::expm1(a), std::exp(a), std::exp(a)};
  if (name == "rule_log") return {std::log(a), 1 / a, -1 / a / a};
  if (name == "rule_log1p") return {std::log1p(a), 1 / (1 + a), -1 / square(1 + a)};
  if (name == "rule_tanh") return {std::tanh(a), bell(a), -2 * std::tanh(a) * bell(a)};
  if (name == "rule_sqrt") return {std::sqrt(a), 1 / (2 * std::sqrt(a)), -1 / (4 * a * std::sqrt(a))};
  if (name == "rule_lgamma") return {by_mpfr(mpfr_lngamma, a), by_mpfr(mpfr_digamma, a), trigamma(a)};
  if (name == "rule_softplus") return {softplus(a), logistic(a), logistic(a) * logistic(-a)};
  if (name == "rule_sigmoid") {
    return {logistic(a), logistic(a) * logistic(-a), -logistic(a) * logistic(-a) * std::tanh(a / 2)};
  }
  if (name == "rule_log_cosh") return {log_cosh(a), std::tanh(a), bell(a)};
  if (name == "rule_xlogx")
    return {a == 0 ? 0 : a * std::log(a), std::log(a) + 1, 1 / a, 0, std::abs(std::log(a)) + 1, 0, 0};
  if (name == "rule_logistic_nll") return exact_logistic_nll<F>(a, b, 1 - b);
  if (name == "rule_weighted_logistic_nll") return exact_logistic_nll<F>(a, b, c);
  if (name == "rule_focal_nll") return exact_focal_nll<F>(a, b, c);
  if (name == "rule_poisson_nll") return exact_poisson_nll<F>(a, b);
  if (name == "rule_xlogy") return a == 0 ? Exact<F>{0} : Exact<F>{a * std::log(b), a / b, -a / b / b};
  if (name == "rule_xlog1py")
    return a == 0 ? Exact<F>{0} : Exact<F>{a * std::log1p(b), a / (1 + b), -a / square(1 + b)};
  if (name == "rule_kl_term") return exact_kl_term<F>(a, b);
  return {std::numeric_limits<F>::quiet_NaN()};
}

// |got - exact| in units of the last place of T at `size`, not below the least subnormal.
template <class T, class F>
double ulps(T got, F exact, F size) {
  using L = std::numeric_limits<T>;
  const int exponent = size == 0 ? L::min_exponent : std::max(std::ilogb(size) + 1, L::min_exponent);
  return static_cast<double>(std::ldexp(std::abs(got - exact), L::digits - exponent));
}
// 0 where both are the same infinity, zero or NaN; infinite where only one is infinite or NaN.
template <class T, class F>
double error_of(T got, F exact, F terms, F condition) {
  const T rounded = static_cast<T>(exact);
  if (std::isnan(exact) || std::isnan(got)) {
    return std::isnan(exact) && std::isnan(got) ? 0 : std::numeric_limits<double>::infinity();
  }
  if (std::isinf(rounded) || std::isinf(got)) {
    return rounded == got ? 0 : std::numeric_limits<double>::infinity();
  }
  return std::max(
      0.0, ulps<T, F>(got, exact, std::max(std::abs(exact), terms)) - static_cast<double>(condition) / 2);
}

}  // namespace minimand::primitives
