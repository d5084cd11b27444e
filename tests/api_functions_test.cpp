// The functions of losses.hpp: the bits of the text form, and every way to hand arrays over.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <minimand/minimand.hpp>

namespace mm = minimand;

namespace {

// Numbers in (low, high), the same on every machine.
template <class T = float>
std::vector<T> draw(std::size_t n, double low, double high, std::uint32_t seed) {
  std::mt19937 bits(seed);
  std::vector<T> out;
  for (std::size_t i = 0; i < n; ++i) out.push_back(static_cast<T>(low + (high - low) * ((bits() + 0.5) / 4294967296.0)));
  return out;
}

template <class T>
bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}
void expect_same(const mm::Result& a, const mm::Result& b) {
  EXPECT_EQ(std::memcmp(&a.value, &b.value, 8), 0) << a.value << ' ' << b.value;
  EXPECT_EQ(std::memcmp(&a.sum, &b.sum, 8), 0);
  EXPECT_EQ(a.weight_sum, b.weight_sum);
  EXPECT_EQ(a.count, b.count);
  EXPECT_EQ(a.ignored, b.ignored);
  EXPECT_EQ(a.flags, b.flags);
}

using Function = std::function<mm::Result(const mm::array&, const mm::array&, const mm::Call&)>;

template <class F>
void expect_refused(F&& call, mm::error_code code, const std::vector<std::string>& parts = {}) {
  try {
    call();
    ADD_FAILURE() << "not refused";
  } catch (const mm::error& e) {
    EXPECT_EQ(e.code(), code) << e.what();
    for (const std::string& part : parts) EXPECT_NE(std::string(e.what()).find(part), std::string::npos) << e.what();
  }
}

TEST(Functions, PointwiseHaveTheBitsOfTheText) {
  const auto z = draw(9001, -4, 4, 1), p = draw(9001, 0.001, 0.999, 2), w = draw(9001, 0, 2, 3);
  std::vector<float> sign, bit, count;
  for (std::size_t i = 0; i < z.size(); ++i) {
    bit.push_back(i % 3 == 0);
    sign.push_back(i % 3 == 0 ? 1.0f : -1.0f);
    count.push_back(static_cast<float>(i % 17));
  }
  const struct {
    const char* text;
    Function function;
    const std::vector<float>&prediction, &target;
  } rows[] = {
      {"squared_error", [](auto& a, auto& b, auto& c) { return mm::squared_error(a, b, c); }, z, p},
      {"half_squared_error", [](auto& a, auto& b, auto& c) { return mm::half_squared_error(a, b, c); }, z, p},
      {"absolute_error", [](auto& a, auto& b, auto& c) { return mm::absolute_error(a, b, c); }, z, p},
      {"huber", [](auto& a, auto& b, auto& c) { return mm::huber(a, b, {}, c); }, z, p},
      {"huber:delta=1.5", [](auto& a, auto& b, auto& c) { return mm::huber(a, b, {.delta = 1.5}, c); }, z, p},
      {"huber:delta=inf", [](auto& a, auto& b, auto& c) { return mm::huber(a, b, {.delta = INFINITY}, c); }, z, p},
      {"smooth_l1:beta=0.1", [](auto& a, auto& b, auto& c) { return mm::smooth_l1(a, b, {.beta = 0.1}, c); }, z, p},
      {"log_cosh", [](auto& a, auto& b, auto& c) { return mm::log_cosh(a, b, c); }, z, p},
      {"quantile:tau=0.9", [](auto& a, auto& b, auto& c) { return mm::quantile(a, b, {.tau = 0.9}, c); }, z, p},
      {"binary_cross_entropy", [](auto& a, auto& b, auto& c) { return mm::binary_cross_entropy(a, b, c); }, p, bit},
      {"binary_cross_entropy_with_logits:pos_weight=2:smoothing=0.1",
       [](auto& a, auto& b, auto& c) {
         return mm::binary_cross_entropy_with_logits(a, b, {.pos_weight = 2, .smoothing = 0.1}, c);
       },
       z, bit},
      {"focal", [](auto& a, auto& b, auto& c) { return mm::focal(a, b, {}, c); }, z, bit},
      {"focal:alpha=0.25", [](auto& a, auto& b, auto& c) { return mm::focal(a, b, {.alpha = 0.25}, c); }, z, bit},
      {"poisson:full=true", [](auto& a, auto& b, auto& c) { return mm::poisson(a, b, {.full = true}, c); }, z, count},
      {"hinge", [](auto& a, auto& b, auto& c) { return mm::hinge(a, b, {}, c); }, z, sign},
      {"hinge:labels=01", [](auto& a, auto& b, auto& c) { return mm::hinge(a, b, {.labels = mm::labels::zero_one}, c); },
       z, bit},
      {"squared_hinge", [](auto& a, auto& b, auto& c) { return mm::squared_hinge(a, b, {}, c); }, z, sign},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.text);
    std::vector<float> g(z.size()), h(z.size()), v(z.size()), g2(g), h2(g), v2(g);
    const mm::Result a = row.function(row.prediction, row.target,
                                      {.gradient = g, .hessian = h, .values = v, .weight = w,
                                       .reduction = mm::reduction::weighted_mean});
    const mm::Result b = mm::loss(row.text)(row.prediction, row.target,
                                            {.gradient = g2, .hessian = h2, .values = v2, .weight = w,
                                             .reduction = mm::reduction::weighted_mean});
    expect_same(a, b);
    EXPECT_TRUE(same_bits(g, g2) && same_bits(h, h2) && same_bits(v, v2));
    EXPECT_EQ(a.count, 9001);
    EXPECT_TRUE(std::isfinite(a.value));
  }
}

TEST(Functions, RowsHaveTheBitsOfTheText) {
  const std::int64_t rows = 200, classes = 7;
  auto z = draw(1400, -4, 4, 5), q = draw(1400, 0, 1, 6), p = z, lp = z;
  std::vector<std::int32_t> labels;
  for (int r = 0; r < rows; ++r) {
    labels.push_back(r * 5 % 7);
    double sum = 0, exps = 0;
    for (int k = 0; k < classes; ++k) sum += q[r * 7 + k], exps += std::exp(static_cast<double>(z[r * 7 + k]));
    for (int k = 0; k < classes; ++k) {
      q[r * 7 + k] = static_cast<float>(q[r * 7 + k] / sum);
      p[r * 7 + k] = static_cast<float>(std::exp(static_cast<double>(z[r * 7 + k])) / exps);
      lp[r * 7 + k] = std::min(0.0f, static_cast<float>(z[r * 7 + k] - std::log(exps)));
    }
  }
  const mm::matrix<const float> logits(z.data(), rows, classes), probabilities(p.data(), rows, classes),
      logs(lp.data(), rows, classes), distribution(q.data(), rows, classes);
  const mm::array index(labels);
  const struct {
    const char* text;
    Function function;
    mm::array prediction, target;
  } all[] = {
      {"softmax_cross_entropy", [](auto& a, auto& b, auto& c) { return mm::softmax_cross_entropy(a, b, {}, c); }, logits, index},
      {"softmax_cross_entropy:smoothing=0.1:z_weight=0.001:temperature=2:softcap=30",
       [](auto& a, auto& b, auto& c) {
         return mm::softmax_cross_entropy(a, b, {.smoothing = 0.1, .z_weight = 0.001, .temperature = 2, .softcap = 30}, c);
       },
       logits, distribution},
      {"nll", [](auto& a, auto& b, auto& c) { return mm::nll(a, b, c); }, logs, index},
      {"kl_divergence", [](auto& a, auto& b, auto& c) { return mm::kl_divergence(a, b, c); }, probabilities, distribution},
      {"kl_divergence_with_log_probabilities:log_target=true",
       [](auto& a, auto& b, auto& c) { return mm::kl_divergence_with_log_probabilities(a, b, {.log_target = true}, c); },
       logs, logs},
      {"kl_divergence_with_logits", [](auto& a, auto& b, auto& c) { return mm::kl_divergence_with_logits(a, b, c); }, logits,
       distribution},
  };
  for (const auto& row : all) {
    SCOPED_TRACE(row.text);
    std::vector<float> g(z.size()), g2(g);
    const mm::Result a = row.function(row.prediction, row.target, {.gradient = mm::matrix<float>(g.data(), rows, classes)});
    const mm::Result b =
        mm::loss(row.text)(row.prediction, row.target, {.gradient = mm::matrix<float>(g2.data(), rows, classes)});
    expect_same(a, b);
    EXPECT_TRUE(same_bits(g, g2));
    EXPECT_TRUE(std::isfinite(a.value));
  }
}

TEST(Functions, CalledAsInTheManual) {
  std::vector<float> prediction{0.5f, 2, -3}, target{0, 0, 0}, gradient(3), weight{1, 1, 2};
  EXPECT_EQ(mm::squared_error(prediction, target).value, (0.25 + 4 + 9) / 3);
  const mm::Result r = mm::huber(prediction, target, {.delta = 1.5}, {.gradient = gradient, .weight = weight});
  EXPECT_EQ(r.sum, 0.125 + 1.875 + 2 * 3.375);
  EXPECT_EQ(r.weight_sum, 4);
  EXPECT_EQ(r.value, r.sum / 3);
  EXPECT_EQ(gradient, (std::vector<float>{0.5f / 3, 1.5f / 3, -3.0f / 3}));
  const std::array<double, 3> more{1, 2, 3};
  EXPECT_EQ(mm::absolute_error(more, std::vector<double>{1, 1, 1}).sum, 3);
}

TEST(Functions, ParametersOutsideTheirRangeAreRefused) {
  const std::vector<float> x{1}, y{1};
  const double nan = std::numeric_limits<double>::quiet_NaN();
  expect_refused([&] { mm::huber(x, y, {.delta = 0}); }, mm::error_code::PAR003, {"huber", "delta", "more than 0"});
  expect_refused([&] { mm::huber(x, y, {.delta = nan}); }, mm::error_code::PAR003);
  expect_refused([&] { mm::quantile(x, y, {.tau = 1}); }, mm::error_code::PAR003);
  expect_refused([&] { mm::focal(x, y, {.alpha = 1.5}); }, mm::error_code::PAR003, {"alpha", "0 to 1"});
  expect_refused([&] { mm::focal(x, y, {.alpha = nan}); }, mm::error_code::PAR003, {"alpha"});
  expect_refused([&] { mm::hinge(x, y, {.labels = static_cast<mm::labels>(7)}); }, mm::error_code::PAR003, {"labels", "pm1"});
}

TEST(Functions, StridedViewsHaveTheBitsOfCopies) {
  const auto x = draw(3000, -3, 3, 11), y = draw(3000, -3, 3, 12), w = draw(3000, 0, 1, 13);
  for (const std::int64_t stride : {1, 2, 3, -1, -2, -3}) {
    SCOPED_TRACE(stride);
    const std::int64_t n = 1000, first = stride < 0 ? (n - 1) * -stride : 0;
    std::vector<float> cx, cy, cw, g(3000, 7.0f), cg(1000);
    for (std::int64_t i = 0; i < n; ++i) {
      cx.push_back(x[first + i * stride]), cy.push_back(y[first + i * stride]), cw.push_back(w[first + i * stride]);
    }
    const mm::Result a = mm::log_cosh(mm::strided(x.data() + first, n, stride), mm::strided(y.data() + first, n, stride),
                                      {.gradient = mm::strided(g.data() + first, n, stride),
                                       .weight = mm::strided(w.data() + first, n, stride)});
    const mm::Result b = mm::log_cosh(cx, cy, {.gradient = cg, .weight = cw});
    expect_same(a, b);
    std::size_t written = 0;
    for (std::int64_t i = 0; i < n; ++i) EXPECT_EQ(g[first + i * stride], cg[i]) << i;
    for (const float each : g) written += each != 7.0f;
    EXPECT_EQ(written, 1000u) << "and nothing between";
  }
}

TEST(Functions, RowsMayLieApart) {
  const auto x = draw(8 * 10, -3, 3, 21);
  std::vector<float> packed;
  for (int r = 0; r < 8; ++r) packed.insert(packed.end(), &x[r * 10], &x[r * 10] + 6);
  const std::vector<std::uint8_t> labels{0, 1, 2, 3, 4, 5, 0, 1};
  std::vector<float> g(80, 7.0f), h(48);
  const mm::Result a = mm::softmax_cross_entropy(mm::matrix(x.data(), 8, 6, 10), labels, {},
                                                 {.gradient = mm::matrix(g.data(), 8, 6, 10)});
  const mm::Result b =
      mm::softmax_cross_entropy(mm::matrix(packed.data(), 8, 6), labels, {}, {.gradient = mm::matrix(h.data(), 8, 6)});
  expect_same(a, b);
  for (int r = 0; r < 8; ++r) {
    for (int k = 0; k < 10; ++k) EXPECT_EQ(g[r * 10 + k], k < 6 ? h[r * 6 + k] : 7.0f);
  }
}

TEST(Functions, TheGradientMayOverwriteThePrediction) {
  auto x = draw(20'000, -3, 3, 31);
  const auto y = draw(20'000, -3, 3, 32);
  std::vector<float> g(x.size()), h(x.size()), h2(x.size());
  const mm::Result a = mm::log_cosh(x, y, {.gradient = g, .hessian = h, .threads = 2});
  const mm::Result b = mm::log_cosh(x, y, {.gradient = x, .hessian = h2, .threads = 2});
  expect_same(a, b);
  EXPECT_TRUE(same_bits(g, x) && same_bits(h, h2));
  // Half over it is not the prediction.
  std::vector<float> z(100);
  const std::span<float> front(z.data(), 60), back(z.data() + 40, 60);
  expect_refused([&] { mm::log_cosh(front, std::vector<float>(60), {.gradient = back}); }, mm::error_code::SHP003);
  expect_refused([&] { mm::log_cosh(z, std::vector<float>(100), {.hessian = z}); }, mm::error_code::SHP003);
}

TEST(Functions, ShapesNeverBroadcast) {
  std::vector<float> x(6), y(6), w{1, 2, 3};
  // (N, 1) with (N), either way.
  EXPECT_EQ(mm::squared_error(mm::matrix<float>(x.data(), 6, 1), y).count, 6);
  EXPECT_EQ(mm::squared_error(y, mm::matrix<float>(x.data(), 6, 1)).count, 6);
  // Everything else names both.
  const auto refused = [](const mm::array& a, const mm::array& b, const char* first, const char* second) {
    expect_refused([&] { mm::squared_error(a, b); }, mm::error_code::SHP001, {first, second});
  };
  refused(mm::matrix<float>(x.data(), 1, 6), y, "(1, 6)", "(6,)");
  refused(mm::matrix<float>(x.data(), 2, 3), w, "(2, 3)", "(3,)");
  refused(mm::matrix<float>(x.data(), 2, 3), mm::matrix<float>(y.data(), 3, 2), "(2, 3)", "(3, 2)");
  refused(x, std::vector<float>{1}, "(6,)", "(1,)");
  // Weights may have the leading axes alone.
  const mm::Result r = mm::squared_error(mm::matrix<float>(x.data(), 3, 2), mm::matrix<float>(y.data(), 3, 2), {.weight = w});
  EXPECT_EQ(r.weight_sum, 12);
  expect_refused(
      [&] { mm::squared_error(mm::matrix<float>(x.data(), 2, 3), mm::matrix<float>(y.data(), 2, 3), {.weight = w}); },
      mm::error_code::SHP001, {"(3,)", "(2, 3)"});
  const std::vector<int> labels{0, 1, 2};
  expect_refused([&] { mm::softmax_cross_entropy(mm::matrix<float>(x.data(), 2, 3), labels); }, mm::error_code::SHP001,
                 {"(2, 3)", "(3,)"});
  std::vector<float> g(5);
  expect_refused([&] { mm::squared_error(x, y, {.gradient = g}); }, mm::error_code::SHP001, {"(5,)", "(6,)"});
}

TEST(Functions, AbsentElementsAreAsIfNotThere) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> x{1, nan, 3, nan}, y{0, -1, 1, 0}, w{1, 1, 1, 0};
  std::vector<float> g(4, 9.0f), v(4, 9.0f);
  const mm::Result r = mm::squared_error(x, y, {.ignore = -1, .gradient = g, .values = v, .weight = w});
  EXPECT_EQ(r.value, (1 + 4) / 2.0);
  EXPECT_EQ(r.count, 2);
  EXPECT_EQ(r.ignored, 2);
  EXPECT_EQ(r.flags, 0u);
  EXPECT_EQ(g, (std::vector<float>{1, 0, 2, 0}));
  EXPECT_EQ(v, (std::vector<float>{1, 0, 4, 0}));
}

TEST(Functions, EveryTypeOfTarget) {
  const std::vector<float> x{0.5f, -1, 2};
  const auto value = [&](const auto& y) { return mm::binary_cross_entropy_with_logits(x, y).value; };
  const double expected = value(std::vector<float>{1, 0, 1});
  EXPECT_EQ(value(std::vector<double>{1, 0, 1}), expected);
  EXPECT_EQ(value(std::vector<std::int8_t>{1, 0, 1}), expected);
  EXPECT_EQ(value(std::vector<std::uint64_t>{1, 0, 1}), expected);
  EXPECT_EQ(value(std::array<bool, 3>{true, false, true}), expected);
  EXPECT_EQ(value(std::array<mm::bf16, 3>{mm::bf16{0x3f80}, mm::bf16{0}, mm::bf16{0x3f80}}), expected);
  EXPECT_EQ(value(std::array<mm::f16, 3>{mm::f16{0x3c00}, mm::f16{0}, mm::f16{0x3c00}}), expected);
}

TEST(Functions, ReadOnlyMemoryIsNotWritten) {
  const std::vector<float> x{1, 2}, y{1, 2};
  expect_refused([&] { mm::squared_error(x, y, {.gradient = x}); }, mm::error_code::SHP002, {"read-only"});
}

}  // namespace
