// Tests of the elementary functions and rules: bits equal over targets, errors within their bounds.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <vector>

#include "primitives_exact.h"
#include "primitives_support.h"

namespace minimand::primitives {
namespace {

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
        if (std::memcmp(base.out[k].data(), other.out[k].data(), base.out[k].size() * sizeof(T)) == 0)
          continue;
        size_t i = 0;
        while (std::bit_cast<Bits<T>>(base.out[k][i]) == std::bit_cast<Bits<T>>(other.out[k][i])) ++i;
        ADD_FAILURE() << first.name << " output " << k << " at " << std::hexfloat << base.in[0][i] << ", "
                      << base.in[1][i] << ", " << base.in[2][i] << ": " << base.out[k][i] << " on "
                      << all[0].name << ", " << other.out[k][i] << " on " << all[t].name;
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
// In ULP; measured maxima are in docs/primitives.md. ln w of the focal loss is multiplied by gamma, here up
// to 5.
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
    {"rule_logistic_nll", 2, 3, 2.5},
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
      for (int k = 0; k < named<T>(best, bound.name).inputs; ++k)
        finite = finite && std::isfinite(run.in[k][i]);
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
      EXPECT_LE(worst[k], limits[k]) << bound.name << " output " << k << " at " << std::hexfloat
                                     << run.in[0][at[k]] << ", " << run.in[1][at[k]] << ", "
                                     << run.in[2][at[k]] << " is " << run.out[k][at[k]];
    }
  }
}
TEST(Primitives, ErrorSingle) { within_bounds<float>(); }
TEST(Primitives, ErrorDouble) { within_bounds<double>(); }

}  // namespace
}  // namespace minimand::primitives
