// Sums over parts: any split in any order of arrival has the bits of the whole, and damaged bytes are
// refused.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "refusal.h"
#include "run/tree.h"
#include "sums.h"

namespace minimand::run {
namespace {

using test::refusal;

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
  refusal(error_code::INT001, [&] { Segments().add_blocks(a, b); });
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
  EXPECT_EQ(refusal(error_code::PRT002, [&] { state.finish(20000); }),
            "parts leave a hole: positions 5000 to 5999 of 20000 are in none of them");
  state.merge(part(e, e, 5001, 6000));
  EXPECT_EQ(refusal(error_code::PRT002, [&] { state.finish(20000); }),
            "parts leave a hole: position 5000 of 20000 is in none of them");
  state.merge(part(e, e, 5000, 5001));
  EXPECT_EQ(bits(state.finish(20000)[0]), bits(defined_sum(e)));
  EXPECT_EQ(refusal(error_code::PRT002, [&] { state.finish(20001); }),
            "parts leave a hole: position 20000 of 20001 is in none of them");
  EXPECT_EQ(refusal(error_code::PRT002, [&] { state.finish(19990); }),
            "parts hold positions 19990 to 19999, but the whole ends at 19990");
  EXPECT_EQ(refusal(error_code::PRT002, [&] { Segments().finish(3); }),
            "parts leave a hole: positions 0 to 2 of 3 are in none of them");
  EXPECT_EQ(refusal(error_code::PRT002, [&] { part(e, e, 4096, 8192).finish(8192); }),
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
      const std::string text = refusal(error_code::PRT002, [&] { left.merge(right); });
      EXPECT_EQ(text.find("parts overlap: position"), 0u) << text;
      EXPECT_EQ(left.to_bytes(), before);
    } else {
      EXPECT_NO_THROW(left.merge(right));
      EXPECT_EQ(left.covered(), b - a + d - c);
    }
  }
  EXPECT_GT(overlaps, 100);
  Segments self = part(e, e, 0, 30000);
  refusal(error_code::PRT002, [&] { self.merge(self); });
}

TEST(Segments, FarOutPositions) {
  const std::int64_t last = max_positions / block_size - 1;
  Segments state;
  state.add_block(last, {1, 1});
  EXPECT_EQ(state.end(), max_positions);
  EXPECT_EQ(Segments::from_bytes(state.to_bytes()).end(), max_positions);
  refusal(error_code::INT001, [&] { state.add_block(last + 1, {1, 1}); });
  refusal(error_code::INT001, [&] { state.add_block(-1, {1, 1}); });
  refusal(error_code::INT001, [&] { state.add_edge(4090, {nullptr, nullptr}, 7); });
  refusal(error_code::INT001, [&] { state.add_edge(-1, {nullptr, nullptr}, 1); });
}

TEST(SegmentsBytes, RoundTripAndEveryTruncation) {
  const Values e = summands(30000, 10);
  Segments state = part(e, e, 4000, 4200);
  state.merge(part(e, e, 8192, 25000));
  const std::string bytes = state.to_bytes();
  EXPECT_EQ(Segments::from_bytes(bytes).to_bytes(), bytes);
  EXPECT_EQ(Segments::from_bytes(Segments().to_bytes()).covered(), 0);
  for (std::size_t n = 0; n < bytes.size(); n += n < 200 ? 1 : 37) {
    refusal(error_code::PRT001, [&] { Segments::from_bytes(std::string_view(bytes).substr(0, n)); });
  }
  refusal(error_code::PRT001, [&] { Segments::from_bytes(bytes + '\0'); });
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
    return refusal(error_code::PRT001, [&] { Segments::from_bytes(words(list)); });
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
