// How far a result lies from the exact one, and how far it may.
//
//   ulp    abs(got - exact) / ulp(exact), ulp of the result's type, floored at the least subnormal
//   net    the same, less what half an ulp of each rounded argument of a function hands on: beyond the loss's reach
//   terms  abs(got - exact) / (u (abs a + abs b)), where the result is a difference of terms a and b
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "facts/facts.h"
#include "oracle.h"

namespace minimand::accuracy {

template <class T> inline constexpr int significand = std::numeric_limits<T>::digits;

struct Error {
  double ulp = 0, net = 0, terms = 0;
  bool cancels = false;
};

template <class T>
Error error_of(T got, const oracle::Number& exact) {
  constexpr double never = std::numeric_limits<double>::infinity();
  constexpr long least = std::numeric_limits<T>::min_exponent - significand<T>;
  const Error wrong{never, never, never, false};
  if (mpfr_nan_p(exact.raw) || std::isnan(got)) return wrong;
  if (got == 0 && std::signbit(got)) return wrong;  // every zero is +0
  // Infinity stands for the number after the largest: results next to it are judged like any other.
  oracle::Number limit(1.0), distance(static_cast<double>(std::isinf(got) ? 0 : got));
  mpfr_mul_2si(limit.raw, limit.raw, std::numeric_limits<T>::max_exponent, MPFR_RNDN);
  if (std::isinf(got)) {
    const bool same_side = (got > 0) == (mpfr_sgn(exact.raw) > 0);
    if (same_side && mpfr_cmpabs(exact.raw, limit.raw) >= 0) return {};
    distance = got > 0 ? limit : -limit;
  } else if (mpfr_cmpabs(exact.raw, limit.raw) >= 0) {
    return wrong;
  }
  mpfr_sub(distance.raw, distance.raw, exact.raw, MPFR_RNDN);
  mpfr_abs(distance.raw, distance.raw, MPFR_RNDN);
  const long own = mpfr_zero_p(exact.raw) ? least : static_cast<long>(mpfr_get_exp(exact.raw)) - significand<T>;
  const long floored = std::max(own, least);
  const long double error = mpfr_get_ld(distance.raw, MPFR_RNDN), size = exact.size();
  const long double ulp = std::ldexp(1.0L, static_cast<int>(floored));
  const long double beyond = std::min(error, std::ldexp(exact.condition, -significand<T>));
  Error e;
  e.ulp = static_cast<double>(error / ulp);
  e.net = static_cast<double>((error - beyond) / ulp);
  e.cancels = exact.terms > 1.001L * size;
  if (e.cancels) {
    e.terms = static_cast<double>((error - beyond) / std::max(ulp, std::ldexp(exact.terms, -significand<T>)));
  }
  return e;
}

// What the contract allows an output: `v`, `g` or `h`.
struct Bound {
  double ulp, terms;
  bool may_cancel;
};
inline Bound bound_of(const facts::Facts& f, bool f32, char output, int classes) {
  using facts::Accuracy;
  const bool value = output == 'v', second = output == 'h';
  if (f.accuracy == Accuracy::unbounded) return {HUGE_VAL, HUGE_VAL, false};
  if (f.accuracy == Accuracy::piecewise) return {value ? 2.0 : 1.0, 0, false};
  // The gradient of a scaled loss rounds twice: the residual, then its quotient by the scale.
  if (f.accuracy == Accuracy::piecewise_scaled) return {value ? 4.0 : second ? 1.0 : 1.5, 0, false};
  if (f.accuracy == Accuracy::composite) return {second ? 7.0 : 4.0, 3, true};
  if (classes > 0) return {f32 ? 3.0 : 4 + std::log2(classes) / 2, 3, true};
  return {f32 ? (second ? 3.0 : 2.0) : (second ? 4.0 : 3.0), 3, true};
}

// The largest errors of one output of one loss.
struct Cell {
  Bound bound{};
  long long points = 0, cancelling = 0;
  double ulp = 0, net = 0, terms = 0, strain = 0;  // strain: the largest part of the bound that was used
  std::string worst;                               // the input that strains most
  bool meets() const { return strain <= 1; }

  // What part of its bound an error takes. A difference whose terms hardly cancel may be as good as a sum.
  bool judged_by_terms(const Error& e) const {
    return bound.may_cancel && e.cancels && e.terms / bound.terms < e.net / bound.ulp;
  }
  double part(const Error& e) const { return judged_by_terms(e) ? e.terms / bound.terms : e.net / bound.ulp; }
  template <class Describe>
  bool add(const Error& e, Describe describe) {
    ++points;
    ulp = std::max(ulp, e.ulp);
    if (judged_by_terms(e)) {
      ++cancelling;
      terms = std::max(terms, e.terms);
    } else {
      net = std::max(net, e.net);
    }
    if (!(part(e) > strain)) return false;
    strain = part(e);
    worst = describe();
    return true;
  }
};

}  // namespace minimand::accuracy
