// Every edge row, and the identities between losses that hold in bits.
#include <gtest/gtest.h>

#include <array>
#include <initializer_list>

#include "refusal.h"
#include "row_checks.h"

namespace minimand::test {
namespace {

class Edges : public testing::TestWithParam<std::string> {};

std::uint32_t flag_of(const std::string& word) {
  for (std::uint32_t bit = 1; bit <= unnormalised; bit *= 2)
    if (word == flag_name(bit)) return bit;
  ADD_FAILURE() << "no flag named " << word;
  return 0;
}

TEST_P(Edges, RowsAreRight) {
  for (const Row& row : read_rows(GetParam())) {
    const auto flags = check_row(row);
    if (!flags || row["flags"] == "-") continue;
    std::uint32_t must = 0, may = 0;
    for (const auto& w : words(row["flags"])) (w[0] == '?' ? may : must) |= flag_of(w[0] == '?' ? w.substr(1) : w);
    EXPECT_EQ(*flags & ~may, must) << row.where() << "\n  flags " << *flags;
  }
}

INSTANTIATE_TEST_SUITE_P(Files, Edges, testing::ValuesIn(data_files("edges")), test_name);

// ---- Identities in bits.

struct Bits {
  std::uint64_t value;
  std::vector<std::uint64_t> gradient, hessian;
  bool operator==(const Bits&) const = default;
};

template <class T>
Bits pointwise_bits(const char* text, T x, T t) {
  std::vector<T> a{x}, b{t}, g(1), h(1);
  Call call{.gradient = array(g), .hessian = array(h), .reduction = reduction::sum};
  const Result r = loss(text)(a, b, call);
  return {bits_of(r.value), {bits_of(g[0])}, {bits_of(h[0])}};
}

template <class T, class Y>
Bits row_bits(const char* text, std::vector<T> z, std::vector<Y> target) {
  const auto k = static_cast<std::int64_t>(z.size());
  std::vector<T> g(z.size()), h(z.size());
  Call call{.gradient = matrix<T>(g.data(), 1, k), .hessian = matrix<T>(h.data(), 1, k), .reduction = reduction::sum};
  const Result r = target.size() == 1 ? loss(text)(matrix<T>(z.data(), 1, k), target, call)
                                      : loss(text)(matrix<T>(z.data(), 1, k), matrix<Y>(target.data(), 1, k), call);
  Bits out{bits_of(r.value), {}, {}};
  for (T v : g) out.gradient.push_back(bits_of(v));
  for (T v : h) out.hessian.push_back(bits_of(v));
  return out;
}

template <class T>
class Identity : public testing::Test {};
using Floats = testing::Types<float, double>;
TYPED_TEST_SUITE(Identity, Floats);

template <class T>
std::vector<T> spread() {
  std::vector<T> out{T(0.1), T(-0.37), T(2.71), T(-5.3), T(17.6), T(-33.3), T(88.3), T(-103.2), T(1e-30), T(-0.0), T(1e4)};
  out.push_back(std::numeric_limits<T>::infinity());
  return out;
}

TYPED_TEST(Identity, LogisticIsSymmetric) {
  using T = TypeParam;
  const char* text = "binary_cross_entropy_with_logits";
  for (T z : spread<T>()) {
    const Bits a = pointwise_bits<T>(text, z, 1), b = pointwise_bits<T>(text, -z, 0);
    EXPECT_EQ(a.value, b.value) << z;
    EXPECT_EQ(a.hessian, b.hessian) << z;
    const T g = std::is_same_v<T, float> ? static_cast<T>(std::bit_cast<float>(static_cast<std::uint32_t>(a.gradient[0])))
                                         : static_cast<T>(std::bit_cast<double>(a.gradient[0]));
    EXPECT_EQ(bits_of(g == 0 ? T(0) : -g), b.gradient[0]) << z;
  }
}

TYPED_TEST(Identity, HuberWithoutTailsIsHalfSquaredError) {
  using T = TypeParam;
  for (T x : spread<T>())
    for (T t : {T(0.25), T(-7.7), T(1e19)})
      EXPECT_EQ(pointwise_bits<T>("huber:delta=inf", x, t), pointwise_bits<T>("half_squared_error", x, t)) << x << ' ' << t;
}

TYPED_TEST(Identity, FocalWithoutFocusIsLogistic) {
  using T = TypeParam;
  for (T z : spread<T>())
    for (T t : {T(0), T(1), T(0.3)})
      EXPECT_EQ(pointwise_bits<T>("focal:gamma=0", z, t), pointwise_bits<T>("binary_cross_entropy_with_logits", z, t)) << z << ' ' << t;
}

TYPED_TEST(Identity, SmoothL1WithoutZoneIsAbsoluteError) {
  using T = TypeParam;
  for (T x : spread<T>())
    for (T t : {T(0.25), T(0.1)})
      EXPECT_EQ(pointwise_bits<T>("smooth_l1:beta=0", x, t), pointwise_bits<T>("absolute_error", x, t)) << x << ' ' << t;
}

TYPED_TEST(Identity, SoftmaxIgnoresACommonOffset) {
  using T = TypeParam;
  const std::vector<T> z{T(0.5), T(1.25), T(-2), T(3.75)};
  for (T c : {T(1), T(1024), T(1048576), T(-65536)}) {
    std::vector<T> moved;
    for (T v : z) moved.push_back(v + c);
    for (std::int64_t y = 0; y < 4; ++y)
      EXPECT_EQ((row_bits<T, std::int64_t>("softmax_cross_entropy", z, {y})),
                (row_bits<T, std::int64_t>("softmax_cross_entropy", moved, {y}))) << c << ' ' << y;
  }
}

TYPED_TEST(Identity, SoftmaxWithoutSmoothingIsPlain) {
  using T = TypeParam;
  for (std::int64_t y = 0; y < 3; ++y)
    EXPECT_EQ((row_bits<T, std::int64_t>("softmax_cross_entropy:smoothing=0", {T(0.3), T(17.3), T(-1.1)}, {y})),
              (row_bits<T, std::int64_t>("softmax_cross_entropy", {T(0.3), T(17.3), T(-1.1)}, {y}))) << y;
}

template <class Y>
void expect_index_type() {
  EXPECT_EQ((row_bits<float, Y>("softmax_cross_entropy", {0.3f, 1.7f, -1.1f}, {Y(1)})),
            (row_bits<float, std::int64_t>("softmax_cross_entropy", {0.3f, 1.7f, -1.1f}, {1})));
}

TEST(Indices, OfEveryIntegerType) {
  expect_index_type<std::int8_t>();
  expect_index_type<std::int16_t>();
  expect_index_type<std::int32_t>();
  expect_index_type<std::uint8_t>();
  expect_index_type<std::uint16_t>();
  expect_index_type<std::uint32_t>();
  expect_index_type<std::uint64_t>();
  const std::array<bool, 1> yes{true};
  const std::vector<float> z{0.3f, 1.7f};
  EXPECT_GT(loss("softmax_cross_entropy")(matrix<const float>(z.data(), 1, 2), yes).value, 0);
}

TEST(Indices, BeyondTheirRangeAreErrorsInEveryType) {
  const std::vector<float> z{0.3f, 1.7f};
  const auto code_of = [&](const array& target) {
    try {
      loss("softmax_cross_entropy")(matrix<const float>(z.data(), 1, 2), target);
    } catch (const error& e) {
      EXPECT_EQ(e.where(), role::target);
      EXPECT_EQ(e.first(), 0);
      EXPECT_EQ(e.count(), 1);
      return std::string(name(e.code()));
    }
    return std::string("none");
  };
  EXPECT_EQ(code_of(std::vector<std::int8_t>{-1}), "TGT001");
  EXPECT_EQ(code_of(std::vector<std::uint8_t>{255}), "TGT001");
  EXPECT_EQ(code_of(std::vector<std::uint32_t>{0xffffffffu}), "TGT001");
  EXPECT_EQ(code_of(std::vector<std::uint64_t>{0xffffffffffffffffu}), "TGT001");
  EXPECT_EQ(code_of(std::vector<std::int64_t>{std::numeric_limits<std::int64_t>::min()}), "TGT001");
}

// ---- Nothing to average.

class Nothing : public testing::TestWithParam<std::string> {};

TEST_P(Nothing, HasSumZeroAndNoMean) {
  const auto rows = read_rows(GetParam());
  const std::string text = rows.at(0).loss_name();
  const bool is_row = text.starts_with("softmax") || text.starts_with("kl_") || text == "nll";
  const bool is_index = text.starts_with("softmax") || text == "nll";
  std::vector<float> none;
  std::vector<std::int64_t> no_index;
  const array x = is_row ? array(matrix<float>(none.data(), 0, 3)) : array(none);
  const array t = is_index ? array(no_index) : is_row ? array(matrix<float>(none.data(), 0, 3)) : array(none);
  const Loss f = loss(text);
  const auto call = [&](reduction r, empty e) { return f(x, t, Call{.reduction = r, .empty = e}); };
  EXPECT_EQ(bits_of(call(reduction::sum, empty::nan).value), 0u);
  EXPECT_EQ(call(reduction::mean, empty::nan).count, 0);
  EXPECT_EQ(bits_of(call(reduction::mean, empty::nan).value), canonical_nan<double>());
  EXPECT_EQ(bits_of(call(reduction::weighted_mean, empty::nan).value), canonical_nan<double>());
  EXPECT_EQ(bits_of(call(reduction::mean, empty::zero).value), 0u);
  refusal(error_code::DOM004, [&] { call(reduction::mean, empty::error); });
}

// Rows whose every element is absent: the mean is NaN, its gradient exactly +0, nothing is counted.
TEST_P(Nothing, AbsentElementsLeaveNoTrace) {
  int seen = 0;
  for (const Row& row : read_rows(GetParam())) {
    const std::string& options = row["options"];
    if (row["type"] != "f32" || row["value"].starts_with("error") ||
        (options != "weight=0" && !options.starts_with("ignore="))) continue;
    ++seen;
    const Outcome<float> o = evaluate<float>(row, 3);
    EXPECT_EQ(o.error, "") << row.where();
    EXPECT_EQ(o.result.count, 0) << row.where();
    EXPECT_EQ(o.result.ignored, 1) << row.where();
    EXPECT_EQ(bits_of(o.result.weight_sum), 0u) << row.where();
    EXPECT_EQ(bits_of(o.values[0]), 0u) << row.where();
  }
  EXPECT_GT(seen, 0);
}

INSTANTIATE_TEST_SUITE_P(Files, Nothing, testing::ValuesIn(data_files("edges")), test_name);

TEST(Rows, WithoutClassesAreRefused) {
  std::vector<float> none;
  std::vector<std::int64_t> y{0, 0};
  EXPECT_THROW(loss("softmax_cross_entropy")(matrix<float>(none.data(), 2, 0), y), error);
}

}  // namespace
}  // namespace minimand::test
