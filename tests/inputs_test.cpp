// Losses of more inputs than the prediction: value and all derivatives against the textbook, one pass, in place, by parts.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <minimand/evaluate.hpp>

#include "conformance.h"

namespace minimand::test {
namespace {

// The inputs and outputs of a call of test_gaussian_nll over n elements.
template <class T>
struct Data {
  std::vector<T> mean, variance, target, weight;
  std::vector<T> v, by_mean, by_variance, h_mean, h_variance, mixed;

  explicit Data(std::size_t n, std::uint64_t state = seed) : v(n), by_mean(n), by_variance(n), h_mean(n), h_variance(n), mixed(n) {
    Random r{state};
    for (std::size_t i = 0; i < n; ++i) {
      mean.push_back(static_cast<T>(r.real()));
      variance.push_back(static_cast<T>(std::abs(r.real()) + 0.01));
      target.push_back(static_cast<T>(r.real()));
    }
  }
  Call call() {
    Call c;
    c.reduction = reduction::sum;
    c.values = v, c.gradient = by_mean, c.hessian = h_mean;
    c.inputs[0] = {variance, by_variance, h_variance};
    c.mixed[0] = mixed;
    if (!weight.empty()) c.weight = weight;
    return c;
  }
};
const Loss& gaussian() {
  static const Loss f = loss("test_gaussian_nll");
  return f;
}

template <class T>
class Inputs : public testing::Test {};
using Types = testing::Types<float, double>;
TYPED_TEST_SUITE(Inputs, Types);

// Differences of numbers of size `size` after a few roundings.
template <class T>
void expect_close(T got, double want, double size, const char* what) {
  EXPECT_LE(std::abs(static_cast<double>(got) - want), 8 * static_cast<double>(std::numeric_limits<T>::epsilon()) * size) << what;
}

TYPED_TEST(Inputs, ValueAndDerivativesAreThoseOfTheTextbook) {
  for (const run::Target target : available_targets()) {
    const OnTarget forced(target);
    Data<TypeParam> s(10'007);
    const Result result = gaussian()(s.mean, s.target, s.call());
    double sum = 0;
    for (std::size_t i = 0; i < s.mean.size(); ++i) {
      const double m = s.mean[i], v = s.variance[i], d = m - s.target[i], q = d * d / v;
      expect_close(s.v[i], 0.5 * (std::log(v) + q), std::abs(std::log(v)) + q, "value");
      expect_close(s.by_mean[i], d / v, std::abs(d / v), "by the mean");
      expect_close(s.by_variance[i], 0.5 * (1 - q) / v, (1 + q) / v, "by the variance");
      expect_close(s.h_mean[i], 1 / v, 1 / v, "twice by the mean");
      expect_close(s.h_variance[i], (q - 0.5) / (v * v), (1 + q) / (v * v), "twice by the variance");
      expect_close(s.mixed[i], -d / (v * v), std::abs(d) / (v * v), "mixed");
      sum += static_cast<double>(s.v[i]);
    }
    EXPECT_NEAR(result.sum, sum, 1e-9 * std::abs(sum) + 1e-6);
  }
}

TYPED_TEST(Inputs, BitsDependOnNeitherTargetNorThreadsNorOrder) {
  Data<TypeParam> want(40'001);
  const Result first = gaussian()(want.mean, want.target, want.call());
  for (const run::Target target : available_targets()) {
    const OnTarget forced(target);
    for (const int threads : {1, 2, 7}) {
      Data<TypeParam> got(40'001);
      Call c = got.call();
      c.threads = threads;
      EXPECT_EQ(difference(first, gaussian()(got.mean, got.target, c)), "");
      EXPECT_EQ(difference("by the variance", want.by_variance, got.by_variance), "");
      EXPECT_EQ(difference("mixed", want.mixed, got.mixed), "");
      Call gradient_alone;
      gradient_alone.reduction = reduction::sum, gradient_alone.threads = threads;
      std::vector<TypeParam> g(got.mean.size());
      gradient_alone.inputs[0] = {got.variance, g};
      EXPECT_EQ(difference(first, gaussian()(got.mean, got.target, gradient_alone)), "");
      EXPECT_EQ(difference("by the variance alone", want.by_variance, g), "");
    }
  }
}

TYPED_TEST(Inputs, WeightsScaleAllDerivativesAndZeroHidesNaN) {
  Data<TypeParam> plain(1000), s(1000);
  gaussian()(plain.mean, plain.target, plain.call());
  s.weight.assign(1000, TypeParam(2));
  s.weight[17] = 0, s.variance[17] = std::numeric_limits<TypeParam>::quiet_NaN(), s.target[17] = s.variance[17];
  const Result result = gaussian()(s.mean, s.target, s.call());
  EXPECT_EQ(result.count, 999);
  EXPECT_EQ(result.flags, 0u);
  for (std::size_t i = 0; i < 1000; ++i) {
    const TypeParam w = i == 17 ? 0 : 2;
    EXPECT_EQ(s.by_variance[i], w == 0 ? 0 : w * plain.by_variance[i]);
    EXPECT_EQ(s.mixed[i], w == 0 ? 0 : w * plain.mixed[i]);
  }
}

TYPED_TEST(Inputs, EachGradientMayTakeThePlaceOfItsInput) {
  Data<TypeParam> want(5000), s(5000);
  gaussian()(want.mean, want.target, want.call());
  Call c;
  c.reduction = reduction::sum;
  c.gradient = s.mean, c.inputs[0] = {s.variance, s.variance};
  gaussian()(s.mean, s.target, c);
  EXPECT_EQ(difference("by the mean", want.by_mean, s.mean), "");
  EXPECT_EQ(difference("by the variance", want.by_variance, s.variance), "");
  Data<TypeParam> crossed(10);
  c = {};
  c.gradient = crossed.variance, c.inputs[0].value = crossed.variance;
  EXPECT_EQ(code_of([&] { gaussian()(crossed.mean, crossed.target, c); }), "SHP003");
}

TYPED_TEST(Inputs, FisherIsTheExpectedCurvature) {
  Data<TypeParam> s(100);
  Call c = s.call();
  c.mixed[0] = {}, c.curvature = curvature::fisher;
  gaussian()(s.mean, s.target, c);
  for (std::size_t i = 0; i < 100; ++i) {
    const double v = s.variance[i];
    expect_close(s.h_mean[i], 1 / v, 1 / v, "by the mean");
    expect_close(s.h_variance[i], 0.5 / (v * v), 1 / (v * v), "by the variance");
  }
  c.mixed[0] = s.mixed;
  EXPECT_EQ(code_of([&] { gaussian()(s.mean, s.target, c); }), "PAR005");
}

TYPED_TEST(Inputs, PartsJoinToTheWhole) {
  Data<TypeParam> s(9001);
  const Result whole = gaussian()(s.mean, s.target, s.call());
  Partial all;
  for (const std::size_t cut : {0u, 5000u}) {
    const std::size_t n = cut == 0 ? 5000 : 4001;
    const auto of = [&](std::vector<TypeParam>& x) { return std::span<const TypeParam>(x).subspan(cut, n); };
    Call c;
    c.inputs[0].value = of(s.variance);
    all.merge(gaussian().part(of(s.mean), of(s.target), c, static_cast<std::int64_t>(cut)));
  }
  EXPECT_EQ(difference(whole, all.finish(reduction::sum)), "");
}

TYPED_TEST(Inputs, WhatIsMissingOrOutsideIsRefusedByName) {
  Data<TypeParam> s(10);
  const auto message = [&](const Call& c) -> std::string {
    try {
      gaussian()(s.mean, s.target, c);
    } catch (const error& e) {
      return std::string(name(e.code())) + " " + e.what();
    }
    return "none";
  };
  EXPECT_NE(message({}).find("needs the input variance"), std::string::npos) << message({});
  Call c;
  std::vector<TypeParam> nine(9);
  c.inputs[0].value = nine;
  EXPECT_EQ(message(c).substr(0, 6), "SHP001");
  c = s.call();
  s.variance[3] = 0;
  EXPECT_NE(message(c).find("variance 0 is outside"), std::string::npos) << message(c);
  std::vector<TypeParam> more(10, TypeParam(1));
  c = {};
  c.inputs[0].value = c.inputs[1].value = more;
  EXPECT_EQ(message(c).substr(0, 6), "PAR005");
}

}  // namespace
}  // namespace minimand::test
