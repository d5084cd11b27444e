// Right answers are counted alike in both precisions, for labels, distributions and pairs, over many blocks.
#include <gtest/gtest.h>

#include <vector>

#include "learn/classes.h"
#include "learn/philox.h"

namespace minimand::learn {
namespace {

constexpr std::int64_t rows = 1300, columns = 700;

template <class T>
std::vector<T> drawn(std::int64_t n, std::uint64_t stream) {
  const Random random(20240611, Purpose::shuffle, stream);
  std::vector<T> out;
  for (std::int64_t i = 0; i < n; ++i) out.push_back(static_cast<T>(static_cast<float>(random.normal(i))));
  return out;
}

template <class T>
class CountHits : public testing::Test {};
using Types = testing::Types<float, double>;
TYPED_TEST_SUITE(CountHits, Types);

TYPED_TEST(CountHits, OfRows) {
  const std::vector<TypeParam> prediction = drawn<TypeParam>(rows * columns, 1);
  const std::vector<double> shares = drawn<double>(rows * columns, 2);
  std::vector<std::int64_t> labels, named(rows);
  std::int64_t wanted = 0, wanted_of_shares = 0;
  largest_of_rows(prediction.data(), rows, columns, named.data());
  for (std::int64_t r = 0; r < rows; ++r) {
    std::int64_t most = 0, other = 0;
    for (std::int64_t c = 0; c < columns; ++c) {
      const auto at = [&](std::int64_t column) { return static_cast<std::size_t>(r * columns + column); };
      if (prediction[at(c)] > prediction[at(most)]) most = c;
      if (shares[at(c)] > shares[at(other)]) other = c;
    }
    EXPECT_EQ(named[static_cast<std::size_t>(r)], most);
    labels.push_back(r % 3 == 0 ? most : (most + 1) % columns);
    wanted += r % 3 == 0, wanted_of_shares += most == other;
  }
  const Classes classes = classes_of(loss("softmax_cross_entropy"));
  std::int64_t count = 0;
  EXPECT_EQ(count_hits(classes, prediction.data(), rows, columns, labels, count), wanted);
  EXPECT_EQ(count, rows);
  const matrix<const double> distributions(shares.data(), rows, columns);
  EXPECT_EQ(count_hits(classes, prediction.data(), rows, columns, distributions, count), wanted_of_shares);
  EXPECT_EQ(count_hits(classes, prediction.data(), 0, columns, distributions, count), 0);
}

TYPED_TEST(CountHits, OfPairs) {
  const std::vector<TypeParam> prediction = drawn<TypeParam>(rows, 3);
  std::vector<double> targets;
  std::int64_t wanted = 0;
  for (std::int64_t i = 0; i < rows; ++i) {
    targets.push_back(i % 2);
    wanted += (prediction[static_cast<std::size_t>(i)] >= 0) == (i % 2 == 1);
  }
  const Classes classes = classes_of(loss("binary_cross_entropy_with_logits"));
  std::int64_t count = 0;
  EXPECT_EQ(count_hits(classes, prediction.data(), rows, 1, targets, count), wanted);
  EXPECT_EQ(count, rows);
  EXPECT_TRUE(all_two_valued(classes, targets));
  targets.back() = 2;
  EXPECT_FALSE(all_two_valued(classes, targets));
}

}  // namespace
}  // namespace minimand::learn
