// Where the accuracy tool looks: inputs that losses are asked for, and those that kernels find hard.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <vector>

#include "facts/facts.h"

namespace minimand::accuracy {

// splitmix64: the same draws on every machine.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t bits() {
    std::uint64_t x = (state_ += 0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
  }
  double uniform() { return static_cast<double>(bits() >> 11) * 0x1p-53; }
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  int below(int n) { return static_cast<int>(bits() % static_cast<std::uint64_t>(n)); }
  int between(int low, int high) { return low + below(high - low + 1); }
  double normal() { return std::sqrt(-2 * std::log(1 - uniform())) * std::cos(6.283185307179586 * uniform()); }
  template <class X, std::size_t N> X one_of(const X (&some)[N]) { return some[below(static_cast<int>(N))]; }

 private:
  std::uint64_t state_;
};

// The number `steps` representable numbers above x; stays finite.
template <class T>
T stepped(T x, int steps) {
  using I = std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>;
  const I sign = std::numeric_limits<I>::min();
  I i = std::bit_cast<I>(x);
  if (i < 0) i = static_cast<I>(sign - i);  // ordered integers
  i = static_cast<I>(i + steps);
  if (i < 0) i = static_cast<I>(sign - i);
  const T y = std::bit_cast<T>(i);
  return std::isfinite(y) ? y : x;
}
// Any finite bit pattern: log-uniform over all exponents, both signs.
template <class T>
T any_number(Random& r) {
  using U = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  for (;;) {
    const T x = std::bit_cast<T>(static_cast<U>(r.bits()));
    if (std::isfinite(x)) return x;
  }
}
template <class T>
T special_number(Random& r) {
  using L = std::numeric_limits<T>;
  const T some[] = {0,      L::denorm_min(), L::min(),         L::min() / 2, L::max(), L::max() / 4,
                    1,      L::epsilon(),    1 + L::epsilon(), T(0.5),       T(0.1),   1 - L::epsilon() / 2,
                    T(1e8), T(1e-8),         T(1e-20),         T(1e30),      T(1e4),   T(1e-3),
                    2,      3,               20,               40,           100,      700};
  const T x = r.one_of(some);
  return r.below(2) ? x : -x;
}
// Where approximations change: reductions of exp, ends of the exponent range, switches of the primitives.
template <class T>
T branch_point(Random& r, const double* parameters, int count) {
  const double some[] = {0,        1,       0.5,     0.5625,  2,       88.7228, 87.3365, 103.972,
                         709.7827, 745.133, 11.0899, 17.3287, 36.7368, 64,      20,      40};
  double x = 0;
  switch (r.below(3)) {
    case 0: x = r.one_of(some); break;
    case 1: x = (r.below(60) + 0.5) * 0.6931471805599453; break;
    default: x = count > 0 ? parameters[r.below(count)] : 1;
  }
  const T y = stepped(static_cast<T>(std::isfinite(x) ? x : 1), r.between(-127, 127));
  return r.below(2) ? y : -y;
}

// x itself if the domain holds it, else a member that comes from it.
template <class T>
T into(const facts::Domain& d, T x, Random& r) {
  if (d.kind == facts::Kind::pair) return static_cast<T>(r.below(2) ? d.low : d.high);
  if (d.low == 0 && d.high == 1) {
    x = std::abs(x);
    if (x > 1) x = 1 / x;
    if (r.below(8) == 0) x = 1 - x;
  } else if (d.low >= 0) {
    x = std::abs(x);
  } else if (d.high <= 0) {
    x = -std::abs(x);
  }
  const bool outside = (d.low_open && x == static_cast<T>(d.low)) || (d.high_open && x == static_cast<T>(d.high));
  return outside ? static_cast<T>(0.5) : x;
}

template <class T>
T draw_moderate(Random& r) {
  const double spreads[] = {1, 5, 50};
  return static_cast<T>(r.below(2) ? r.uniform(-20, 20) : r.normal() * r.one_of(spreads));
}
template <class T>
T draw_target(const facts::Domain& d, bool any, Random& r) {
  if (d.low == 0 && d.high == 1 && d.kind == facts::Kind::interval) {
    const double smoothed[] = {0.05, 0.95, 0.1, 0.9, 0.5};
    const double u = std::sin(1.5707963267948966 * r.uniform());
    switch (r.below(5)) {
      case 0: return 0;
      case 1: return 1;
      case 2: return static_cast<T>(u * u);  // Beta(1/2, 1/2)
      case 3: return static_cast<T>(r.one_of(smoothed));
      default: break;
    }
  }
  if (d.low == 0 && d.high > 1 && r.below(2)) return into(d, static_cast<T>(r.below(r.below(2) ? 10 : 10000)), r);
  return into(d, any ? any_number<T>(r) : draw_moderate<T>(r), r);
}

template <class T>
struct Pair {
  T prediction, target;
};
// One element; `worst` are those of the largest errors so far.
template <class T>
Pair<T> draw_pair(const facts::Facts& f, const facts::Domain& target, const double* parameters, int count,
                  const std::vector<Pair<T>>& worst, Random& r) {
  const double share = r.uniform();
  T y = draw_target<T>(target, share < 0.35, r), z = draw_moderate<T>(r);
  if (share < 0.35) {
    z = any_number<T>(r);
  } else if (share < 0.65) {
  } else if (share < 0.80) {
    z = branch_point<T>(r, parameters, count);
    if (r.below(2) && std::isfinite(y + z)) z = y + z;
  } else if (share < 0.90) {  // where the terms of the gradient cancel
    const double v = static_cast<double>(y);
    const double near[] = {v, std::log(v), std::log(v) - std::log1p(-v)};
    const double x = near[r.below(3)];
    z = stepped(static_cast<T>(std::isfinite(x) ? x : v), r.between(-4, 4));
  } else if (share < 0.95 || worst.empty()) {
    z = special_number<T>(r);
    if (r.below(2)) y = into(target, special_number<T>(r), r);
  } else {
    const Pair<T>& near = worst[static_cast<std::size_t>(r.below(static_cast<int>(worst.size())))];
    z = stepped(near.prediction, r.between(-64, 64));
    y = r.below(2) ? near.target : into(target, stepped(near.target, r.between(-8, 8)), r);
  }
  return {into(f.prediction, z, r), y};
}

// Parameters other than the defaults, of a few digits each.
inline std::vector<double> draw_parameters(const facts::Facts& f, int count, Random& r) {
  std::vector<double> p;
  for (int k = 0; k < count; ++k) {
    const facts::Param& param = f.params[k];
    int words = 0;
    while (words < 3 && param.choices[words].word) ++words;
    double x = param.value;
    if (words > 0) {
      x = param.choices[r.below(words)].value;
    } else if (param.value != param.value && r.below(2)) {
      // an optional one stays away
    } else if (param.range.low == 0 && param.range.high == 1) {
      x = 0.01 * r.between(1, 99);
    } else {
      x = 0.01 * std::round(100 * std::exp(r.uniform(-2, 2)));
    }
    p.push_back(x);
  }
  return p;
}

// A row of K numbers of the prediction's domain.
template <class T>
std::vector<T> draw_row(const facts::Facts& f, int K, Random& r) {
  std::vector<T> z(static_cast<std::size_t>(K));
  const double spreads[] = {1, 5, 50};
  const double spread = r.one_of(spreads), offset = r.below(4) ? 0 : r.uniform(-1e3, 1e3);
  const int kind = r.below(K <= 10 ? 6 : 4);
  for (T& x : z) {
    const double u = kind == 0 ? r.uniform(-20, 20) : r.normal() * spread;
    x = kind >= 5 ? any_number<T>(r) : static_cast<T>(u + offset);
  }
  if (kind == 1) z[static_cast<std::size_t>(r.below(K))] += static_cast<T>(r.uniform(10, 100));  // sure of one class
  if (f.prediction.low == 0 && f.prediction.high == 1) {
    double most = -INFINITY, total = 0;
    for (const T x : z) most = std::max(most, static_cast<double>(x));
    for (const T x : z) total += std::exp(static_cast<double>(x) - most);
    for (T& x : z) {
      x = kind >= 5 ? into(f.prediction, x, r) : static_cast<T>(std::exp(static_cast<double>(x) - most) / total);
    }
  } else {
    for (T& x : z) x = into(f.prediction, x, r);
  }
  return z;
}
// A target distribution of K classes, `logs` for its logarithms; sometimes with zeros, sometimes the prediction.
template <class T>
std::vector<T> draw_distribution(const std::vector<T>& prediction, bool logs, Random& r) {
  std::vector<double> q;
  const int kind = r.below(4);
  double total = 0;
  for (std::size_t j = 0; j < prediction.size(); ++j) {
    q.push_back(kind == 0 && r.below(2) && j > 0 && !logs ? 0 : std::exp(r.normal() * (kind == 1 ? 10 : 1)));
    total += q.back();
  }
  std::vector<T> out;
  for (std::size_t j = 0; j < q.size(); ++j) {
    const bool same = kind == 3 && (logs ? prediction[j] <= 0 : prediction[j] >= 0 && prediction[j] <= 1);
    const T near = std::abs(stepped(prediction[j], r.between(-4, logs ? 4 : 0)));
    out.push_back(same ? (logs ? -near : near) : static_cast<T>(logs ? std::log(q[j] / total) : q[j] / total));
  }
  return out;
}

}  // namespace minimand::accuracy
