// What the conformance tests share: every loss of the catalogue with several parameters, inputs drawn from
// its facts, and one way to evaluate. No loss is named here; a new one is tested by being in the catalogue.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "conformance_forms.h"
#include "run/target.h"

namespace minimand::test {

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
      const double y = edge && std::isfinite(form.target.low) && !form.target.low_open ? form.target.low
                                                                                       : draw(form.target, r);
      add(s.target, edge && std::isfinite(form.target.high) && !form.target.high_open && r.one_in(2)
                        ? form.target.high
                        : y);
    } else if (s.by_index) {
      s.label.push_back(r.below(classes));
    } else {
      // Multiples of 2^-20 that sum to 1 exactly, some of them 0.
      std::vector<double> q;
      double sum = 0;
      for (std::int64_t j = 0; j < classes; ++j)
        q.push_back(j > 0 && r.one_in(5) ? 0 : r.unit()), sum += q.back();
      double rest = 0x1p20;
      for (double& p : q) rest -= p = std::floor(p / sum * 0x1p20);
      q[0] += rest;
      for (const double p : q)
        add(s.target, form.target.low < 0 ? std::log(std::max(p, 1.0) * 0x1p-20) : p * 0x1p-20);
    }
  }
  return s;
}
// Weights in [0.5, 4), every `absent`-th 0.
template <class T>
void weigh(Sample<T>& s, Random& r, int absent = 7) {
  s.weight.clear();
  for (std::int64_t i = 0; i < s.rows; ++i)
    s.weight.push_back(static_cast<T>(r.one_in(absent) ? 0 : 0.5 + 3.5 * r.unit()));
}

// The elements or rows [from, to) of a sample.
template <class T>
Sample<T> cut(const Sample<T>& s, std::int64_t from, std::int64_t to) {
  Sample<T> part;
  part.rows = to - from, part.classes = s.classes, part.row = s.row, part.by_index = s.by_index;
  const auto take = [&](auto& into, const auto& x, std::int64_t each) {
    if (!x.empty()) into.assign(x.begin() + from * each, x.begin() + to * each);
  };
  take(part.prediction, s.prediction, s.classes);
  take(part.target, s.target, s.classes);
  take(part.label, s.label, 1);
  take(part.weight, s.weight, 1);
  part.class_weight = s.class_weight;
  return part;
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
template <class T>
Partial part_of(const Form& form, const Sample<T>& s, std::int64_t begin, int threads) {
  Call call;
  call.threads = threads;
  if (!s.weight.empty()) call.weight = array(s.weight);
  if (!s.class_weight.empty()) call.class_weight = array(s.class_weight);
  return form.f.part(s.x(), s.y(), call, begin);
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

// The same without weights and with some, a few forms or all.
template <class F>
void each_weighted_form(const LossEntry& entry, std::int64_t elements, std::int64_t classes, F&& check,
                        bool few = true) {
  for (const Form& form : forms(entry, few)) {
    Random r;
    const std::int64_t rows = form.row() ? std::max<std::int64_t>(1, elements / classes) : elements;
    for (const bool weighted : {false, true}) {
      auto a = sample<float>(form, rows, classes, r);
      auto b = sample<double>(form, rows, classes, r);
      if (weighted) weigh(a, r), weigh(b, r);
      const std::string what = form.title() + (weighted ? ", weighted" : "");
      check(form, a, r, what + ", f32");
      check(form, b, r, what + ", f64");
      if (testing::Test::HasFailure()) return;
    }
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
    return bits(x) == bits(y) ? std::string()
                              : std::string(what) + ": " + shown(x) + " and " + shown(y) + "; ";
  };
  std::string text = differ("value", a.value, b.value) + differ("sum", a.sum, b.sum) +
                     differ("weight_sum", a.weight_sum, b.weight_sum);
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
inline std::string loss_test_name(const testing::TestParamInfo<const LossEntry*>& info) {
  return info.param->name;
}
#define CONFORMANCE_OF_ALL(Suite) \
  INSTANTIATE_TEST_SUITE_P(Catalogue, Suite, testing::ValuesIn(all_losses()), loss_test_name)

}  // namespace minimand::test
