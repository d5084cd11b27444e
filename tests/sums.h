// What the tests of sums share: the sum as it is defined, and summands that tell one order from another.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

namespace minimand::run {

using Values = std::vector<double>;

inline std::uint64_t bits(double x) { return std::bit_cast<std::uint64_t>(x); }

// The sum as it is defined, level by level over the whole: lanes, blocks, pairs, what is left over.
inline double defined_sum(const Values& e) {
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
inline Values summands(std::size_t n, unsigned seed) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> mantissa(-1, 1), exponent(-30, 30);
  Values e(n);
  for (double& x : e) x = std::ldexp(mantissa(random), static_cast<int>(exponent(random)));
  return e;
}

inline constexpr std::size_t sizes[] = {0,    1,    2,    3,    31,   32,    33,    63,    64,    65,
                                        4095, 4096, 4097, 8191, 8192, 12287, 12288, 12289, 28672, 1000003};

}  // namespace minimand::run
