// The fixed-order sum of blocks: its definition, and ranges that append to the whole.
#include "run/tree.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <random>

#include "refusal.h"
#include "sums.h"

namespace minimand::run {
namespace {

TEST(Tree, IsTheDefinedSum) {
  for (std::size_t n : sizes) {
    const Values e = summands(n, 1);
    TreeSum tree;
    for (std::size_t b = 0; b * 4096 < n; ++b) {
      tree.append(
          static_cast<std::int64_t>(b),
          fold_block(e.data() + b * 4096, static_cast<int>(std::min<std::size_t>(4096, n - b * 4096))));
    }
    EXPECT_EQ(bits(tree.total()), bits(defined_sum(e))) << n;
  }
  EXPECT_EQ(bits(TreeSum().total()), 0u);
}

TEST(Tree, TheOrderMatters) {  // else these tests could not fail
  const Values e = summands(1000003, 1);
  double plain = 0;
  for (double x : e) plain += x;
  EXPECT_NE(bits(plain), bits(defined_sum(e)));
}

TEST(Tree, RangesAppendToTheWhole) {
  const Values block_sums = summands(3000, 2);
  TreeSum whole;
  for (std::size_t b = 0; b < block_sums.size(); ++b)
    whole.append(static_cast<std::int64_t>(b), block_sums[b]);
  std::mt19937 random(3);
  for (int round = 0; round < 300; ++round) {
    TreeSum joined;
    for (std::int64_t b = 0; b < 3000;) {
      TreeSum range;
      const std::int64_t end = std::min<std::int64_t>(3000, b + random() % (round + 2));
      for (; b < end; ++b) range.append(b, block_sums[static_cast<std::size_t>(b)]);
      joined.append(range);
    }
    ASSERT_EQ(joined.count(), whole.count());
    ASSERT_EQ(bits(joined.total()), bits(whole.total())) << "round " << round;
  }
}

TEST(Tree, MisuseIsAnInternalError) {
  TreeSum tree;
  tree.append(5, 1.0);
  test::refusal(error_code::INT001, [&] { tree.append(7, 1.0); });
  test::refusal(error_code::INT001, [&] { tree.append(5, 1.0); });
  test::refusal(error_code::INT001, [&] { static_cast<void>(tree.total()); });
  EXPECT_EQ(tree.first(), 5);
  EXPECT_EQ(tree.last(), 6);
}

TEST(Tree, NanIsPositiveAndZeroToo) {
  const double inf = std::numeric_limits<double>::infinity();
  TreeSum tree;
  tree.append(0, inf);
  tree.append(1, -inf);
  EXPECT_EQ(bits(tree.total()), 0x7ff8000000000000u);
  TreeSum zero;
  zero.append(0, -0.0);
  EXPECT_EQ(bits(zero.total()), 0u);
}

TEST(Tree, HoldsTheLongestRange) {
  TreeSum tree;  // one subtree of every level up and down again: the most a contiguous range can need
  std::int64_t block = 1;
  for (int level = 0; level < 49; ++level) {
    tree.append(Node<1>{level, block >> level, {1.0}});
    block += std::int64_t{1} << level;
  }
  for (int level = 48; level-- > 0;) {
    tree.append(Node<1>{level, block >> level, {1.0}});
    block += std::int64_t{1} << level;
  }
  EXPECT_EQ(tree.last(), block);
  EXPECT_LE(tree.count(), TreeSum::capacity);
}

}  // namespace
}  // namespace minimand::run
