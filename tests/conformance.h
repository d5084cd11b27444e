// What the conformance tests share: every loss of the catalogue with several parameters, inputs drawn from its facts,
// and one way to evaluate. No loss is named here; a new one is tested by being in the catalogue.
#pragma once

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <minimand/catalogue.hpp>

#include "kernels/entry.h"
#include "run/target.h"

namespace minimand::test {

inline constexpr double inf = facts::infinity;
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
  std::int64_t below(std::int64_t n) { return static_cast<std::int64_t>(bits() % static_cast<std::uint64_t>(n)); }
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
inline facts::Domain target_of(const Loss& f) {
  const LossEntry& e = f.entry();
  for (int k = 0; k < e.parameter_count; ++k) {
    for (const facts::Choice& c : e.facts.params[k].choices) {
      if (c.word && c.target && c.value == f.parameters()[k]) return *c.target;
    }
  }
  return e.facts.target;
}
// The loss as it is, with one parameter changed at a time, and with all of them changed; `few`: first and last.
inline std::vector<Form> forms(const LossEntry& e, bool few = false) {
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
    const bool index = target.kind == facts::Kind::index, either = target.kind == facts::Kind::index_or_distribution;
    if (index || either) out.push_back({&e, f, target, true});
    if (!index) out.push_back({&e, f, target, false});
  }
  return out;
}

// Inputs of a call: `rows` elements of a pointwise loss (classes = 1), or rows of a row loss.
template <class T>
struct Sample {
  std::int64_t rows = 0, classes = 1;
  bool row = false, by_index = false;
  std::vector<T> prediction, target, weight, class_weight;  // weights are empty until asked for
  std::vector<std::int64_t> label;

  std::int64_t size() const { return rows * classes; }
  array shaped(const std::vector<T>& x) const {
    const std::int64_t extents[] = {rows, classes};
    return array(x.data(), dtype_of<T>(), std::span(extents).first(row ? 2 : 1), false);
  }
  array shaped(std::vector<T>& x) const {
    array a = shaped(static_cast<const std::vector<T>&>(x));
    a.writable = true;
    return a;
  }
  array x() const { return shaped(prediction); }
  array y() const { return by_index ? array(label) : shaped(target); }
};

template <class T>
Sample<T> sample(const Form& form, std::int64_t rows, std::int64_t classes, Random& r) {
  Sample<T> s;
  s.rows = rows, s.classes = form.row() ? classes : 1, s.row = form.row(), s.by_index = form.by_index;
  const auto add = [](std::vector<T>& to, double x) { to.push_back(static_cast<T>(x)); };
  for (std::int64_t i = 0; i < s.size(); ++i) add(s.prediction, draw(form.entry->facts.prediction, r));
  for (std::int64_t i = 0; i < rows; ++i) {
    if (!s.row) {
      const bool edge = form.target.kind == facts::Kind::interval && r.one_in(3);
      const double y = edge && std::isfinite(form.target.low) && !form.target.low_open ? form.target.low : draw(form.target, r);
      add(s.target, edge && std::isfinite(form.target.high) && !form.target.high_open && r.one_in(2) ? form.target.high : y);
    } else if (s.by_index) {
      s.label.push_back(r.below(classes));
    } else {
      // Multiples of 2^-20 that sum to 1 exactly, some of them 0.
      std::vector<double> q;
      double sum = 0;
      for (std::int64_t j = 0; j < classes; ++j) q.push_back(j > 0 && r.one_in(5) ? 0 : r.unit()), sum += q.back();
      double rest = 0x1p20;
      for (double& p : q) rest -= p = std::floor(p / sum * 0x1p20);
      q[0] += rest;
      for (const double p : q) add(s.target, form.target.low < 0 ? std::log(std::max(p, 1.0) * 0x1p-20) : p * 0x1p-20);
    }
  }
  return s;
}
// Weights in [0.5, 4), every `absent`-th 0.
template <class T>
void weigh(Sample<T>& s, Random& r, int absent = 7) {
  s.weight.clear();
  for (std::int64_t i = 0; i < s.rows; ++i) s.weight.push_back(static_cast<T>(r.one_in(absent) ? 0 : 0.5 + 3.5 * r.unit()));
}

template <class T>
struct Outputs {
  Result result;
  std::vector<T> values, gradient, hessian;
};
// Order 0: value; 1: and gradient; 2: and second derivative. `call` gives all other options.
template <class T>
Outputs<T> evaluate(const Form& form, const Sample<T>& s, int order, Call call = {}, bool values = true) {
  Outputs<T> out;
  const T junk = static_cast<T>(-1234.5);  // no result, so that an unwritten one shows
  if (values) out.values.assign(static_cast<std::size_t>(s.rows), junk), call.values = array(out.values);
  if (order >= 1) out.gradient.assign(s.prediction.size(), junk), call.gradient = s.shaped(out.gradient);
  if (order >= 2) out.hessian.assign(s.prediction.size(), junk), call.hessian = s.shaped(out.hessian);
  if (!s.weight.empty()) call.weight = array(s.weight);
  if (!s.class_weight.empty()) call.class_weight = array(s.class_weight);
  out.result = form.f(s.x(), s.y(), call);
  return out;
}
inline Call with(reduction how) {
  Call call;
  call.reduction = how;
  return call;
}

template <class T>
inline constexpr T nan_of = std::numeric_limits<T>::quiet_NaN();

// check(form, sample, name) for every form of a loss, f32 and f64, until one fails.
template <class F>
void each_form(const LossEntry& entry, std::int64_t rows, std::int64_t classes, F&& check) {
  for (const Form& form : forms(entry)) {
    Random r;
    check(form, sample<float>(form, rows, classes, r), form.title() + ", f32");
    check(form, sample<double>(form, rows, classes, r), form.title() + ", f64");
    if (testing::Test::HasFailure()) return;
  }
}

// The bits of a number.
inline std::uint64_t bits(double x) { return std::bit_cast<std::uint64_t>(x); }
inline std::uint64_t bits(float x) { return std::bit_cast<std::uint32_t>(x); }
inline std::uint64_t bits(f16 x) { return x.bits; }
inline std::uint64_t bits(bf16 x) { return x.bits; }
inline std::string shown(double x) {
  char text[64];
  std::snprintf(text, sizeof text, "%a (%.9g)", x, x);
  return text;
}
inline std::string shown(f16 x) { return "bits " + std::to_string(x.bits); }
inline std::string shown(bf16 x) { return "bits " + std::to_string(x.bits); }

// Empty, or where the bits differ first.
template <class T>
std::string difference(const char* what, const std::vector<T>& a, const std::vector<T>& b) {
  if (a.size() != b.size()) return std::string(what) + ": sizes differ";
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (bits(a[i]) != bits(b[i])) {
      return std::string(what) + "[" + std::to_string(i) + "]: " + shown(a[i]) + " and " + shown(b[i]);
    }
  }
  return "";
}
inline std::string difference(const Result& a, const Result& b) {
  const auto differ = [](const char* what, double x, double y) {
    return bits(x) == bits(y) ? std::string() : std::string(what) + ": " + shown(x) + " and " + shown(y) + "; ";
  };
  std::string text = differ("value", a.value, b.value) + differ("sum", a.sum, b.sum) + differ("weight_sum", a.weight_sum, b.weight_sum);
  if (a.count != b.count || a.ignored != b.ignored) text += "counts differ; ";
  if (a.flags != b.flags) text += "flags " + std::to_string(a.flags) + " and " + std::to_string(b.flags);
  return text;
}
// Of what both have; an order that was not asked for is not compared.
template <class T>
std::string difference(const Outputs<T>& a, const Outputs<T>& b) {
  std::string text = difference(a.result, b.result);
  const auto both = [&](const char* what, const std::vector<T>& x, const std::vector<T>& y) {
    if (text.empty() && !x.empty() && !y.empty()) text = difference(what, x, y);
  };
  both("values", a.values, b.values);
  both("gradient", a.gradient, b.gradient);
  both("hessian", a.hessian, b.hessian);
  return text;
}

// The code of the error that `f` throws, or "none".
template <class F>
std::string code_of(F&& f) {
  try {
    f();
  } catch (const error& e) {
    return name(e.code());
  }
  return "none";
}

inline std::vector<run::Target> available_targets() {
  std::vector<run::Target> all;
  for (int t = 0; t < static_cast<int>(run::Target::count); ++t) {
    if (run::available(static_cast<run::Target>(t))) all.push_back(static_cast<run::Target>(t));
  }
  return all;
}
// Another target while it lives.
struct OnTarget {
  run::Target before = run::active_target();
  explicit OnTarget(run::Target t) { run::force_target(t); }
  ~OnTarget() { run::force_target(before); }
};

inline void print_seed() {
  static const bool once = (std::printf("seed %llu\n", static_cast<unsigned long long>(seed)), true);
  static_cast<void>(once);
}

// A test over the catalogue; `Suite` derives from it, CONFORMANCE_OF_ALL names the instances by loss.
class OfLoss : public testing::TestWithParam<const LossEntry*> {
 protected:
  const LossEntry& entry() const { return *GetParam(); }
  bool is_row() const { return entry().engine == Engine::statistics; }
  void SetUp() override { print_seed(); }
};
inline std::vector<const LossEntry*> all_losses() { return {catalogue().begin(), catalogue().end()}; }
inline std::string loss_test_name(const testing::TestParamInfo<const LossEntry*>& info) { return info.param->name; }
#define CONFORMANCE_OF_ALL(Suite) \
  INSTANTIATE_TEST_SUITE_P(Catalogue, Suite, testing::ValuesIn(all_losses()), loss_test_name)

}  // namespace minimand::test
