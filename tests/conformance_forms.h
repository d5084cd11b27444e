// The losses of the catalogue as the conformance tests meet them: each with several parameters and both forms
// of target, and numbers drawn from the domains in its facts.
#pragma once

#include <charconv>
#include <cmath>
#include <cstdint>
#include <minimand/catalogue.hpp>
#include <string>
#include <vector>

#include "kernels/entry.h"

namespace minimand::test {

inline constexpr double inf = facts::infinity;
// Under a sanitizer all takes ten times as long, and what it looks for lies where the code goes, not in the numbers.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define MINIMAND_SANITIZED 1
#endif
#endif
#if defined(MINIMAND_SANITIZED) || defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif
inline constexpr std::uint64_t seed = 20240917;

// SplitMix64: the same numbers on every machine.
struct Random {
  std::uint64_t state = seed;
  std::uint64_t bits() {
    std::uint64_t x = state += 0x9e3779b97f4a7c15;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
    x = (x ^ x >> 27) * 0x94d049bb133111eb;
    return x ^ x >> 31;
  }
  std::int64_t below(std::int64_t n) {
    return static_cast<std::int64_t>(bits() % static_cast<std::uint64_t>(n));
  }
  bool one_in(int n) { return below(n) == 0; }
  // In (0, 1), a float: never 0, never 1.
  double unit() { return (static_cast<double>(bits() >> 44) + 0.5) * 0x1p-20; }
  // Both signs, small, near 1 and to 20; floats, hardly ever integers.
  double real() {
    const double sum = unit() + unit() + unit() + unit() - 2;  // bell-shaped, deviation 0.58
    const double x = one_in(4) ? 0.1 * sum : one_in(4) ? 40 * (unit() - 0.5) : 3 * sum;
    return static_cast<double>(static_cast<float>(x));
  }
};

inline bool inside(const facts::Domain& d, double x) {
  if (d.kind == facts::Kind::pair) return x == d.low || x == d.high;
  return (d.low_open ? x > d.low : x >= d.low) && (d.high_open ? x < d.high : x <= d.high);
}
// A float in the interior of an interval, or one of a pair.
inline double draw(const facts::Domain& d, Random& r) {
  if (d.kind == facts::Kind::pair) return r.one_in(2) ? d.low : d.high;
  const bool low = d.low > -inf, high = d.high < inf;
  if (low && high) return d.low + (d.high - d.low) * r.unit();
  const double x = r.real();
  return !low && !high ? x : low ? d.low + std::abs(x) : d.high - std::abs(x);
}

// A loss with parameters and a form of target.
struct Form {
  const LossEntry* entry;
  Loss f;
  facts::Domain target;  // a word among the parameters may change it
  bool by_index;
  bool row() const { return entry->engine == Engine::statistics; }
  std::string title() const { return f.text() + (row() ? by_index ? " by index" : " by distribution" : ""); }
};

inline std::string number_text(double x) {
  char text[32];
  return std::string(text, std::to_chars(text, text + sizeof text, x).ptr);
}
// Values of a parameter other than its default, as text.
inline std::vector<std::string> other_values(const facts::Param& p) {
  std::vector<std::string> all;
  if (p.choices[0].word) {
    for (const facts::Choice& c : p.choices) {
      if (c.word && c.value != p.value) all.push_back(c.word);
    }
    return all;
  }
  for (const double x : {0.3, 2.5, 1.0, 0.0, inf}) {
    if (inside(p.range, x) && x != p.value) all.push_back(number_text(x));
  }
  return all;
}
inline facts::Domain target_of(const Loss& f) { return facts::target_domain(f.entry().facts, f.parameters()); }
// The loss as it is, with one parameter changed at a time, and with all of them changed; `few`: first and last.
inline std::vector<Form> forms(const LossEntry& e, bool few = sanitized) {
  std::vector<std::string> texts{e.name};
  std::string all = e.name;
  for (int k = 0; k < e.parameter_count; ++k) {
    const auto values = other_values(e.facts.params[k]);
    for (const std::string& x : values) {
      if (!few) texts.push_back(std::string(e.name) + ":" + e.facts.params[k].name + "=" + x);
    }
    if (!values.empty()) all += std::string(":") + e.facts.params[k].name + "=" + values[0];
  }
  if (all != e.name) texts.push_back(all);
  std::vector<Form> out;
  for (const std::string& text : texts) {
    const Loss f = loss(text);
    const facts::Domain target = target_of(f);
    const bool index = target.kind == facts::Kind::index,
               either = target.kind == facts::Kind::index_or_distribution;
    if (index || either) out.push_back({&e, f, target, true});
    if (!index) out.push_back({&e, f, target, false});
  }
  return out;
}

}  // namespace minimand::test
