// Tests of the elementary functions and rules at single points: special values, overflow, mirror images, and
// fma.
#include <gtest/gtest.h>
#include <mpfr.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <initializer_list>
#include <limits>
#include <random>
#include <vector>

#include "primitives_support.h"

namespace minimand::primitives {
namespace {

struct Row {
  const char* name;
  std::initializer_list<double> in;
  std::initializer_list<double> out;  // bitwise in the type, zeros +0
};
const Row rows[] = {
    {"exp", {inf}, {inf}},
    {"exp", {-inf}, {0}},
    {"exp", {nan}, {nan}},
    {"exp", {0}, {1}},
    {"exp", {1e30}, {inf}},
    {"exp_scaled", {0}, {0x1p-12}},
    {"exp_nonpositive", {-inf}, {0}},
    {"exp_nonpositive", {nan}, {nan}},
    {"expm1", {inf}, {inf}},
    {"expm1", {-inf}, {-1}},
    {"expm1", {nan}, {nan}},
    {"expm1", {0x1p-149}, {0x1p-149}},
    {"expm1", {-100}, {-1}},
    {"log", {0}, {-inf}},
    {"log", {-0.0}, {-inf}},
    {"log", {1}, {0}},
    {"log", {inf}, {inf}},
    {"log", {-1}, {nan}},
    {"log", {-inf}, {nan}},
    {"log", {nan}, {nan}},
    {"log1p", {-1}, {-inf}},
    {"log1p", {-2}, {nan}},
    {"log1p", {inf}, {inf}},
    {"log1p", {nan}, {nan}},
    {"log1p", {-0x1p-149}, {-0x1p-149}},
    {"tanh", {inf}, {1}},
    {"tanh", {-inf}, {-1}},
    {"tanh", {nan}, {nan}},
    {"tanh", {-0x1p-149}, {-0x1p-149}},
    {"rule_log", {0}, {-inf, inf, -inf}},
    {"rule_log", {-0.0}, {-inf, inf, -inf}},
    {"rule_log", {-1}, {nan, nan, nan}},
    {"rule_log1p", {-1}, {-inf, inf, -inf}},
    {"rule_sqrt", {0}, {0, inf, -inf}},
    {"rule_sqrt", {inf}, {inf, 0, 0}},
    {"rule_lgamma", {0}, {inf, -inf, inf}},
    {"rule_lgamma", {inf}, {inf, inf, 0}},
    {"rule_lgamma", {nan}, {nan, nan, nan}},
    {"rule_lgamma", {-0.5}, {nan, nan, nan}},
    {"rule_softplus", {inf}, {inf, 1, 0}},
    {"rule_softplus", {-inf}, {0, 0, 0}},
    {"rule_softplus", {nan}, {nan, nan, nan}},
    {"rule_sigmoid", {inf}, {1, 0, 0}},
    {"rule_sigmoid", {-inf}, {0, 0, 0}},
    {"rule_sigmoid", {0}, {0.5, 0.25, 0}},
    {"rule_log_cosh", {inf}, {inf, 1, 0}},
    {"rule_log_cosh", {-inf}, {inf, -1, 0}},
    {"rule_log_cosh", {0}, {0, 0, 1}},
    {"rule_log_cosh", {nan}, {nan, nan, nan}},
    {"rule_xlogx", {0}, {0, -inf, inf}},
    {"rule_xlogx", {1}, {0, 1, 1}},
    {"rule_xlogx", {nan}, {nan, nan, nan}},
    {"rule_logistic_nll", {1e4, 1}, {0, 0, 0}},
    {"rule_logistic_nll", {-1e4, 0}, {0, 0, 0}},
    {"rule_logistic_nll", {1e4, 0}, {1e4, 1, 0}},
    {"rule_logistic_nll", {-1e4, 1}, {1e4, -1, 0}},
    {"rule_logistic_nll", {inf, 1}, {0, 0, 0}},
    {"rule_logistic_nll", {-inf, 0}, {0, 0, 0}},
    {"rule_logistic_nll", {inf, 0}, {inf, 1, 0}},
    {"rule_logistic_nll", {-inf, 1}, {inf, -1, 0}},
    {"rule_logistic_nll", {inf, 0.25}, {inf, 0.75, 0}},
    {"rule_logistic_nll", {-inf, 0.25}, {inf, -0.25, 0}},
    {"rule_logistic_nll", {nan, 1}, {nan, nan, nan}},
    {"rule_logistic_nll", {0, nan}, {nan, nan, nan}},
    {"rule_weighted_logistic_nll", {-inf, 0, 0}, {0, 0, 0}},
    {"rule_weighted_logistic_nll", {-1e4, 2, 0}, {2e4, -2, 0}},
    {"rule_focal_nll", {inf, 1, 0.5}, {0, 0, 0}},
    {"rule_focal_nll", {-inf, 0, 0.5}, {0, 0, 0}},
    {"rule_focal_nll", {inf, 1, 2}, {0, 0, 0}},
    {"rule_focal_nll", {-inf, 1, 2}, {inf, -1, 0}},
    {"rule_focal_nll", {inf, 0, 2}, {inf, 1, 0}},
    {"rule_focal_nll", {inf, 0, 0.5}, {inf, 1, 0}},
    {"rule_focal_nll", {nan, 0, 2}, {nan, nan, nan}},
    {"rule_poisson_nll", {inf, 0}, {inf, inf, inf}},
    {"rule_poisson_nll", {inf, 3}, {inf, inf, inf}},
    {"rule_poisson_nll", {-inf, 0}, {0, 0, 0}},
    {"rule_poisson_nll", {-inf, 3}, {inf, -3, 0}},
    {"rule_poisson_nll", {nan, 3}, {nan, nan, nan}},
    {"rule_xlogy", {0, 0}, {0, 0, 0}},
    {"rule_xlogy", {0, inf}, {0, 0, 0}},
    {"rule_xlogy", {0, nan}, {nan, nan, nan}},
    {"rule_xlogy", {1, 0}, {-inf, inf, -inf}},
    {"rule_xlog1py", {0, -1}, {0, 0, 0}},
    {"rule_xlog1py", {1, -1}, {-inf, inf, -inf}},
    {"rule_kl_term", {0, 0}, {0, 0, 0}},
    {"rule_kl_term", {0.5, 0}, {inf, -inf, inf}},
    {"rule_kl_term", {0.25, 0.25}, {0, -1, 4}},
    {"rule_kl_term", {0, nan}, {nan, nan, nan}},
};

template <class T>
void special_values() {
  for (const Target& target : targets()) {
    for (const Row& row : rows) {
      if (sizeof(T) == 8 && row.in.begin()[0] == 0x1p-149) continue;
      const Run<T> run(named<T>(target, row.name), row.in);
      for (size_t k = 0; k < row.out.size(); ++k) {
        const T want = static_cast<T>(row.out.begin()[k]), got = run.out[k][0];
        EXPECT_EQ(std::bit_cast<Bits<T>>(got), std::bit_cast<Bits<T>>(want))
            << target.name << " " << row.name << "(" << row.in.begin()[0] << ", ...) output " << k << " is "
            << got << ", not " << want;
      }
    }
  }
}
TEST(PrimitiveValues, SpecialValuesSingle) { special_values<float>(); }
TEST(PrimitiveValues, SpecialValuesDouble) { special_values<double>(); }

template <class T>
void overflow_is_judged_on_the_result() {
  for (const Target& target : targets()) {
    const double edge = sizeof(T) == 4 ? 88.75 : 709.8;  // e^edge is just above the largest number
    const double y = sizeof(T) == 4 ? 0x1p121 : 0x1p1014;
    const Run<T> run(named<T>(target, "rule_poisson_nll"), {edge, y});
    EXPECT_TRUE(std::isfinite(run.out[0][0])) << target.name;
    const Run<T> slope(named<T>(target, "rule_poisson_nll"), {edge, y * 0x1p5});
    EXPECT_TRUE(std::isfinite(slope.out[1][0])) << target.name;
    EXPECT_EQ(slope.out[2][0], std::numeric_limits<T>::infinity()) << target.name;
  }
}
TEST(PrimitiveValues, OverflowIsJudgedOnTheResult) {
  overflow_is_judged_on_the_result<float>();
  overflow_is_judged_on_the_result<double>();
}

template <class T>
void mirrored_and_plain() {
  for (const Target& target : targets()) {
    const Function<T>&plain = named<T>(target, "rule_logistic_nll"),
          &weighted = named<T>(target, "rule_weighted_logistic_nll"),
          &focal = named<T>(target, "rule_focal_nll");
    Run<T> one(plain, 65536, 13);
    for (T& y : one.in[1]) y = 1;
    one.call(plain);
    Run<T> zero = one;
    for (size_t i = 0; i < zero.in[0].size(); ++i) zero.in[0][i] = -one.in[0][i], zero.in[1][i] = 0;
    zero.call(plain);
    Run<T> soft(plain, 65536, 13), by_weight = soft, by_focal = soft;
    for (size_t i = 0; i < 65536; ++i) by_weight.in[2][i] = 1 - by_weight.in[1][i];
    for (T& gamma : by_focal.in[2]) gamma = 0;
    by_weight.call(weighted);
    by_focal.call(focal);
    for (size_t i = 0; i < one.in[0].size(); ++i) {
      const T d = zero.out[1][i] == 0 ? T(0) : -zero.out[1][i];
      if (std::isnan(d)) continue;
      ASSERT_EQ(std::bit_cast<Bits<T>>(one.out[0][i]), std::bit_cast<Bits<T>>(zero.out[0][i]))
          << one.in[0][i];
      ASSERT_EQ(std::bit_cast<Bits<T>>(one.out[1][i]), std::bit_cast<Bits<T>>(d)) << one.in[0][i];
    }
    for (int k = 0; k < 3; ++k) {
      EXPECT_EQ(std::memcmp(soft.out[k].data(), by_weight.out[k].data(), sizeof(T) * 65536), 0)
          << target.name << k;
      EXPECT_EQ(std::memcmp(soft.out[k].data(), by_focal.out[k].data(), sizeof(T) * 65536), 0)
          << target.name << k;
    }
  }
}
TEST(PrimitiveValues, LogisticIsMirroredAndContainsItsSpecialCases) {
  mirrored_and_plain<float>();
  mirrored_and_plain<double>();
}

// Triples whose sum lies on or beside a tie, cancels, overflows or is subnormal, against MPFR in the type's
// format.
template <class T>
void fma_rounds_once() {
  using L = std::numeric_limits<T>;
  const size_t n = 65536;
  std::mt19937_64 random(14);
  std::vector<T> in[3];
  for (int k = 0; k < 3; ++k) in[k] = numbers<T>(n, 20 + k);
  for (size_t i = 0; i < n; ++i) {
    const int shift = static_cast<int>(random() % (4 * L::digits)) - 2 * L::digits;
    const T product = in[0][i] * in[1][i];
    if (random() % 3) in[2][i] = std::ldexp(random() % 2 ? product : -product, shift);
    const bool finite = std::isfinite(product) && product != 0;  // ilogb of others is the end of int
    if (random() % 4 == 0 && finite) {
      in[2][i] = std::copysign(std::ldexp(T(1), std::ilogb(product) + shift), in[2][i]);
    }
    if (random() % 8 == 0) in[2][i] = next(-product, static_cast<int>(random() % 3) - 1);
  }
  mpfr_set_emin(L::min_exponent - L::digits + 1);
  mpfr_set_emax(L::max_exponent);
  mpfr_t a, b, c, r;
  mpfr_inits2(L::digits, a, b, c, r, nullptr);
  std::vector<T> want(n);
  for (size_t i = 0; i < n; ++i) {
    mpfr_set_d(a, in[0][i], MPFR_RNDN), mpfr_set_d(b, in[1][i], MPFR_RNDN),
        mpfr_set_d(c, in[2][i], MPFR_RNDN);
    const int inexact = mpfr_fma(r, a, b, c, MPFR_RNDN);
    mpfr_subnormalize(r, inexact, MPFR_RNDN);
    want[i] = static_cast<T>(mpfr_get_d(r, MPFR_RNDN)) + T(0);
  }
  mpfr_clears(a, b, c, r, nullptr);
  mpfr_set_emin(mpfr_get_emin_min());
  mpfr_set_emax(mpfr_get_emax_max());
  for (const Target& target : targets()) {
    std::vector<T> got(n);
    const T* const from[3] = {in[0].data(), in[1].data(), in[2].data()};
    T* const to[3] = {got.data(), nullptr, nullptr};
    named<T>(target, "fma").run(from, to, n);
    for (size_t i = 0; i < n; ++i) {
      if (std::isnan(want[i]) && std::isnan(got[i])) continue;
      ASSERT_EQ(std::bit_cast<Bits<T>>(got[i]), std::bit_cast<Bits<T>>(want[i]))
          << target.name << std::hexfloat << " " << in[0][i] << " * " << in[1][i] << " + " << in[2][i];
    }
  }
}
TEST(PrimitiveValues, FmaRoundsOnceSingle) { fma_rounds_once<float>(); }
TEST(PrimitiveValues, FmaRoundsOnceDouble) { fma_rounds_once<double>(); }

}  // namespace
}  // namespace minimand::primitives
