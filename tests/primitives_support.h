// Arguments for the tests of the primitives, and a run of one of them over arrays.
#pragma once

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <limits>
#include <random>
#include <string_view>
#include <type_traits>
#include <vector>

#include "primitives_kernels.h"

namespace minimand::primitives {

inline constexpr double inf = std::numeric_limits<double>::infinity();
inline constexpr double nan = std::numeric_limits<double>::quiet_NaN();
inline constexpr double ln2 = 0.693147180559945309417;

// Where branches of the functions and of their arguments lie.
inline constexpr double branches[] = {
    0,      1,        -1,       0.5,  0.75,   1.5,   ln2 / 2,  -ln2 / 2, 1.5 * ln2, 0.875,
    2.25,   2,        8,        64,   -20,    -40,   88.7228,  -87.3365, -103.972,  -104,
    709.78, -708.396, -745.133, -746, 0.4375, -0.25, 1.461632, 99.5,     720.5,     16.98};
inline constexpr double specials[] = {0,
                                      -0.0,
                                      1,
                                      -1,
                                      0.5,
                                      2,
                                      3,
                                      1e-30,
                                      -1e-30,
                                      1e30,
                                      -1e30,
                                      0x1p-126,
                                      0x1p-149,
                                      0x1p-1022,
                                      0x1p-1074,
                                      0x1.fffffep127,
                                      0x1.fffffffffffffp1023,
                                      inf,
                                      -inf,
                                      nan,
                                      100,
                                      -100,
                                      1000,
                                      -1000};

template <class T>
T next(T x, int steps) {
  for (; steps > 0; --steps) x = std::nextafter(x, std::numeric_limits<T>::infinity());
  for (; steps < 0; ++steps) x = std::nextafter(x, -std::numeric_limits<T>::infinity());
  return x;
}

template <class T>
using Bits = std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>;

// Numbers as they come: 40 % random bits, then +-20, +-750, about the branches, special values.
template <class T>
std::vector<T> numbers(size_t n, uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto unit = [&] { return std::ldexp(static_cast<double>(random() >> 11), -52) - 1; };  // [-1, 1)
  std::vector<T> x(n);
  for (T& a : x) {
    const unsigned kind = random() % 20;
    if (kind < 8) {
      a = std::bit_cast<T>(static_cast<Bits<T>>(random()));
    } else if (kind < 12) {
      a = static_cast<T>(20 * unit());
    } else if (kind < 14) {
      a = static_cast<T>(unit());
    } else if (kind < 16) {
      a = static_cast<T>((sizeof(T) == 4 ? 110 : 750) * unit());
    } else if (kind < 19) {
      const double branch = branches[random() % std::size(branches)];
      a = next(static_cast<T>(branch), static_cast<int>(random() % 255) - 127);
    } else {
      a = static_cast<T>(specials[random() % std::size(specials)]);
    }
  }
  return x;
}

// Turns numbers into arguments of the named function: within its domain, with hostile neighbours.
template <class T>
void make_arguments(std::string_view name, std::vector<T> (&in)[3], uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto is = [&](auto... names) { return ((name == names) || ...); };
  const auto target = [&](T& y, T x) {
    y = std::abs(x) <= 1 ? std::abs(x) : T(random() % 2);
    if (random() % 2) y = T(random() % 2);
    if (!(y >= 0)) y = 1;
  };
  for (size_t i = 0; i < in[0].size(); ++i) {
    T &a = in[0][i], &b = in[1][i], &c = in[2][i];
    if (is("exp_nonpositive")) a = -std::abs(a);
    if (is("log1p_unit")) a = std::abs(a) <= 1 ? std::abs(a) : std::abs(a) < T(1e30) ? 1 / std::abs(a) : T(0);
    if (is("rule_lgamma", "digamma", "trigamma", "rule_log", "rule_sqrt", "rule_xlogx")) a = std::abs(a);
    if (is("rule_log1p") && a < -1) a = -1 / a;
    if (is("rule_logistic_nll", "rule_weighted_logistic_nll", "rule_focal_nll")) target(b, b);
    // Not judged: a soft target so small that q y or (1 - p)^gamma underflows, and |z| where e^-|z| is
    // subnormal and its last bit is multiplied by gamma |z|.
    if (is("rule_weighted_logistic_nll"))
      c = T(0.125) * T(random() % 17), b = b > 0 && b < T(0x1p-60) ? T(0.25) : b;
    if (is("rule_focal_nll")) {
      c = T(0.5) * T(random() % 11), b = b > 0 && b < T(0x1p-12) ? T(0.25) : b;
      if (std::abs(a) < 1000 && std::abs(a) > (sizeof(T) == 4 ? 80 : 700)) a /= 16;
    }
    if (is("rule_poisson_nll")) {
      b = std::abs(b) < T(1e30) ? std::abs(b) : T(random() % 5);
      if (random() % 4 == 0 && std::abs(a) < 80)
        b = next(static_cast<T>(std::exp(a)), static_cast<int>(random() % 9) - 4);
    }
    if (is("rule_xlogy", "rule_xlog1py", "rule_kl_term")) {
      target(a, a);
      if (is("rule_kl_term") && random() % 4 == 0) b = next(a, static_cast<int>(random() % 9) - 4);
      b = is("rule_xlog1py") && std::abs(b) <= 1 ? b : std::abs(b);
    }
  }
}

template <class T>
struct Run {
  std::vector<T> in[3], out[3];
  Run(const Function<T>& f, size_t n, uint64_t seed) {
    for (int k = 0; k < 3; ++k) in[k] = numbers<T>(n, seed + k);
    make_arguments(f.name, in, seed);
    call(f);
  }
  Run(const Function<T>& f, std::initializer_list<double> point) {
    for (int k = 0; k < 3; ++k)
      in[k].assign(64, static_cast<T>(point.begin()[std::min<size_t>(k, point.size() - 1)]));
    call(f);
  }
  void call(const Function<T>& f) {
    for (int k = 0; k < 3; ++k) out[k].assign(in[0].size(), T(0));
    const T* const from[3] = {in[0].data(), in[1].data(), in[2].data()};
    T* const to[3] = {out[0].data(), out[1].data(), out[2].data()};
    f.run(from, to, in[0].size());
  }
};

template <class T>
const Function<T>& named(const Target& target, std::string_view name) {
  for (const Function<T>& f : target.functions<T>()) {
    if (name == f.name) return f;
  }
  ADD_FAILURE() << "no function " << name;
  return target.functions<T>()[0];
}

}  // namespace minimand::primitives
