// Identities between losses: the same bits where one is another in disguise, within bounds where the roads
// differ.
#include "conformance.h"

namespace minimand::test {
namespace {

template <class T>
class Identities : public testing::Test {};
using Types = testing::Types<float, double>;
TYPED_TEST_SUITE(Identities, Types);

Form form_of(const char* text, bool by_index = false) {
  const Loss f = loss(text);
  return {&f.entry(), f, target_of(f), by_index};
}
// Both losses on the inputs of the second: all outputs in bits.
template <class T>
void expect_same_bits(const char* one, const char* other, bool by_index = false) {
  const Form a = form_of(one, by_index), b = form_of(other, by_index);
  Random r;
  for (const std::int64_t n : {1, 2000}) {
    auto s = sample<T>(b, b.row() ? std::max<std::int64_t>(1, n / 9) : n, 9, r);
    EXPECT_EQ(difference(evaluate(a, s, 2), evaluate(b, s, 2)), "") << one << " and " << other;
    weigh(s, r);
    EXPECT_EQ(difference(evaluate(a, s, 2), evaluate(b, s, 2)), "")
        << one << " and " << other << ", weighted";
  }
}

TYPED_TEST(Identities, InBits) {
  expect_same_bits<TypeParam>("focal:gamma=0", "binary_cross_entropy_with_logits");
  expect_same_bits<TypeParam>("huber:delta=inf", "half_squared_error");
  expect_same_bits<TypeParam>("smooth_l1:beta=0", "absolute_error");
  expect_same_bits<TypeParam>("smooth_l1:beta=1", "huber:delta=1");
  expect_same_bits<TypeParam>("binary_cross_entropy_with_logits:smoothing=0",
                              "binary_cross_entropy_with_logits");
  expect_same_bits<TypeParam>("binary_cross_entropy_with_logits:pos_weight=1",
                              "binary_cross_entropy_with_logits");
  expect_same_bits<TypeParam>("softmax_cross_entropy:smoothing=0", "softmax_cross_entropy", true);
  expect_same_bits<TypeParam>("softmax_cross_entropy:z_weight=0", "softmax_cross_entropy", true);
  expect_same_bits<TypeParam>("softmax_cross_entropy:temperature=1", "softmax_cross_entropy");
  expect_same_bits<TypeParam>("test_poly1:epsilon=0", "softmax_cross_entropy", true);
  expect_same_bits<TypeParam>("test_poly1:epsilon=0", "softmax_cross_entropy");
}

// The cross-entropy of two classes [z, 0] is the logistic one of z.
TYPED_TEST(Identities, TwoClassesAreOneLogit) {
  using T = TypeParam;
  const Form two = form_of("softmax_cross_entropy", true), one = form_of("binary_cross_entropy_with_logits");
  Random r;
  auto s = sample<T>(one, 3000, 1, r);
  Sample<T> rows;
  rows.rows = s.rows, rows.classes = 2, rows.row = rows.by_index = true;
  for (std::size_t i = 0; i < s.prediction.size(); ++i) {
    s.prediction[i] *= T(2);
    s.target[i] = static_cast<T>(r.below(2));
    rows.prediction.insert(rows.prediction.end(), {s.prediction[i], T(0)});
    rows.label.push_back(s.target[i] == 1 ? 0 : 1);
  }
  const auto a = evaluate(one, s, 2, with(reduction::sum)), b = evaluate(two, rows, 2, with(reduction::sum));
  const T near = 8 * std::numeric_limits<T>::epsilon();
  for (std::size_t i = 0; i < a.values.size(); ++i) {
    EXPECT_NEAR(a.values[i], b.values[i], near * std::abs(a.values[i])) << s.prediction[i];
    EXPECT_NEAR(a.gradient[i], b.gradient[2 * i], near * std::abs(a.gradient[i])) << s.prediction[i];
    EXPECT_NEAR(a.hessian[i], b.hessian[2 * i], near * std::abs(a.hessian[i])) << s.prediction[i];
  }
}

// L(z, 1) = L(-z, 0) and g(z, 1) = -g(-z, 0).
TYPED_TEST(Identities, TheLogisticLossHasTwoEqualSides) {
  using T = TypeParam;
  const Form f = form_of("binary_cross_entropy_with_logits");
  Random r;
  auto s = sample<T>(f, 3000, 1, r);
  s.target.assign(s.target.size(), T(1));
  auto other = s;
  for (T& z : other.prediction) z = -z;
  other.target.assign(s.target.size(), T(0));
  const auto a = evaluate(f, s, 2, with(reduction::sum)), b = evaluate(f, other, 2, with(reduction::sum));
  EXPECT_EQ(difference("values", a.values, b.values), "");
  EXPECT_EQ(difference("hessian", a.hessian, b.hessian), "");
  for (std::size_t i = 0; i < a.gradient.size(); ++i) EXPECT_EQ(a.gradient[i], -b.gradient[i]);
}

// The form of probabilities follows the form of logits, as far as the probability itself is exact.
TYPED_TEST(Identities, ProbabilitiesFollowLogits) {
  const Form logits = form_of("binary_cross_entropy_with_logits"),
             probabilities = form_of("binary_cross_entropy");
  Random r;
  auto s = sample<double>(logits, 2000, 1, r), p = s;
  for (std::size_t i = 0; i < s.prediction.size(); ++i) {
    s.prediction[i] *= 0.25;
    p.prediction[i] = 1 / (1 + std::exp(-s.prediction[i]));
  }
  const auto a = evaluate(logits, s, 1, with(reduction::sum)),
             b = evaluate(probabilities, p, 1, with(reduction::sum));
  for (std::size_t i = 0; i < a.values.size(); ++i) {
    const double q = p.prediction[i];
    EXPECT_NEAR(a.values[i], b.values[i], 0x1p-48 * (1 + std::abs(s.prediction[i])) / std::min(q, 1 - q));
    EXPECT_NEAR(a.gradient[i], b.gradient[i] * q * (1 - q), 0x1p-48 / std::min(q, 1 - q));
  }
}

// Distributions given as logits, probabilities and log-probabilities have the same divergence.
TYPED_TEST(Identities, DivergencesOfTheSameDistributionsAgree) {
  const Form logits = form_of("kl_divergence_with_logits"),
             log_p = form_of("kl_divergence_with_log_probabilities"), plain = form_of("kl_divergence");
  Random r;
  const auto z = sample<double>(logits, 200, 7, r);
  auto x = z, p = z;
  for (std::size_t row = 0; row < 200; ++row) {
    double sum = 0;
    for (std::size_t j = 0; j < 7; ++j) sum += std::exp(z.prediction[row * 7 + j]);
    for (std::size_t j = row * 7; j < row * 7 + 7; ++j) {
      x.prediction[j] = z.prediction[j] - std::log(sum), p.prediction[j] = std::exp(z.prediction[j]) / sum;
    }
  }
  const auto a = evaluate(logits, z, 0), b = evaluate(log_p, x, 0), c = evaluate(plain, p, 0);
  for (std::size_t i = 0; i < a.values.size(); ++i) {
    EXPECT_NEAR(a.values[i], b.values[i], 1e-13 * (20 + a.values[i]));
    EXPECT_NEAR(a.values[i], c.values[i], 1e-13 * (20 + a.values[i]));
    EXPECT_GE(a.values[i], 0);
  }
}

}  // namespace
}  // namespace minimand::test
