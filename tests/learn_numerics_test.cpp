// What networks compute with: convolutions, products of matrices, activations and random numbers, against plain loops,
// known answers and numbers recorded elsewhere.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "learn/activation.h"
#include "learn/convolution.h"
#include "learn/gemm.h"
#include "learn/philox.h"
#include "learn/vector_tanh.h"
#include "learn_support.h"

namespace minimand::learn {
namespace {

// One output channel that copies its input, and another that takes the pixel to the right and below.
TEST(Convolutions, PickPixels) {
  const Convolution c{{4, 4, 1}, 2};
  std::vector<double> x(16), weight(18), z(32), y(8);
  std::iota(x.begin(), x.end(), 1.0);
  weight[2 * 4] = 1;      // the middle of channel 0
  weight[2 * 8 + 1] = 1;  // the last of channel 1
  convolve(c, 1, x.data(), weight.data(), z.data());
  for (std::size_t i = 0; i < 16; ++i) {
    EXPECT_EQ(z[2 * i], x[i]);
    EXPECT_EQ(z[2 * i + 1], i % 4 == 3 || i >= 12 ? 0 : x[i + 5]);
  }
  std::vector<std::uint8_t> place(8);
  pool(c, 1, z.data(), y.data(), place.data());
  EXPECT_EQ(y, (std::vector<double>{6, 11, 8, 12, 14, 15, 16, 16}));
  EXPECT_EQ(place, (std::vector<std::uint8_t>{3, 3, 3, 2, 3, 1, 3, 0}));
}

// Single precision, by whatever library there is, against products in double.
TEST(Convolutions, SingleAgreesWithDouble) {
  for (const Convolution& c : {Convolution{{28, 28, 1}, 16}, Convolution{{14, 14, 16}, 32}, Convolution{{5, 7, 3}, 5}}) {
    const std::int64_t images = 3, in = images * c.in.size(), out = images * c.in.pixels() * c.outputs;
    const std::vector<double> x = normals(in, 20), w = normals(c.fan_in() * c.outputs, 21), dz = normals(out, 22);
    const std::vector<float> xf(x.begin(), x.end()), wf(w.begin(), w.end()), dzf(dz.begin(), dz.end());
    std::vector<double> z(dz.size()), dx(x.size()), dw(w.size());
    std::vector<float> zf(dz.size(), NAN), dxf(x.size(), NAN), dwf(w.size(), NAN);
    convolve(c, images, x.data(), w.data(), z.data());
    convolve(c, images, xf.data(), wf.data(), zf.data());
    convolve_back(c, images, dz.data(), w.data(), dx.data());
    convolve_back(c, images, dzf.data(), wf.data(), dxf.data());
    convolve_weights(c, images, x.data(), dz.data(), dw.data());
    convolve_weights(c, images, xf.data(), dzf.data(), dwf.data());
    for (std::size_t i = 0; i < z.size(); ++i) EXPECT_NEAR(zf[i], z[i], 1e-4);
    for (std::size_t i = 0; i < dx.size(); ++i) EXPECT_NEAR(dxf[i], dx[i], 1e-4);
    for (std::size_t i = 0; i < dw.size(); ++i) EXPECT_NEAR(dwf[i], dw[i], 2e-3);
  }
}

TEST(Gemm, EveryFormAgainstAPlainLoop) {
  const std::int64_t m = 5, n = 7, k = 3;
  for (const Op ta : {Op::plain, Op::transposed}) {
    for (const Op tb : {Op::plain, Op::transposed}) {
      for (const double beta : {0.0, 1.0, -0.5}) {
        const std::int64_t lda = (ta == Op::plain ? k : m) + 2, ldb = (tb == Op::plain ? n : k) + 1,
                           ldc = n + 3;
        const std::vector<double> a = normals(8 * lda, 6), b = normals(8 * ldb, 7);
        std::vector<double> c = normals(m * ldc, 8);
        const std::vector<float> af(a.begin(), a.end()), bf(b.begin(), b.end());
        std::vector<float> cf(c.begin(), c.end());
        std::vector<double> wanted = c;
        for (std::int64_t i = 0; i < m; ++i) {
          for (std::int64_t j = 0; j < n; ++j) {
            double sum = 0;
            for (std::int64_t l = 0; l < k; ++l) {
              sum += a[static_cast<std::size_t>(ta == Op::plain ? i * lda + l : l * lda + i)] *
                     b[static_cast<std::size_t>(tb == Op::plain ? l * ldb + j : j * ldb + l)];
            }
            double& z = wanted[static_cast<std::size_t>(i * ldc + j)];
            z = 2 * sum + beta * z;
          }
        }
        gemm(ta, tb, m, n, k, 2.0, a.data(), lda, b.data(), ldb, beta, c.data(), ldc);
        gemm(ta, tb, m, n, k, 2.0f, af.data(), lda, bf.data(), ldb, static_cast<float>(beta), cf.data(), ldc);
        for (std::size_t i = 0; i < wanted.size(); ++i) {
          EXPECT_NEAR(c[i], wanted[i], 1e-13);
          EXPECT_NEAR(cf[i], wanted[i], 1e-5);
        }
      }
    }
  }
  const float a = 2, b = 3;
  float c = NAN;  // is not read with beta = 0
  gemm(Op::plain, Op::plain, 1, 1, 1, 1.0f, &a, 1, &b, 1, 0.0f, &c, 1);
  EXPECT_EQ(c, 6);
}

// Recorded from torch 2.13.0+cpu: torch.nn.functional.gelu(x, approximate='tanh') and its gradient, in float64.
TEST(Activations, GeluAgreesWithPyTorch) {
  std::vector<double> z = {-6, -3, -1, -0.5, 0, 0.5, 1, 3, 6}, d(z.size());
  const double value[] = {-8.43964897967e-11, -0.00363739208177, -0.158808009392, -0.154285990175, 0,
                          0.345714009825,     0.841191990608,    2.99636260792,   5.99999999992};
  const double slope[] = {-7.70997601284e-10, -0.011584166631, -0.0829640838458, 0.132630096465, 0.5,
                          0.867369903535,     1.08296408385,   1.01158416663,    1.00000000077};
  activate(Activation::gelu, 9, z.data(), d.data());
  for (std::size_t i = 0; i < z.size(); ++i) {
    EXPECT_NEAR(z[i], value[i], 1e-11) << i;
    EXPECT_NEAR(d[i], slope[i], 1e-11) << i;
  }
}

TEST(VectorTanh, IsTanhWhereverANumberStands) {
  std::vector<double> x = normals(131, 15);
  x[5] = 0, x[6] = 1e-30, x[7] = 700, x[8] = -INFINITY, x[9] = NAN;
  std::vector<double> y = x;
  std::vector<float> xf(x.begin(), x.end());
  std::vector<float> yf = xf;
  vector_tanh(131, y.data());
  vector_tanh(131, yf.data());
  for (std::size_t i = 0; i < x.size(); ++i) {
    double one = x[i];
    float onef = xf[i];
    vector_tanh(1, &one);
    vector_tanh(1, &onef);
    if (i == 9) {
      EXPECT_TRUE(std::isnan(y[i]) && std::isnan(yf[i]));
      continue;
    }
    EXPECT_EQ(one, y[i]) << i;
    EXPECT_EQ(onef, yf[i]) << i;
    EXPECT_DOUBLE_EQ(y[i], std::tanh(x[i]));
    EXPECT_FLOAT_EQ(yf[i], std::tanh(xf[i]));
  }
}

// Known answers published with Random123 (kat_vectors, philox4x32 with 10 rounds).
TEST(Philox, KnownAnswers) {
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), (PhiloxCounter{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}),
            (PhiloxCounter{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (PhiloxCounter{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Philox, NumbersAreWhatTheyAreCalled) {
  const Random random(7, Purpose::shuffle, 3);
  const std::int64_t n = 100'000;
  double sum = 0, squares = 0, uniform = 0, low = 1, high = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    const double z = random.normal(i), u = random.uniform(i);
    sum += z, squares += z * z, uniform += u;
    low = std::min(low, u), high = std::max(high, u);
  }
  EXPECT_NEAR(sum / n, 0, 4 / std::sqrt(n));
  EXPECT_NEAR(squares / n, 1, 4 * std::sqrt(2.0 / n));
  EXPECT_NEAR(uniform / n, 0.5, 4 / std::sqrt(12.0 * n));
  EXPECT_TRUE(low > 0 && low < 1e-3 && high < 1 && high > 0.999);
  EXPECT_NE(Random(7, Purpose::split, 3).bits(0), random.bits(0));
  EXPECT_NE(Random(7, Purpose::shuffle, 4).bits(0), random.bits(0));
  EXPECT_NE(Random(8, Purpose::shuffle, 3).bits(0), random.bits(0));

  std::vector<std::int64_t> order = permutation(1000, random);
  EXPECT_FALSE(std::is_sorted(order.begin(), order.end()));
  std::sort(order.begin(), order.end());
  for (std::int64_t i = 0; i < 1000; ++i) EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
}

}  // namespace
}  // namespace minimand::learn
