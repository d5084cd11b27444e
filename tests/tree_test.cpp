// The fixed-order sum: its definition, and that parts in any number and order of arrival give its bits.
#include "run/tree.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <minimand/error.hpp>

namespace minimand::run {
namespace {

using Values = std::vector<double>;

std::uint64_t bits(double x) { return std::bit_cast<std::uint64_t>(x); }

// The sum as it is defined, level by level over the whole: lanes, blocks, pairs, what is left over.
double defined_sum(const Values& e) {
  Values level;
  for (std::size_t begin = 0; begin < e.size(); begin += 4096) {
    Values lane(32, 0.0);
    for (std::size_t i = begin; i < std::min(begin + 4096, e.size()); ++i) lane[i % 32] += e[i];
    for (std::size_t w : {16, 8, 4, 2, 1}) {
      for (std::size_t j = 0; j < w; ++j) lane[j] = lane[j] + lane[j + w];
    }
    level.push_back(lane[0]);
  }
  Values left_over;  // smallest level first
  while (!level.empty()) {
    if (level.size() % 2 == 1) left_over.push_back(level.back()), level.pop_back();
    Values next;
    for (std::size_t i = 0; i < level.size(); i += 2) next.push_back(level[i] + level[i + 1]);
    level = next;
  }
  if (left_over.empty()) return 0.0;
  double r = left_over[0];
  for (std::size_t i = 1; i < left_over.size(); ++i) r = left_over[i] + r;
  return r;
}

// Summands whose sum depends on the order: many magnitudes, both signs.
Values summands(std::size_t n, unsigned seed) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> mantissa(-1, 1), exponent(-30, 30);
  Values e(n);
  for (double& x : e) x = std::ldexp(mantissa(random), static_cast<int>(exponent(random)));
  return e;
}

// The state over [begin, end) of sums over e and w.
Segments part(const Values& e, const Values& w, std::int64_t begin, std::int64_t end) {
  Segments state;
  for (std::int64_t i = begin; i < end;) {
    const std::int64_t next = std::min(end, (i / block_size + 1) * block_size);
    const double *a = e.data() + i, *b = w.data() + i;
    if (next - i == block_size) {
      state.add_block(i / block_size, {fold_block(a, block_size), fold_block(b, block_size)});
    } else {
      state.add_edge(i, {a, b}, static_cast<int>(next - i));
    }
    i = next;
  }
  return state;
}

template <class F>
std::string message(error_code code, F f) {
  try {
    f();
  } catch (const error& e) {
    EXPECT_EQ(name(e.code()), std::string(name(code))) << e.what();
    return e.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return "";
}

constexpr std::size_t sizes[] = {0,    1,    2,    3,    31,   32,    33,    63,    64,    65,
                                 4095, 4096, 4097, 8191, 8192, 12287, 12288, 12289, 28672, 1000003};

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
  message(error_code::INT001, [&] { tree.append(7, 1.0); });
  message(error_code::INT001, [&] { tree.append(5, 1.0); });
  message(error_code::INT001, [&] { static_cast<void>(tree.total()); });
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

TEST(Segments, AnySplitInAnyOrderHasTheBitsOfTheWhole) {
  std::mt19937 random(4);
  const Values many = summands(1100000, 20);
  for (int round = 0; round < 300; ++round) {
    const std::size_t n = round < 20 ? sizes[round] : 1 + random() % 50000;
    const auto start = many.begin() + round;
    const Values e(start, start + static_cast<std::ptrdiff_t>(n)),
        w(start + 500, start + 500 + static_cast<std::ptrdiff_t>(n));
    std::vector<std::int64_t> cuts = {0, static_cast<std::int64_t>(n)};
    const int parts = 1 + static_cast<int>(random() % 40);
    for (int i = 1; i < parts; ++i) {
      std::int64_t cut = static_cast<std::int64_t>(random() % (n + 1));
      if (random() % 3 == 0) cut = cut / block_size * block_size;  // some on block edges
      cuts.push_back(cut);
    }
    std::sort(cuts.begin(), cuts.end());
    std::vector<Segments> states;
    for (std::size_t i = 1; i < cuts.size(); ++i) {
      states.push_back(part(e, w, cuts[i - 1], cuts[i]));
      EXPECT_EQ(states.back().covered(), cuts[i] - cuts[i - 1]);
    }
    while (states.size() > 1) {  // two at random, through bytes now and then
      std::shuffle(states.begin(), states.end(), random);
      const Segments last = random() % 2 ? Segments::from_bytes(states.back().to_bytes()) : states.back();
      states.pop_back();
      states.front().merge(last);
    }
    const auto sums = states[0].finish(static_cast<std::int64_t>(n));
    ASSERT_EQ(bits(sums[0]), bits(defined_sum(e))) << "round " << round << " n " << n;
    ASSERT_EQ(bits(sums[1]), bits(defined_sum(w))) << "round " << round << " n " << n;
    EXPECT_EQ(states[0].to_bytes(), part(e, w, 0, static_cast<std::int64_t>(n)).to_bytes());
  }
}

TEST(Segments, BlocksOfTwoTrees) {
  const Values e = summands(50 * 4096, 5), w(50 * 4096, 1.0);
  Segments state;
  for (const auto& [from, to] : {std::pair{17, 50}, std::pair{0, 17}}) {
    TreeSum a, b;
    for (std::int64_t i = from; i < to; ++i) {
      a.append(i, fold_block(e.data() + i * 4096, 4096));
      b.append(i, fold_block(w.data() + i * 4096, 4096));
    }
    state.add_blocks(a, b);
  }
  EXPECT_EQ(state.begin(), 0);
  EXPECT_EQ(state.end(), 50 * 4096);
  EXPECT_EQ(bits(state.finish(50 * 4096)[0]), bits(defined_sum(e)));
  EXPECT_EQ(state.finish(50 * 4096)[1], 50 * 4096.0);
  TreeSum a, b;
  a.append(0, 1);
  b.append(1, 1);
  message(error_code::INT001, [&] { Segments().add_blocks(a, b); });
}

TEST(Segments, NoValuesMeanOnes) {
  const Values e = summands(100, 6);
  Segments state;
  state.add_edge(0, {e.data(), nullptr}, 100);
  EXPECT_EQ(state.finish(100)[1], 100.0);
}

TEST(Segments, HolesAreNamed) {
  const Values e = summands(20000, 7);
  Segments state = part(e, e, 0, 5000);
  state.merge(part(e, e, 6000, 20000));
  EXPECT_EQ(message(error_code::PRT002, [&] { state.finish(20000); }),
            "parts leave a hole: positions 5000 to 5999 of 20000 are in none of them");
  state.merge(part(e, e, 5001, 6000));
  EXPECT_EQ(message(error_code::PRT002, [&] { state.finish(20000); }),
            "parts leave a hole: position 5000 of 20000 is in none of them");
  state.merge(part(e, e, 5000, 5001));
  EXPECT_EQ(bits(state.finish(20000)[0]), bits(defined_sum(e)));
  EXPECT_EQ(message(error_code::PRT002, [&] { state.finish(20001); }),
            "parts leave a hole: position 20000 of 20001 is in none of them");
  EXPECT_EQ(message(error_code::PRT002, [&] { state.finish(19990); }),
            "parts hold positions 19990 to 19999, but the whole ends at 19990");
  EXPECT_EQ(message(error_code::PRT002, [&] { Segments().finish(3); }),
            "parts leave a hole: positions 0 to 2 of 3 are in none of them");
  EXPECT_EQ(message(error_code::PRT002, [&] { part(e, e, 4096, 8192).finish(8192); }),
            "parts leave a hole: positions 0 to 4095 of 8192 are in none of them");
  EXPECT_EQ(bits(Segments().finish(0)[0]), 0u);
}

TEST(Segments, OverlapsAreRefusedAndChangeNothing) {
  const Values e = summands(30000, 8);
  std::mt19937 random(9);
  const auto cut = [&] { return static_cast<std::int64_t>(random() % 30000); };
  int overlaps = 0;
  for (int round = 0; round < 500; ++round) {
    std::int64_t a = cut(), b = cut(), c = cut(), d = cut();
    if (a > b) std::swap(a, b);
    if (c > d) std::swap(c, d);
    Segments left = part(e, e, a, b);
    const std::string before = left.to_bytes();
    const Segments right = part(e, e, c, d);
    if (std::max(a, c) < std::min(b, d)) {
      ++overlaps;
      const std::string text = message(error_code::PRT002, [&] { left.merge(right); });
      EXPECT_EQ(text.find("parts overlap: position"), 0u) << text;
      EXPECT_EQ(left.to_bytes(), before);
    } else {
      EXPECT_NO_THROW(left.merge(right));
      EXPECT_EQ(left.covered(), b - a + d - c);
    }
  }
  EXPECT_GT(overlaps, 100);
  Segments self = part(e, e, 0, 30000);
  message(error_code::PRT002, [&] { self.merge(self); });
}

TEST(Segments, FarOutPositions) {
  const std::int64_t last = max_positions / block_size - 1;
  Segments state;
  state.add_block(last, {1, 1});
  EXPECT_EQ(state.end(), max_positions);
  EXPECT_EQ(Segments::from_bytes(state.to_bytes()).end(), max_positions);
  message(error_code::INT001, [&] { state.add_block(last + 1, {1, 1}); });
  message(error_code::INT001, [&] { state.add_block(-1, {1, 1}); });
  message(error_code::INT001, [&] { state.add_edge(4090, {nullptr, nullptr}, 7); });
  message(error_code::INT001, [&] { state.add_edge(-1, {nullptr, nullptr}, 1); });
}

TEST(SegmentsBytes, RoundTripAndEveryTruncation) {
  const Values e = summands(30000, 10);
  Segments state = part(e, e, 4000, 4200);
  state.merge(part(e, e, 8192, 25000));
  const std::string bytes = state.to_bytes();
  EXPECT_EQ(Segments::from_bytes(bytes).to_bytes(), bytes);
  EXPECT_EQ(Segments::from_bytes(Segments().to_bytes()).covered(), 0);
  for (std::size_t n = 0; n < bytes.size(); n += n < 200 ? 1 : 37) {
    message(error_code::PRT001, [&] { Segments::from_bytes(std::string_view(bytes).substr(0, n)); });
  }
  message(error_code::PRT001, [&] { Segments::from_bytes(bytes + '\0'); });
}

TEST(SegmentsBytes, DamageIsRefusedOrReadAsWhatItSays) {
  const Values e = summands(30000, 11);
  Segments state = part(e, e, 3990, 4150);
  state.merge(part(e, e, 8192, 20530));
  const std::string bytes = state.to_bytes();
  std::mt19937 random(12);
  int refused = 0;
  for (int round = 0; round < 6000; ++round) {
    std::string damaged = bytes;
    // Mostly in the heads: counts, levels, indices.
    const int changes = 1 + static_cast<int>(random() % 3);
    for (int i = 0; i < changes; ++i) {
      const std::size_t at = random() % (round % 4 ? std::min<std::size_t>(bytes.size(), 160) : bytes.size());
      damaged[at] = static_cast<char>(random() % 2 ? random() : random() % 4);
    }
    try {
      const Segments read = Segments::from_bytes(damaged);
      // What is read is a state: it can be written and read again, and merged and finished without harm.
      EXPECT_EQ(Segments::from_bytes(read.to_bytes()).to_bytes(), read.to_bytes());
      Segments joined = state;
      try {
        joined.merge(read);
        joined.finish(joined.end());
      } catch (const error& wrong) {
        EXPECT_EQ(wrong.code(), error_code::PRT002);
      }
    } catch (const error& wrong) {
      ++refused;
      ASSERT_EQ(wrong.code(), error_code::PRT001) << wrong.what();
    }
  }
  EXPECT_GT(refused, 500);
}

// Words of a state, little-endian.
std::string words(std::initializer_list<std::uint64_t> list) {
  std::string out;
  for (auto x : list) {
    for (int i = 0; i < 8; ++i) out += static_cast<char>(x >> (8 * i) & 0xff);
  }
  return out;
}

TEST(SegmentsBytes, OnlyOneFormOfAState) {
  const auto refused = [](std::initializer_list<std::uint64_t> list) {
    return message(error_code::PRT001, [&] { Segments::from_bytes(words(list)); });
  };
  EXPECT_NO_THROW(Segments::from_bytes(words({2, 0, 0, 1, 0, 0, 0, 2, 0, 0})));
  refused({2, 0, 0, 2, 0, 0, 0, 3, 0, 0});           // siblings not joined
  refused({2, 0, 0, 2, 0, 0, 0, 1, 0, 0});           // descending
  refused({2, 0, 1, 1, 0, 0, 0, 3, 0, 0});           // a block inside the one before
  refused({1, 0, 51, 0, 0, 0});                      // level
  refused({1, 0, 0, std::uint64_t{1} << 50, 0, 0});  // index
  refused({1, 0, 50, 1, 0, 0});                      // index at its level
  refused({~std::uint64_t{0}, 0});                   // counts beyond the bytes
  refused({0, ~std::uint64_t{0}});
  refused({0, 1, 5, 0, 0, 0});                       // an empty piece
  refused({0, 1, 0, 4096, 0, 0});                    // a piece of a whole block
  refused({0, 1, 4095, 2, 0, 0, 0, 0});              // across a block's edge
  refused({0, 2, 5, 1, 0, 0, 6, 1, 0, 0});           // pieces not joined
  refused({0, 2, 7, 1, 0, 0, 5, 1, 0, 0});           // descending
  refused({1, 1, 0, 0, 0, 0, 5, 1, 0, 0});           // a piece inside a block
  refused({0, 1, std::uint64_t{1} << 62, 1, 0, 0});  // far out
  EXPECT_NO_THROW(Segments::from_bytes(words({0, 2, 4095, 1, 0, 0, 4096, 1, 0, 0})));
}

}  // namespace
}  // namespace minimand::run
