// Random numbers without state: Philox4x32-10 of (seed, purpose, step, element), so that a number does not
// depend on which thread asks for it or on what was drawn before. Salmon, Moraes, Dror & Shaw (2011),
// doi:10.1145/2063384.2063405.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace minimand::learn {

using PhiloxCounter = std::array<std::uint32_t, 4>;
using PhiloxKey = std::array<std::uint32_t, 2>;

constexpr PhiloxCounter philox(PhiloxCounter counter, PhiloxKey key) noexcept {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = std::uint64_t{0xD2511F53} * counter[0];
    const std::uint64_t b = std::uint64_t{0xCD9E8D57} * counter[2];
    counter = {static_cast<std::uint32_t>(b >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(b),
               static_cast<std::uint32_t>(a >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(a)};
    key[0] += 0x9E3779B9u;  // golden ratio
    key[1] += 0xBB67AE85u;  // sqrt(3) - 1
  }
  return counter;
}

// What numbers are drawn for; a number never changes, since it is part of what a seed means.
enum class Purpose : std::uint16_t { initial_weights = 1, split = 2, shuffle = 3, dropout = 4, augment = 5, test = 6 };

// The numbers of one purpose and step (epoch, layer); step < 2^48.
class Random {
 public:
  Random(std::uint64_t seed, Purpose purpose, std::uint64_t step) noexcept
      : key_{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)},
        step_low_(static_cast<std::uint32_t>(step)),
        step_high_(static_cast<std::uint32_t>(purpose) << 16 | static_cast<std::uint32_t>(step >> 32)) {}

  std::uint64_t bits(std::int64_t element) const noexcept;
  // Four numbers of 32 bits, uniform and independent.
  PhiloxCounter words(std::int64_t element) const noexcept { return block(element); }
  // Uniform in (0, 1), both ends excluded; a multiple of 2^-54.
  double uniform(std::int64_t element) const noexcept;
  // Standard normal, by Box and Muller.
  double normal(std::int64_t element) const noexcept;

 private:
  PhiloxCounter block(std::int64_t element) const noexcept;

  PhiloxKey key_;
  std::uint32_t step_low_, step_high_;
};

// 0 to n-1 in random order.
std::vector<std::int64_t> permutation(std::int64_t n, const Random& random);

}  // namespace minimand::learn
