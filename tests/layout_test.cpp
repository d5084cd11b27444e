// Shapes, views and overlap, against plain indexing and sets of bytes.
#include "run/layout.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <initializer_list>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "plain_views.h"
#include "refusal.h"

namespace minimand::run {
namespace {

using test::refusal;
using Extents = std::vector<std::int64_t>;
using Pairs = std::vector<std::pair<Extents, Extents>>;

alignas(64) char memory[4096];

array view(const Extents& shape, const Extents& strides, std::int64_t offset = 0, dtype type = dtype::f32) {
  array a;
  a.data = memory + offset;
  a.type = type;
  a.writable = a.present = true;
  a.rank = static_cast<int>(shape.size());
  for (std::size_t i = 0; i < shape.size(); ++i) a.shape[i] = shape[i], a.strides[i] = strides[i];
  return a;
}
array of_shape(const Extents& shape) { return array(memory, dtype::f32, shape, true); }

std::int64_t plain_offset(const array& a, std::int64_t index) { return plain_address(a, index) - memory; }

// Up to 4 small axes anywhere in the middle of the memory, overlapping themselves or not.
array random_view(std::mt19937& random) {
  array a = view({}, {}, 1500 + static_cast<std::int64_t>(random() % 100));
  a.type = random() % 2 ? dtype::f32 : dtype::f16;
  a.rank = static_cast<int>(random() % 4);
  const std::int64_t size = static_cast<std::int64_t>(size_of(a.type));
  std::int64_t step = size;
  for (int i = a.rank; i-- > 0;) {
    a.shape[i] = 1 + static_cast<std::int64_t>(random() % 4);
    a.strides[i] = random() % 3 ? step : size * (static_cast<std::int64_t>(random() % 17) - 8);
    step = a.strides[i] * a.shape[i];
    if (random() % 4 == 0) step *= 2;
    if (step > 200 || step < -200) step = size;
  }
  return a;
}

std::vector<std::int64_t> offsets(const array& a) {
  std::vector<std::int64_t> list;
  for (std::int64_t i = 0; i < a.size(); ++i) list.push_back(plain_offset(a, i));
  return list;
}
std::set<std::int64_t> bytes_of(const array& a) {
  std::set<std::int64_t> all;
  for (auto at : offsets(a)) {
    for (std::size_t b = 0; b < size_of(a.type); ++b) all.insert(at + static_cast<std::int64_t>(b));
  }
  return all;
}

TEST(Layout, ShapeText) {
  EXPECT_EQ(shape_text(of_shape({})), "()");
  EXPECT_EQ(shape_text(of_shape({100})), "(100,)");
  EXPECT_EQ(shape_text(of_shape({100, 3, 0})), "(100, 3, 0)");
}

TEST(Layout, InputsAreChecked) {
  EXPECT_EQ(check_input(of_shape({3, 4}), role::prediction), 12);
  EXPECT_EQ(check_input(of_shape({}), role::prediction), 1);
  array empty = of_shape({5, 0});
  empty.data = nullptr;
  empty.strides[0] = INT64_MIN;
  EXPECT_EQ(check_input(empty, role::prediction), 0);
  EXPECT_EQ(check_input(view({1, 3}, {INT64_MAX, 4}), role::prediction), 3);  // garbage where there is one
  EXPECT_EQ(check_input(view({1 << 30, 0}, {4, 4}), role::prediction), 0);
  const std::int64_t big = std::int64_t{1} << 40;
  EXPECT_EQ(check_input(view({big, big, 0}, {4, 4, 4}), role::prediction), 0);
  const auto refused = [](const array& a) {
    return refusal(error_code::SHP002, [&] { check_input(a, role::target); });
  };
  EXPECT_EQ(refused(view({big, big}, {0, 0})),
            "target has more elements than can be counted: shape (1099511627776, 1099511627776)");
  refused(view({big, 1 << 22}, {0, 0}));
  refused(view({3, -1}, {4, 4}));
  refused(view({0, -1}, {4, 4}));
  refused(view({3}, {INT64_MAX / 2}));
  refused(view({3}, {INT64_MIN}));
  refused(view({2}, {INT64_MIN}));
  array none = of_shape({2});
  none.data = nullptr;
  EXPECT_EQ(refused(none), "target has shape (2,) but no data");
  array many = of_shape({1});
  many.rank = 9;
  EXPECT_EQ(refused(many), "target has 9 axes; at most 8 are read");
  many.rank = -1;
  refused(many);
  many = of_shape({1});
  many.type = static_cast<dtype>(13);
  refused(many);
}

TEST(Layout, OutputsAreChecked) {
  const auto refused = [](const array& a) {
    return refusal(error_code::SHP002, [&] { check_output(a, role::gradient); });
  };
  EXPECT_EQ(check_output(of_shape({3, 4}), role::gradient), 12);
  array fixed = of_shape({3});
  fixed.writable = false;
  EXPECT_EQ(refused(fixed), "gradient is an output but read-only");
  array ints = of_shape({3});
  ints.type = dtype::i32;
  EXPECT_EQ(refused(ints), "gradient is an output of type i32; f16, bf16, f32 and f64 are");
  EXPECT_EQ(refused(view({3}, {0})),
            "gradient is an output whose elements share memory: shape (3,), strides (0,)");
  refused(view({3}, {2}));
  refused(view({3, 3}, {4, 4}));
  EXPECT_EQ(check_output(view({1, 3}, {0, 4}), role::gradient), 3);
  EXPECT_EQ(check_output(view({3, 3}, {4, -12}, 100), role::gradient), 9);
  EXPECT_EQ(check_output(view({3, 0}, {0, 0}), role::gradient), 0);
  std::mt19937 random(1);
  int accepted = 0;
  for (int round = 0; round < 3000; ++round) {
    const array a = random_view(random);
    const bool apart = bytes_of(a).size() == static_cast<std::size_t>(a.size()) * size_of(a.type);
    bool good = true;
    try {
      check_output(a, role::gradient);
    } catch (const error&) {
      good = false;
    }
    ASSERT_TRUE(apart || !good) << "round " << round;
    accepted += good;
  }
  EXPECT_GT(accepted, 1000);
}

TEST(Layout, ShapesMatchUpToTrailingOnes) {
  const auto same = [](const Extents& a, const Extents& b) {
    EXPECT_EQ(same_elements(of_shape(a), of_shape(b)), same_elements(of_shape(b), of_shape(a)));
    return same_elements(of_shape(a), of_shape(b));
  };
  for (const auto& [a, b] : Pairs{{{5}, {5}}, {{5, 1}, {5}}, {{}, {1, 1}}, {{5, 1, 3, 1}, {5, 1, 3}}, {{0}, {0, 1}}})
    EXPECT_TRUE(same(a, b)) << testing::PrintToString(a);
  for (const auto& [a, b] : Pairs{{{1, 5}, {5}}, {{5}, {5, 5}}, {{6}, {2, 3}}, {{0}, {0, 2}}, {{5}, {}}})
    EXPECT_FALSE(same(a, b)) << testing::PrintToString(a);
}

TEST(Layout, WeightsOfLeadingAxesAreRepeated) {
  const auto matches = [](const Extents& part, const Extents& whole) {
    const array a = repeated(of_shape(part), of_shape(whole));
    if (a.present) {
      EXPECT_EQ(shape_text(a), shape_text(of_shape(whole)));
    }
    return a.present;
  };
  for (const auto& [part, whole] : Pairs{{{5}, {5, 3}}, {{5, 3}, {5, 3}}, {{5, 1}, {5, 3}}, {{5, 1}, {5}}, {{5}, {5, 1}},
                                         {{1}, {1, 3}}, {{}, {1}}, {{}, {}}})
    EXPECT_TRUE(matches(part, whole)) << testing::PrintToString(part);
  // Neither broadcast of one weight nor one axis too many.
  for (const auto& [part, whole] : Pairs{{{3}, {5, 3}}, {{1}, {5}}, {{}, {5}}, {{5, 3, 2}, {5, 3}}})
    EXPECT_FALSE(matches(part, whole)) << testing::PrintToString(part);
  const array a = repeated(view({2}, {8}), of_shape({2, 3}));
  EXPECT_EQ(offsets(a), (std::vector<std::int64_t>{0, 0, 0, 8, 8, 8}));
}

TEST(Layout, CompactKeepsElementsAndTheirOrder) {
  std::mt19937 random(2);
  for (int round = 0; round < 3000; ++round) {
    const array a = random_view(random), c = compact(a);
    ASSERT_EQ(c.size(), a.size());
    ASSERT_LE(c.rank, a.rank);
    for (std::int64_t i = 0; i < a.size(); ++i) {
      ASSERT_EQ(address(c, i) - memory, plain_offset(a, i));
      ASSERT_EQ(address(a, i) - memory, plain_offset(a, i));
    }
  }
  EXPECT_EQ(compact(of_shape({4, 1, 5, 6})).rank, 1);
  EXPECT_EQ(compact(view({4, 5}, {40, 4})).rank, 2);
  EXPECT_EQ(compact(of_shape({3, 0})).size(), 0);
}

TEST(Layout, Contiguous) {
  EXPECT_TRUE(contiguous(of_shape({4, 5})));
  EXPECT_TRUE(contiguous(of_shape({})));
  EXPECT_TRUE(contiguous(view({1, 5}, {-999, 4})));
  EXPECT_TRUE(contiguous(view({3, 0}, {1, 1})));
  EXPECT_TRUE(contiguous(view({INT64_MAX, INT64_MAX, 0}, {1, 1, 1})));
  EXPECT_FALSE(contiguous(view({5}, {-4}, 100)));
  EXPECT_FALSE(contiguous(view({5}, {8})));
  EXPECT_FALSE(contiguous(view({4, 5}, {24, 4})));
  EXPECT_FALSE(contiguous(view({4, 5}, {4, 16})));
  EXPECT_NE(direct<float>(of_shape({4})), nullptr);
  EXPECT_EQ(direct<float>(view({4}, {4}, 2)), nullptr);
  EXPECT_EQ(direct<double>(of_shape({4})), nullptr);
  EXPECT_EQ(direct<float>(view({4}, {8})), nullptr);
}

TEST(Layout, RowsOfAnyClassAxis) {
  const array prediction = of_shape({2, 3, 4, 5});
  for (int axis = -4; axis < 4; ++axis) {
    const int at = axis < 0 ? axis + 4 : axis;
    const RowLayout layout = row_layout(prediction, axis);
    EXPECT_EQ(layout.class_axis, at);
    EXPECT_EQ(layout.classes, prediction.shape[at]);
    EXPECT_EQ(layout.rows * layout.classes, 120);
    EXPECT_EQ(layout.row_shape.rank, 3);
    EXPECT_EQ(layout.row_shape.size(), layout.rows);
    const Rows rows = rows_of(prediction, layout);
    // Elements in row-major order, each to its row and class.
    std::int64_t inner = 1;
    for (int i = at + 1; i < 4; ++i) inner *= prediction.shape[i];
    for (std::int64_t i = 0; i < 120; ++i) {
      const std::int64_t c = i / inner % layout.classes,
                         row = i / (inner * layout.classes) * inner + i % inner;
      ASSERT_EQ(rows[row] + c * rows.stride - memory, 4 * i);
    }
  }
  EXPECT_EQ(rows_of(of_shape({6, 3}), row_layout(of_shape({6, 3}), -1)).first.rank, 1);
  for (int axis : {4, -5}) {
    EXPECT_EQ(refusal(error_code::PAR005, [&] { row_layout(prediction, axis); }),
              "class_axis " + std::to_string(axis) + " is not an axis of prediction (2, 3, 4, 5)");
  }
  refusal(error_code::PAR005, [&] { row_layout(of_shape({}), -1); });
  const std::int64_t big = std::int64_t{1} << 40;
  refusal(error_code::SHP002, [&] { row_layout(view({big, big, 0}, {4, 4, 4}), -1); });
}

TEST(Layout, RowsOfArraysWithFewerOrMoreTrailingOnes) {
  const RowLayout layout = row_layout(of_shape({6, 3, 1}), 1);
  const Rows fewer = rows_of(of_shape({6, 3}), layout), more = rows_of(of_shape({6, 3, 1, 1}), layout);
  for (std::int64_t r = 0; r < 6; ++r) {
    EXPECT_EQ(fewer[r] - memory, 12 * r);
    EXPECT_EQ(more[r] - memory, 12 * r);
  }
  EXPECT_EQ(fewer.stride, 4);
  const RowLayout one = row_layout(of_shape({6, 1}), 1);
  EXPECT_EQ(rows_of(of_shape({6}), one)[5] - memory, 20);
}

TEST(Overlap, IsWhatSharedBytesSay) {
  std::mt19937 random(3);
  int none = 0, same = 0, partial = 0, unsure = 0;
  for (int round = 0; round < 20000; ++round) {
    const array a = random_view(random);
    array b = random_view(random);
    if (round % 3 == 0) b = a, b.data = static_cast<char*>(a.data) + random() % 5 * 2;
    const auto in_a = bytes_of(a), in_b = bytes_of(b);
    bool shared = false;
    for (auto byte : in_a) shared |= in_b.count(byte) != 0;
    const bool equal = offsets(a) == offsets(b) && size_of(a.type) == size_of(b.type);
    const Overlap said = overlap(a, b);
    ASSERT_EQ(said, overlap(b, a));
    ASSERT_FALSE(said == Overlap::none && shared) << "round " << round;
    ASSERT_EQ(said == Overlap::same, equal) << "round " << round;
    none += said == Overlap::none, same += said == Overlap::same,
        partial += said == Overlap::partial && shared;
    unsure += said == Overlap::partial && !shared;
  }
  EXPECT_GT(none, 1000);
  EXPECT_GT(same, 500);
  EXPECT_GT(partial, 1000);
  EXPECT_LT(unsure, 2000);
}

TEST(Overlap, OfColumnsFieldsAndRows) {
  EXPECT_EQ(overlap(of_shape({4, 5}), of_shape({20})), Overlap::same);
  EXPECT_EQ(overlap(of_shape({4, 5}), of_shape({5, 4})), Overlap::same);  // element i at i
  EXPECT_EQ(overlap(of_shape({8}), view({8}, {4}, 32)), Overlap::none);
  EXPECT_EQ(overlap(of_shape({8}), view({8}, {4}, 28)), Overlap::partial);
  EXPECT_EQ(overlap(view({9}, {8}), view({9}, {8}, 4)), Overlap::none);  // two fields of a record
  EXPECT_EQ(overlap(view({9}, {8}), view({9}, {8}, 2)), Overlap::partial);
  EXPECT_EQ(overlap(view({9}, {8}), view({4}, {16}, 4)), Overlap::none);
  EXPECT_EQ(overlap(view({6, 3}, {24, 4}), view({6, 3}, {24, 4}, 12)), Overlap::none);  // halves of each row
  EXPECT_EQ(overlap(view({6, 3}, {24, 4}), view({6, 3}, {24, 4}, 8)), Overlap::partial);
  EXPECT_EQ(overlap(view({6, 3}, {24, 4}), view({6}, {24}, 12)), Overlap::none);       // a column beside
  EXPECT_EQ(overlap(view({3, 3}, {12, 4}), view({3, 3}, {4, 12})), Overlap::partial);  // its transpose
  EXPECT_EQ(overlap(view({5}, {4}), view({5}, {-4}, 16)), Overlap::partial);           // reversed
  EXPECT_EQ(overlap(view({5}, {0}), view({1}, {4}, 4)), Overlap::none);
  EXPECT_EQ(overlap(of_shape({0}), of_shape({4})), Overlap::none);
  EXPECT_EQ(overlap(view({4}, {4}, 0, dtype::f32), view({4}, {4}, 0, dtype::i32)), Overlap::same);
  EXPECT_EQ(overlap(view({4}, {4}, 0, dtype::f32), view({8}, {2}, 0, dtype::f16)), Overlap::partial);
}

}  // namespace
}  // namespace minimand::run
