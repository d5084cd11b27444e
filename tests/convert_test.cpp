// Gather and scatter of any view against plain indexing, labels, and the text of elements.
#include "run/convert.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "formats.h"
#include "plain_views.h"
#include "refusal.h"

namespace minimand::run {
namespace {

// A random view of just the memory it needs: axes in any order, reversed, with steps, of size 1 with garbage
// strides, and, for inputs, repeated.
struct RandomView {
  std::vector<char> memory;
  array view;
  RandomView(std::mt19937& random, dtype type, bool output) {
    static const std::vector<char> noise = [&] {
      std::vector<char> bytes(1 << 19);
      for (char& c : bytes) c = static_cast<char>(random());
      return bytes;
    }();
    view.type = type;
    view.present = view.writable = true;
    view.rank = static_cast<int>(random() % 5);
    int order[max_rank] = {0, 1, 2, 3};
    for (int i = view.rank; i > 1; --i) std::swap(order[i - 1], order[random() % static_cast<unsigned>(i)]);
    const bool gaps = random() % 2;
    std::int64_t step = static_cast<std::int64_t>(size_of(type)), shift = 0, span = step;
    for (int i = view.rank; i-- > 0;) {
      const int axis = order[i];
      const std::int64_t extent = 1 + static_cast<std::int64_t>(random() % 6);
      const std::int64_t kind = random() % 6;
      if (gaps && kind == 0) step *= 2;
      if (gaps && kind == 1) step += 3;  // no multiple of the element
      view.shape[axis] = extent;
      view.strides[axis] = extent == 1 ? 0x7123456789abcdef : step;
      if (extent != 1 && kind == 2) view.strides[axis] = -step, shift += step * (extent - 1);
      if (!output && kind == 3 && extent != 1)
        view.strides[axis] = 0;
      else
        span += step * (extent - 1), step *= extent;
    }
    const auto offset = static_cast<std::int64_t>(random() % 64), bytes = offset + span;
    const auto start = noise.begin() +
                       static_cast<std::int64_t>(random() % (noise.size() - static_cast<std::size_t>(bytes)));
    memory.assign(start, start + bytes);
    view.data = memory.data() + offset + shift;
  }
};

// A part of a view: n elements from `first`.
struct Part {
  std::int64_t first, n;
};
Part random_part(std::mt19937& random, const array& view) {
  const std::int64_t size = view.size(), first = static_cast<std::int64_t>(random() % static_cast<unsigned>(size));
  return {first, static_cast<std::int64_t>(random() % static_cast<unsigned>(size - first + 1))};
}

template <class T>
class Views : public testing::Test {};
using Computed = testing::Types<float, double>;
TYPED_TEST_SUITE(Views, Computed);

template <class T>
bool equal(T a, T b) {
  return (a != a && b != b) || bits(a) == bits(b);
}

TYPED_TEST(Views, GatherReadsWhatIndexingReads) {
  using T = TypeParam;
  std::mt19937 random(2);
  for (int round = 0; round < 4000; ++round) {
    const dtype type = all_types[round % 13];
    const RandomView v(random, type, false);
    const auto [first, n] = random_part(random, v.view);
    std::vector<T> out(static_cast<std::size_t>(n) + 2, T{77});
    gather(v.view, first, n, out.data() + 1);
    ASSERT_EQ(out.front(), T{77});
    ASSERT_EQ(out.back(), T{77});
    for (std::int64_t i = 0; i < n; ++i) {
      const T wanted = plain_read<T>(plain_address(v.view, first + i), type);
      ASSERT_TRUE(equal(out[static_cast<std::size_t>(i) + 1], wanted))
          << "round " << round << " " << minimand::name(type) << " element " << first + i << ": "
          << out[static_cast<std::size_t>(i) + 1] << " instead of " << wanted;
    }
  }
}

// The bits an output element must hold.
template <class T>
std::uint64_t plain_written(T x, dtype type) {
  const bool is_nan = x != x;
  switch (type) {
    case dtype::f32: {
      const float y = static_cast<float>(x);
      return is_nan ? 0x7fc00000u : y == 0 ? 0 : bits(y);
    }
    case dtype::f64: return is_nan ? 0x7ff8000000000000u : x == 0 ? 0 : bits(static_cast<double>(x));
    case dtype::f16: {
      const std::uint16_t b = half.nearest(x);
      return b == 0x8000 ? 0 : b;
    }
    default: {
      const std::uint16_t b = brain.nearest(x);
      return b == 0x8000 ? 0 : b;
    }
  }
}

template <class T>
std::vector<T> awkward_values(std::mt19937& random, std::size_t n) {
  std::vector<T> values(n);
  const T some[] = {T(0.0), T(-0.0), static_cast<T>(nan), -static_cast<T>(nan), static_cast<T>(inf),
                    static_cast<T>(-inf), T(1), T(-1e-30), T(-1e-9), T(65520), std::numeric_limits<T>::denorm_min(),
                    -std::numeric_limits<T>::denorm_min(), std::numeric_limits<T>::max()};
  for (T& x : values) {
    x = random() % 3 ? static_cast<T>(std::ldexp(static_cast<double>(random()) - 0x1p31,
                                                 static_cast<int>(random() % 90) - 75))
                     : some[random() % std::size(some)];
  }
  return values;
}

TYPED_TEST(Views, ScatterWritesElementsAndNothingElse) {
  using T = TypeParam;
  std::mt19937 random(3);
  for (int round = 0; round < 3000; ++round) {
    const dtype type = all_types[round % 4];
    const RandomView v(random, type, true);
    std::vector<char> wanted = v.memory;
    const auto [first, n] = random_part(random, v.view);
    const auto in = awkward_values<T>(random, static_cast<std::size_t>(n));
    for (std::int64_t i = 0; i < n; ++i) {
      const std::uint64_t b = plain_written(in[static_cast<std::size_t>(i)], type);
      std::memcpy(wanted.data() + (plain_address(v.view, first + i) - v.memory.data()), &b, size_of(type));
    }
    scatter(in.data(), first, n, v.view, round % 2);
    ASSERT_TRUE(v.memory == wanted) << "round " << round << " " << minimand::name(type);
  }
}

TYPED_TEST(Views, StreamedStoresWriteTheSame) {
  using T = TypeParam;
  std::mt19937 random(4);
  for (dtype type : {dtype::f32, dtype::f64, dtype::f16, dtype::bf16}) {
    for (std::int64_t n : {0, 1, 100, 511, 512, 1000, 4096, 5000}) {
      for (std::int64_t offset : {0, 1, 2, 4, 8, 14, 16, 63}) {
        const auto in = awkward_values<T>(random, static_cast<std::size_t>(n));
        std::vector<char> a(static_cast<std::size_t>(n) * 8 + 256, 'x'), b = a;
        // both begin at the same distance from a multiple of 64
        const auto start = [&](std::vector<char>& v) {
          return v.data() + offset + (64 - reinterpret_cast<std::uintptr_t>(v.data()) % 64);
        };
        const auto step = static_cast<std::int64_t>(size_of(type));
        scatter_run(in.data(), n, start(a), type, step, true);
        scatter_run(in.data(), n, start(b), type, step, false);
        const auto length = static_cast<std::size_t>(n * step);
        ASSERT_EQ(std::memcmp(start(a), start(b), length), 0) << minimand::name(type) << n << " " << offset;
        ASSERT_EQ(start(a)[length], 'x');
        ASSERT_EQ(start(a)[-1], 'x');
      }
    }
  }
}

TYPED_TEST(Views, NothingBeyondTheElementsIsTouched) {
  using T = TypeParam;
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  char* map =
      static_cast<char*>(mmap(nullptr, 3 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  ASSERT_NE(map, MAP_FAILED);
  ASSERT_EQ(mprotect(map, page, PROT_NONE), 0);
  ASSERT_EQ(mprotect(map + 2 * page, page, PROT_NONE), 0);
  std::vector<T> numbers(140, T{1});
  for (dtype type : all_types) {
    for (std::size_t n = 0; n <= 130; ++n) {
      const auto size = size_of(type);
      for (std::size_t offset : {std::size_t{0}, std::size_t{1}, std::size_t{7}, std::size_t{63}}) {
        if (offset + n * size > page) continue;
        // up to the end, from the start: a fault ends the test
        for (char* at : {map + 2 * page - n * size, map + page + offset}) {
          array a;
          a.data = at, a.type = type, a.rank = 1;
          a.shape[0] = static_cast<std::int64_t>(n), a.strides[0] = static_cast<std::int64_t>(size);
          gather(a, 0, a.shape[0], numbers.data());
          if (type <= dtype::bf16) scatter(numbers.data(), 0, a.shape[0], a, n % 2);
        }
      }
    }
  }
  munmap(map, 3 * page);
}

TEST(Gather, LargeIntegersRoundOnce) {
  // Above a tie of floats by one, which a double of 53 bits loses.
  const std::int64_t close[] = {9007199791611905, -9007199791611905};
  float out[2];
  gather<float>(array(std::span(close)), 0, 2, out);
  EXPECT_EQ(out[0], 0x1p53f + 0x1p30f);
  EXPECT_EQ(out[1], -0x1p53f - 0x1p30f);
  const std::uint64_t top[] = {0x8000008000000001u, ~std::uint64_t{0}};
  gather<float>(array(std::span(top)), 0, 2, out);
  EXPECT_EQ(out[0], 0x1p63f + 0x1p40f);
  EXPECT_EQ(out[1], 0x1p64f);
}

TEST(Scatter, RefusesOtherOutputs) {
  std::vector<int> ints(4);
  const std::vector<float> in(4);
  test::refusal(error_code::SHP002, [&] { scatter(in.data(), 0, 4, array(ints)); });
}

TEST(Labels, IntegersExactlyAndFloatsIfIntegral) {
  const std::vector<double> floats = {
      0, -0.0, 3, -7, 2.5, nan, inf, -inf, 0x1p63, -0x1p63, 0x1.fffffffffffffp62, 1e300};
  std::vector<std::int64_t> out(floats.size());
  const BadLabels bad = read_labels(floats, 0, 12, out.data());
  EXPECT_EQ(bad.first, 4);
  EXPECT_EQ(bad.count, 6);
  const std::int64_t none = std::numeric_limits<std::int64_t>::min();
  EXPECT_EQ(out, (std::vector<std::int64_t>{0, 0, 3, -7, none, none, none, none, none, none,
                                            9223372036854774784, none}));
  EXPECT_EQ(read_labels(floats, 6, 3, out.data()).first, 6);
  EXPECT_EQ(read_labels(floats, 0, 4, out.data()).count, 0);
  EXPECT_EQ(read_labels(floats, 0, 4, out.data()).first, -1);

  const std::vector<std::uint64_t> large = {5, ~std::uint64_t{0}, std::uint64_t{1} << 63,
                                            (std::uint64_t{1} << 63) - 1};
  EXPECT_EQ(read_labels(large, 0, 4, out.data()).first, 1);
  EXPECT_EQ(read_labels(large, 0, 4, out.data()).count, 2);
  EXPECT_EQ(out[3], std::numeric_limits<std::int64_t>::max());

  const std::vector<std::int64_t> exact = {none, 9007199254740993, -1};
  EXPECT_EQ(read_labels(exact, 0, 3, out.data()).count, 0);
  EXPECT_EQ(out[0], none);
  EXPECT_EQ(out[1], 9007199254740993);

  const std::vector<f16> halves = {{0x4900}, {0x3e00}, {0x7e00}};  // 10, 1.5, NaN
  EXPECT_EQ(read_labels(halves, 0, 3, out.data()).count, 2);
  EXPECT_EQ(out[0], 10);
}

TEST(Labels, OfAnyView) {
  std::mt19937 random(5);
  for (int round = 0; round < 1500; ++round) {
    const dtype type = all_types[round % 13];
    if (type == dtype::i64 || type == dtype::u64) continue;  // beyond doubles; above
    const RandomView v(random, type, false);
    const std::int64_t size = v.view.size();
    std::vector<std::int64_t> out(static_cast<std::size_t>(size));
    const BadLabels bad = read_labels(v.view, 0, size, out.data());
    std::int64_t count = 0, first = -1;
    for (std::int64_t i = 0; i < size; ++i) {
      const char* at = plain_address(v.view, i);
      const double x = plain_read<double>(at, type);
      const bool good = x == std::floor(x) && x >= -0x1p63 && x < 0x1p63;
      if (!good && count++ == 0) first = i;
      ASSERT_TRUE(!good || static_cast<double>(out[static_cast<std::size_t>(i)]) == x);
    }
    ASSERT_EQ(bad.count, count);
    ASSERT_EQ(bad.first, first);
  }
}

TEST(Text, OfElements) {
  EXPECT_EQ(element_text(std::vector<float>{1, 0.1f}, 1), "0.1");
  EXPECT_EQ(element_text(std::vector<double>{0.1f}, 0), "0.10000000149011612");
  EXPECT_EQ(element_text(std::vector<double>{-nan}, 0), "nan");
  EXPECT_EQ(element_text(std::vector<double>{-inf}, 0), "-inf");
  EXPECT_EQ(element_text(std::vector<f16>{{0x3c00}}, 0), "1");
  EXPECT_EQ(element_text(std::vector<bf16>{{0xff80}}, 0), "-inf");
  EXPECT_EQ(element_text(std::vector<std::uint64_t>{~std::uint64_t{0}}, 0), "18446744073709551615");
  EXPECT_EQ(element_text(std::vector<std::int8_t>{-5}, 0), "-5");
  const std::array<bool, 2> flags = {true, false};
  EXPECT_EQ(element_text(flags, 0), "true");
}

}  // namespace
}  // namespace minimand::run
