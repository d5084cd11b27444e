// Numbers of 16-bit formats against exact arithmetic: every pattern, a dense sample of floats, every tie.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>

#include "formats.h"
#include "run/convert.h"

namespace minimand::run {
namespace {

TEST(Half, EveryPatternWidensExactlyAndComesBack) {
  for (int i = 0; i < 65536; ++i) {
    const auto b = static_cast<std::uint16_t>(i);
    const double h = half.value(b), e = brain.value(b);
    const float from_half = to_float(f16{b}), from_brain = to_float(bf16{b});
    if (h != h) {
      ASSERT_EQ(bits(from_half), 0x7fc00000u) << i;
      ASSERT_EQ(to_f16(from_half).bits, 0x7e00) << i;
    } else {
      ASSERT_EQ(bits(from_half), bits(static_cast<float>(h))) << i;
      ASSERT_EQ(to_f16(from_half).bits, b) << i;
      ASSERT_EQ(to_f16(h).bits, b) << i;
    }
    if (e != e) {
      ASSERT_EQ(bits(from_brain), 0x7fc00000u) << i;
      ASSERT_EQ(to_bf16(from_brain).bits, 0x7fc0) << i;
    } else {
      ASSERT_EQ(bits(from_brain), bits(static_cast<float>(e))) << i;
      ASSERT_EQ(to_bf16(from_brain).bits, b) << i;
      ASSERT_EQ(to_bf16(e).bits, b) << i;
    }
  }
}

TEST(Half, ADenseSampleOfFloatsRoundsToNearestEven) {
  std::uint32_t b = 0;
  do {  // a step that is odd reaches every low bit pattern
    const float x = std::bit_cast<float>(b);
    ASSERT_EQ(to_f16(x).bits, half.nearest(x)) << std::hex << b;
    ASSERT_EQ(to_bf16(x).bits, brain.nearest(x)) << std::hex << b;
    b += 1021;
  } while (b >= 1021);
}

TEST(Half, TiesAndTheirNeighbours) {
  for (const Format& format : {half, brain}) {
    const auto check = [&](double x) {
      const std::uint16_t wanted = format.nearest(x);
      const std::uint16_t got = format.fraction == 10 ? to_f16(x).bits : to_bf16(x).bits;
      ASSERT_EQ(got, wanted) << std::hexfloat << x;
      const float y = static_cast<float>(x);
      const std::uint16_t narrow = format.fraction == 10 ? to_f16(y).bits : to_bf16(y).bits;
      ASSERT_EQ(narrow, format.nearest(y)) << std::hexfloat << y;
    };
    const int finite = (2 * format.bias + 1) << format.fraction;
    for (int i = 0; i < finite; ++i) {
      const double low = format.value(static_cast<std::uint16_t>(i));
      const double high = i + 1 == finite ? std::ldexp(1.0, format.bias + 1)
                                          : format.value(static_cast<std::uint16_t>(i + 1));
      const double tie = low + (high - low) / 2;  // exact
      for (double x :
           {tie, std::nextafter(tie, low), std::nextafter(tie, high), std::nextafter(low, inf),
            std::nextafter(high, 0.0), static_cast<double>(std::nextafterf(static_cast<float>(tie), 0.0f)),
            static_cast<double>(
                std::nextafterf(static_cast<float>(tie), std::numeric_limits<float>::infinity()))}) {
        check(x);
        check(-x);
      }
    }
  }
}

TEST(Half, DoublesRoundOnce) {
  // Just above a tie, by less than a float can tell: rounding to float first would fall back on the tie.
  EXPECT_EQ(to_f16(1 + 0x1p-11 + 0x1p-40).bits, 0x3c01);
  EXPECT_EQ(to_f16(static_cast<float>(1 + 0x1p-11 + 0x1p-40)).bits, 0x3c00);
  EXPECT_EQ(to_bf16(1 + 0x1p-8 + 0x1p-40).bits, 0x3f81);
  for (double x : {5e-324, 1e-310, 0x1p-25, 0x1.8p-25, 0x1p-134, 0x1.8p-134, 65519.999, 65520.0, 1e300,
                   0x1.ffp127, 0x1.feffffp127, inf, nan}) {
    for (double s : {x, -x}) {
      EXPECT_EQ(to_f16(s).bits, half.nearest(s)) << s;
      EXPECT_EQ(to_bf16(s).bits, brain.nearest(s)) << s;
    }
  }
  std::mt19937_64 random(1);
  for (int i = 0; i < 2000000; ++i) {
    // random fractions, exponents about the formats'
    const std::uint64_t exponent = 1023 - 160 + random() % 320;
    const double x = std::bit_cast<double>((random() & 0x800fffffffffffffu) | exponent << 52);
    ASSERT_EQ(to_f16(x).bits, half.nearest(x)) << std::hexfloat << x;
    ASSERT_EQ(to_bf16(x).bits, brain.nearest(x)) << std::hexfloat << x;
  }
}

}  // namespace
}  // namespace minimand::run
