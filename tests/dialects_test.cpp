// The dialects agree: the readable reference with exact arithmetic, the printed code with what was written.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include <minimand/catalogue.hpp>

#include "kernels/entry.h"
#include "oracle.h"
#include "tools/accuracy/draw.h"

namespace minimand {
namespace {

using accuracy::Random;

std::vector<double> defaults_of(const LossEntry& e) {
  std::vector<double> p(facts::max_params, 0);
  for (int k = 0; k < e.parameter_count; ++k) p[static_cast<std::size_t>(k)] = e.facts.params[k].value;
  return p;
}
// Within 1e-13 of the terms the number is made of, what half an ulp of an inner argument does included.
void expect_near(double got, const oracle::Number& exact, const std::string& what) {
  const double value = mpfr_get_d(exact.raw, MPFR_RNDN);
  const long double allowed = 1e-13L * exact.terms + 4 * std::ldexp(exact.condition, -53) + 1e-300L;
  if (std::isinf(value)) {
    EXPECT_EQ(got, value) << what;
  } else {
    EXPECT_LE(std::abs(static_cast<long double>(got) - value), allowed) << what << " is " << got << ", not " << value;
  }
}

TEST(Dialects, ReferenceOfPointwiseLossesIsExact) {
  int losses = 0;
  for (const LossEntry* e : catalogue()) {
    const auto exact = oracle::find(e->name).element;
    if (!exact) continue;
    ++losses;
    Random r(7);
    for (int round = 0; round < 3; ++round) {
      std::vector<double> p = round == 0 ? defaults_of(*e) : accuracy::draw_parameters(e->facts, e->parameter_count, r);
      p.resize(facts::max_params, 0);
      const facts::Domain& target = facts::target_domain(e->facts, p.data());
      for (int i = 0; i < 300; ++i) {
        const double z = accuracy::into(e->facts.prediction, accuracy::draw_moderate<double>(r), r);
        const double y = accuracy::draw_target<double>(target, false, r);
        const auto o = exact(z, y, p.data(), 53, false);
        if (o.tie) continue;
        const auto got = e->reference(&z, y, p.data());
        const std::string at = std::string(e->name) + "(" + std::to_string(z) + ", " + std::to_string(y) + ")";
        expect_near(got.v, o.v, "v of " + at);
        expect_near(got.d[0], o.g, "g of " + at);
        expect_near(got.h[0], o.h, "h of " + at);
      }
    }
  }
  EXPECT_GE(losses, 13);
}

TEST(Dialects, ReferenceOfRowsIsExact) {
  int losses = 0;
  for (const LossEntry* e : catalogue()) {
    const auto exact = oracle::find(e->name).row;
    if (!exact) continue;
    ++losses;
    Random r(11);
    const std::vector<double> p = defaults_of(*e);
    for (int i = 0; i < 100; ++i) {
      const int K = r.between(1, 9);
      std::vector<double> z = accuracy::draw_row<double>(e->facts, K, r), q(z.size(), 0), g(z.size()), h(z.size());
      if (e->facts.target.kind == facts::Kind::index) {
        q[static_cast<std::size_t>(r.below(K))] = 1;
      } else {
        q = accuracy::draw_distribution(z, e->facts.target.high <= 0, r);
      }
      const auto o = exact(z.data(), q.data(), K, p.data(), 53);
      expect_near(e->reference_row(z.data(), q.data(), nullptr, K, p.data(), g.data(), h.data()), o.v, e->name);
      for (std::size_t j = 0; j < z.size(); ++j) {
        expect_near(g[j], o.g[j], std::string("g of ") + e->name);
        expect_near(h[j], o.h[j], std::string("h of ") + e->name);
      }
    }
  }
  EXPECT_GE(losses, 5);
}

std::string code_of(const char* name) {
  const LossEntry* e = find_loss(name);
  return e ? e->code_text() : std::string();
}
TEST(Dialects, CodeReadsAsWritten) {
  EXPECT_EQ(code_of("squared_error"), "(prediction - target)²");
  EXPECT_EQ(code_of("huber"),
            "abs(prediction - target) <= delta ? 0.5 * (prediction - target) * (prediction - target) : "
            "delta * (abs(prediction - target) - 0.5 * delta)");
  EXPECT_EQ(code_of("hinge"),
            "max(1 - target * prediction, 0)\nlabels=01:\n  max(1 - (2 * target - 1) * prediction, 0)");
  EXPECT_EQ(code_of("nll"), "sum\n  sum = Σ class_weight * -(target * prediction)");
}

TEST(Dialects, ConstantCurvatureIsFound) {
  for (const char* name : {"squared_error", "absolute_error", "quantile", "nll"}) {
    EXPECT_TRUE(find_loss(name)->constant_curvature) << name;
  }
  for (const char* name : {"huber", "smooth_l1", "log_cosh", "poisson", "softmax_cross_entropy", "kl_divergence"}) {
    EXPECT_FALSE(find_loss(name)->constant_curvature) << name;
  }
}

}  // namespace
}  // namespace minimand
