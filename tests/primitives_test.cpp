// Tests of the elementary functions and rules: bits equal over targets, error bounds, special values, fma.
#include <bit>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <mpfr.h>

#include "primitives_exact.h"
#include "primitives_kernels.h"

namespace minimand::primitives {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double ln2 = 0.693147180559945309417;

// Where branches of the functions and of their arguments lie.
constexpr double branches[] = {0,      1,        -1,       0.5,       0.75,      1.5,    ln2 / 2,  -ln2 / 2, 1.5 * ln2, 0.875,
                               2.25,   2,        8,        64,        -20,       -40,    88.7228,  -87.3365, -103.972,  -104,
                               709.78, -708.396, -745.133, -746,      0.4375,    -0.25,  1.461632, 99.5,     720.5,     16.98};
constexpr double specials[] = {0, -0.0, 1, -1, 0.5, 2, 3, 1e-30, -1e-30, 1e30, -1e30, 0x1p-126, 0x1p-149, 0x1p-1022, 0x1p-1074,
                               0x1.fffffep127, 0x1.fffffffffffffp1023, inf, -inf, nan, 100, -100, 1000, -1000};

template <class T>
T next(T x, int steps) {
  for (; steps > 0; --steps) x = std::nextafter(x, std::numeric_limits<T>::infinity());
  for (; steps < 0; ++steps) x = std::nextafter(x, -std::numeric_limits<T>::infinity());
  return x;
}

template <class T>
using Bits = std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>;

// Numbers as they come: 40 % random bits, then +-20, +-750, about the branches, special values.
template <class T>
std::vector<T> numbers(size_t n, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> unit(-1, 1);
  std::vector<T> x(n);
  for (T& a : x) {
    const unsigned kind = random() % 20;
    if (kind < 8) {
      a = std::bit_cast<T>(static_cast<Bits<T>>(random()));
    } else if (kind < 12) {
      a = static_cast<T>(20 * unit(random));
    } else if (kind < 14) {
      a = static_cast<T>(unit(random));
    } else if (kind < 16) {
      a = static_cast<T>((sizeof(T) == 4 ? 110 : 750) * unit(random));
    } else if (kind < 19) {
      a = next(static_cast<T>(branches[random() % std::size(branches)]), static_cast<int>(random() % 255) - 127);
    } else {
      a = static_cast<T>(specials[random() % std::size(specials)]);
    }
  }
  return x;
}

// Turns numbers into arguments of the named function: within its domain, with hostile neighbours.
template <class T>
void make_arguments(std::string_view name, std::vector<T> (&in)[3], uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto is = [&](auto... names) { return ((name == names) || ...); };
  const auto target = [&](T& y, T x) {
    y = std::abs(x) <= 1 ? std::abs(x) : T(random() % 2);
    if (random() % 2) y = T(random() % 2);
    if (!(y >= 0)) y = 1;
  };
  for (size_t i = 0; i < in[0].size(); ++i) {
    T &a = in[0][i], &b = in[1][i], &c = in[2][i];
    if (is("exp_nonpositive")) a = -std::abs(a);
    if (is("log1p_unit")) a = std::abs(a) <= 1 ? std::abs(a) : std::abs(a) < T(1e30) ? 1 / std::abs(a) : T(0);
    if (is("rule_lgamma", "digamma", "trigamma", "rule_log", "rule_sqrt", "rule_xlogx")) a = std::abs(a);
    if (is("rule_log1p") && a < -1) a = -1 / a;
    if (is("rule_logistic_nll", "rule_weighted_logistic_nll", "rule_focal_nll")) target(b, b);
    // Not judged: a soft target so small that q y or (1 - p)^gamma underflows, and |z| where e^-|z| is subnormal and
    // its last bit is multiplied by gamma |z|.
    if (is("rule_weighted_logistic_nll")) c = T(0.125) * T(random() % 17), b = b > 0 && b < T(0x1p-60) ? T(0.25) : b;
    if (is("rule_focal_nll")) {
      c = T(0.5) * T(random() % 11), b = b > 0 && b < T(0x1p-12) ? T(0.25) : b;
      if (std::abs(a) < 1000 && std::abs(a) > (sizeof(T) == 4 ? 80 : 700)) a /= 16;
    }
    if (is("rule_poisson_nll")) {
      b = std::abs(b) < T(1e30) ? std::abs(b) : T(random() % 5);
      if (random() % 4 == 0 && std::abs(a) < 80) b = next(static_cast<T>(std::exp(a)), static_cast<int>(random() % 9) - 4);
    }
    if (is("rule_xlogy", "rule_xlog1py", "rule_kl_term")) {
      target(a, a);
      if (is("rule_kl_term") && random() % 4 == 0) b = next(a, static_cast<int>(random() % 9) - 4);
      b = is("rule_xlog1py") && std::abs(b) <= 1 ? b : std::abs(b);
    }
  }
}

template <class T>
struct Run {
  std::vector<T> in[3], out[3];
  Run(const Function<T>& f, size_t n, uint64_t seed) {
    for (int k = 0; k < 3; ++k) in[k] = numbers<T>(n, seed + k);
    make_arguments(f.name, in, seed);
    call(f);
  }
  Run(const Function<T>& f, std::initializer_list<double> point) {
    for (int k = 0; k < 3; ++k) in[k].assign(64, static_cast<T>(point.begin()[std::min<size_t>(k, point.size() - 1)]));
    call(f);
  }
  void call(const Function<T>& f) {
    for (int k = 0; k < 3; ++k) out[k].assign(in[0].size(), T(0));
    const T* const from[3] = {in[0].data(), in[1].data(), in[2].data()};
    T* const to[3] = {out[0].data(), out[1].data(), out[2].data()};
    f.run(from, to, in[0].size());
  }
};

template <class T>
const Function<T>& named(const Target& target, std::string_view name) {
  for (const Function<T>& f : target.functions<T>()) {
    if (name == f.name) return f;
  }
  ADD_FAILURE() << "no function " << name;
  return target.functions<T>()[0];
}

template <class T>
void same_bits_on_all_targets() {
  const std::vector<Target> all = targets();
  ASSERT_FALSE(all.empty());
  if (all.size() == 1) GTEST_SKIP() << "this machine runs " << all[0].name << " alone";
  for (size_t f = 0; f < all[0].functions<T>().size(); ++f) {
    const Function<T>& first = all[0].functions<T>()[f];
    const Run<T> base(first, 196608, 11);
    for (size_t t = 1; t < all.size(); ++t) {
      const Run<T> other(all[t].functions<T>()[f], 196608, 11);
      for (int k = 0; k < first.outputs; ++k) {
        if (std::memcmp(base.out[k].data(), other.out[k].data(), base.out[k].size() * sizeof(T)) == 0) continue;
        size_t i = 0;
        while (std::bit_cast<Bits<T>>(base.out[k][i]) == std::bit_cast<Bits<T>>(other.out[k][i])) ++i;
        ADD_FAILURE() << first.name << " output " << k << " at " << std::hexfloat << base.in[0][i] << ", " << base.in[1][i] << ", "
                      << base.in[2][i] << ": " << base.out[k][i] << " on " << all[0].name << ", " << other.out[k][i] << " on "
                      << all[t].name;
      }
    }
  }
}
TEST(Primitives, SameBitsOnAllTargetsSingle) { same_bits_on_all_targets<float>(); }
TEST(Primitives, SameBitsOnAllTargetsDouble) { same_bits_on_all_targets<double>(); }

struct Bound {
  const char* name;
  double v, d, h;
};
// In ULP; measured maxima are in docs/primitives.md. ln w of the focal loss is multiplied by gamma, here up to 5.
constexpr Bound bounds[] = {
    {"exp", 1, 0, 0},
    {"exp_scaled", 1, 0, 0},
    {"exp_nonpositive", 1, 0, 0},
    {"expm1", 1.2, 0, 0},
    {"log", 1, 0, 0},
    {"log1p", 1, 0, 0},
    {"log1p_unit", 1.3, 0, 0},
    {"tanh", 1.4, 0, 0},
    {"digamma", 6, 0, 0},
    {"trigamma", 5, 0, 0},
    {"rule_exp", 1, 1, 1},
    {"rule_expm1", 1.2, 1, 1},
    {"rule_log", 1, 0.51, 2},
    {"rule_log1p", 1, 1.6, 4},
    {"rule_tanh", 1.4, 3, 5},
    {"rule_sqrt", 0.51, 1.6, 2},
    {"rule_lgamma", 6, 6, 5},
    {"rule_softplus", 2, 1.6, 2.5},
    {"rule_sigmoid", 1.6, 2.5, 4},
    {"rule_log_cosh", 1.5, 1.4, 3},
    {"rule_xlogx", 2, 1.5, 0.51},
    {"rule_logistic_nll", 2, 2, 2.5},
    {"rule_weighted_logistic_nll", 3, 3, 4.5},
    {"rule_focal_nll", 7, 7, 7},
    {"rule_poisson_nll", 2, 2, 1},
    {"rule_xlogy", 2, 0.51, 1.6},
    {"rule_xlog1py", 2, 1.6, 3.5},
    {"rule_kl_term", 3, 0.51, 1.6},
};

template <class T>
void within_bounds() {
  using F = long double;
  const Target best = targets().back();
  const size_t n = 32768;
  for (const Bound& bound : bounds) {
    const bool by_mpfr = std::string_view(bound.name).find("gamma") != std::string_view::npos;
    const Run<T> run(named<T>(best, bound.name), by_mpfr ? n / 4 : n, 12);
    const double limits[3] = {bound.v, bound.d, bound.h};
    double worst[3] = {};
    size_t at[3] = {};
    for (size_t i = 0; i < run.in[0].size(); ++i) {
      bool finite = true;
      for (int k = 0; k < named<T>(best, bound.name).inputs; ++k) finite = finite && std::isfinite(run.in[k][i]);
      if (!finite) continue;
      const Exact<F> want = exact<F>(bound.name, run.in[0][i], run.in[1][i], run.in[2][i]);
      const double errors[3] = {error_of<T, F>(run.out[0][i], want.v, want.v_terms, want.condition),
                                error_of<T, F>(run.out[1][i], want.d, want.d_terms, want.condition),
                                error_of<T, F>(run.out[2][i], want.h, want.h_terms, want.condition)};
      for (int k = 0; k < 3; ++k) {
        if (errors[k] > worst[k] && limits[k] > 0) worst[k] = errors[k], at[k] = i;
      }
    }
    std::printf("%-28s %.3f %.3f %.3f\n", bound.name, worst[0], worst[1], worst[2]);
    for (int k = 0; k < 3; ++k) {
      EXPECT_LE(worst[k], limits[k]) << bound.name << " output " << k << " at " << std::hexfloat << run.in[0][at[k]] << ", "
                                     << run.in[1][at[k]] << ", " << run.in[2][at[k]] << " is " << run.out[k][at[k]];
    }
  }
}
TEST(Primitives, ErrorSingle) { within_bounds<float>(); }
TEST(Primitives, ErrorDouble) { within_bounds<double>(); }

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
    {"rule_weighted_logistic_nll", {-inf, 1, 0}, {0, 0, 0}},
    {"rule_weighted_logistic_nll", {-1e4, 1, 2}, {2e4, -2, 0}},
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
            << target.name << " " << row.name << "(" << row.in.begin()[0] << ", ...) output " << k << " is " << got << ", not " << want;
      }
    }
  }
}
TEST(Primitives, SpecialValuesSingle) { special_values<float>(); }
TEST(Primitives, SpecialValuesDouble) { special_values<double>(); }

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
TEST(Primitives, OverflowIsJudgedOnTheResult) {
  overflow_is_judged_on_the_result<float>();
  overflow_is_judged_on_the_result<double>();
}

template <class T>
void mirrored_and_plain() {
  for (const Target& target : targets()) {
    const Function<T>&plain = named<T>(target, "rule_logistic_nll"), &weighted = named<T>(target, "rule_weighted_logistic_nll"),
                      &focal = named<T>(target, "rule_focal_nll");
    Run<T> one(plain, 65536, 13);
    for (T& y : one.in[1]) y = 1;
    one.call(plain);
    Run<T> zero = one;
    for (size_t i = 0; i < zero.in[0].size(); ++i) zero.in[0][i] = -one.in[0][i], zero.in[1][i] = 0;
    zero.call(plain);
    Run<T> soft(plain, 65536, 13), by_weight = soft, by_focal = soft;
    for (T& q : by_weight.in[2]) q = 1;
    for (T& gamma : by_focal.in[2]) gamma = 0;
    by_weight.call(weighted);
    by_focal.call(focal);
    for (size_t i = 0; i < one.in[0].size(); ++i) {
      const T d = zero.out[1][i] == 0 ? T(0) : -zero.out[1][i];
      if (std::isnan(d)) continue;
      ASSERT_EQ(std::bit_cast<Bits<T>>(one.out[0][i]), std::bit_cast<Bits<T>>(zero.out[0][i])) << one.in[0][i];
      ASSERT_EQ(std::bit_cast<Bits<T>>(one.out[1][i]), std::bit_cast<Bits<T>>(d)) << one.in[0][i];
    }
    for (int k = 0; k < 3; ++k) {
      EXPECT_EQ(std::memcmp(soft.out[k].data(), by_weight.out[k].data(), sizeof(T) * 65536), 0) << target.name << k;
      EXPECT_EQ(std::memcmp(soft.out[k].data(), by_focal.out[k].data(), sizeof(T) * 65536), 0) << target.name << k;
    }
  }
}
TEST(Primitives, LogisticIsMirroredAndContainsItsSpecialCases) {
  mirrored_and_plain<float>();
  mirrored_and_plain<double>();
}

// Triples whose sum lies on or beside a tie, cancels, overflows or is subnormal, against MPFR in the type's format.
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
    if (random() % 4 == 0) in[2][i] = std::copysign(std::ldexp(T(1), std::ilogb(product) + shift), in[2][i]);
    if (random() % 8 == 0) in[2][i] = next(-product, static_cast<int>(random() % 3) - 1);
  }
  mpfr_set_emin(L::min_exponent - L::digits + 1);
  mpfr_set_emax(L::max_exponent);
  mpfr_t a, b, c, r;
  mpfr_inits2(L::digits, a, b, c, r, nullptr);
  std::vector<T> want(n);
  for (size_t i = 0; i < n; ++i) {
    mpfr_set_d(a, in[0][i], MPFR_RNDN), mpfr_set_d(b, in[1][i], MPFR_RNDN), mpfr_set_d(c, in[2][i], MPFR_RNDN);
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
TEST(Primitives, FmaRoundsOnceSingle) { fma_rounds_once<float>(); }
TEST(Primitives, FmaRoundsOnceDouble) { fma_rounds_once<double>(); }

}  // namespace
}  // namespace minimand::primitives
