// Uniform and normal numbers and permutations from blocks of Philox.
#include "learn/philox.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace minimand::learn {
namespace {

std::uint64_t join(std::uint32_t low, std::uint32_t high) { return std::uint64_t{high} << 32 | low; }
double open_unit(std::uint64_t bits) { return (static_cast<double>(bits >> 11) + 0.5) * 0x1p-53; }

}  // namespace

PhiloxCounter Random::block(std::int64_t element) const noexcept {
  const auto e = static_cast<std::uint64_t>(element);
  return philox({static_cast<std::uint32_t>(e), static_cast<std::uint32_t>(e >> 32), step_low_, step_high_},
                key_);
}

std::uint64_t Random::bits(std::int64_t element) const noexcept {
  const PhiloxCounter r = block(element);
  return join(r[0], r[1]);
}

double Random::uniform(std::int64_t element) const noexcept { return open_unit(bits(element)); }

double Random::normal(std::int64_t element) const noexcept {
  const PhiloxCounter r = block(element);
  const double u = open_unit(join(r[0], r[1])), v = open_unit(join(r[2], r[3]));
  return std::sqrt(-2 * std::log(u)) * std::cos(2 * std::numbers::pi * v);
}

std::vector<std::int64_t> permutation(std::int64_t n, const Random& random) {
  std::vector<std::pair<std::uint64_t, std::int64_t>> keyed(static_cast<std::size_t>(n));
  for (std::int64_t i = 0; i < n; ++i) keyed[static_cast<std::size_t>(i)] = {random.bits(i), i};
  std::sort(keyed.begin(), keyed.end());
  std::vector<std::int64_t> order(keyed.size());
  for (std::size_t i = 0; i < keyed.size(); ++i) order[i] = keyed[i].second;
  return order;
}

}  // namespace minimand::learn
