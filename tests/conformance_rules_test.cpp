// The rules every loss obeys about what is in the arrays: absent elements, NaN, kinks, zeros, empty calls (Z3
// to Z7 of the numerics contract).
#include <limits>

#include "conformance.h"

namespace minimand::test {
namespace {

class Rules : public OfLoss {};
CONFORMANCE_OF_ALL(Rules);

template <class T>
bool all_zero(const std::vector<T>& x, std::int64_t from, std::int64_t n) {
  for (std::int64_t i = from; i < from + n; ++i) {
    if (bits(x[static_cast<std::size_t>(i)]) != 0) return false;
  }
  return true;
}

// Z1: at an infinite prediction value and derivatives are limits, never NaN while the value has one.
TEST_P(Rules, Z1InfinitePredictionsHaveLimits) {
  if (entry().facts.accuracy == facts::Accuracy::unbounded) GTEST_SKIP() << "it promises none";
  each_form(entry(), 3, 4, [&](const Form& form, const auto& s, const std::string& what) {
    using T = std::remove_cvref_t<decltype(s.prediction[0])>;
    for (const T x : {T(inf), T(-inf)}) {
      if (!inside(entry().facts.prediction, static_cast<double>(x))) continue;
      for (std::size_t j = 0; j < static_cast<std::size_t>(s.classes); ++j) {
        auto far = s;
        far.prediction[j] = x;
        const auto o = evaluate(form, far, 2, with(reduction::sum));
        const std::string where = what + ", prediction " + std::to_string(j) + " " + shown(x);
        EXPECT_FALSE(std::isnan(o.result.sum)) << where;
        for (std::size_t i = 0; i < o.gradient.size(); ++i) {
          EXPECT_FALSE(std::isnan(o.gradient[i])) << where << ": gradient " << i;
          EXPECT_FALSE(std::isnan(o.hessian[i])) << where << ": second derivative " << i;
        }
      }
    }
  });
}
// Z3: what is absent leaves no trace, whatever it holds.
TEST_P(Rules, Z3AbsentElementsLeaveNoTrace) {
  each_form(entry(), 300, 5, [](const Form& form, auto s, const std::string& what) {
    using T = std::remove_cvref_t<decltype(s.prediction[0])>;
    for (const bool ignoring : {false, true}) {
      if (ignoring && s.row && !s.by_index) continue;
      auto clean = s, poisoned = s;
      Call call;
      if (ignoring)
        call.ignore = -77;
      else
        clean.weight.assign(static_cast<std::size_t>(s.rows), T(1.5));
      std::int64_t absent = 0;
      const T poison[] = {nan_of<T>, T(inf), T(-inf), T(-7e4)};
      for (std::int64_t i = 0; i < s.rows; ++i) {
        if (i % 3 != 1 && i < 290) continue;
        ++absent;
        const std::size_t at = static_cast<std::size_t>(i);
        if (!ignoring) clean.weight[at] = 0;
        if (ignoring && s.row) clean.label[at] = -77;
        if (ignoring && !s.row) clean.target[at] = T(-77);
      }
      poisoned = clean;
      for (std::int64_t i = 0; i < s.rows; ++i) {
        if (i % 3 != 1 && i < 290) continue;
        const std::size_t at = static_cast<std::size_t>(i);
        for (std::int64_t j = 0; j < s.classes; ++j) {
          poisoned.prediction[static_cast<std::size_t>(i * s.classes + j)] = poison[(i + j) % 4];
          if (!ignoring && !s.by_index)
            poisoned.target[static_cast<std::size_t>(i * s.classes + j)] = poison[(i + 2 * j) % 4];
        }
        if (!ignoring && s.by_index)
          poisoned.label[at] = i % 2 ? -5 : std::numeric_limits<std::int64_t>::max();
      }
      for (int order = 0; order < 3; ++order) {
        const auto want = evaluate(form, clean, order, call), got = evaluate(form, poisoned, order, call);
        EXPECT_EQ(difference(want, got), "")
            << what << (ignoring ? ", ignored" : ", weight 0") << ", order " << order;
        EXPECT_EQ(got.result.ignored, absent) << what;
        EXPECT_EQ(got.result.count, s.rows - absent) << what;
        EXPECT_EQ(got.result.flags, evaluate(form, s, order).result.flags & got.result.flags) << what;
        if (!ignoring) {
          EXPECT_EQ(got.result.weight_sum, 1.5 * static_cast<double>(s.rows - absent)) << what;
        }
        for (std::int64_t i = 1; i < s.rows && order == 2; i += 3) {
          EXPECT_TRUE(all_zero(got.values, i, 1) && all_zero(got.gradient, i * s.classes, s.classes) &&
                      all_zero(got.hessian, i * s.classes, s.classes))
              << what << ", element " << i << " is not +0";
        }
      }
    }
  });
}

// Z3 for classes: an index target of a class of weight 0 is absent.
TEST_P(Rules, Z3ClassesOfWeightZero) {
  each_form(entry(), 200, 5, [](const Form& form, auto s, const std::string& what) {
    if (!s.by_index) return;
    using T = std::remove_cvref_t<decltype(s.prediction[0])>;
    if (form.f.text().find("smoothing") != std::string::npos) return;  // a smoothed target has other classes
    s.class_weight = {T(1.25), T(0), T(0.5), T(2), T(0)};
    std::int64_t absent = 0;
    for (std::size_t i = 0; i < s.label.size(); ++i) {
      if (s.class_weight[static_cast<std::size_t>(s.label[i])] != 0) continue;
      ++absent;
      for (std::int64_t j = 0; j < 5; ++j) s.prediction[i * 5 + static_cast<std::size_t>(j)] = nan_of<T>;
    }
    const auto got = evaluate(form, s, 2);
    EXPECT_EQ(got.result.ignored, absent) << what;
    EXPECT_TRUE(std::isfinite(got.result.value)) << what;
    for (std::size_t i = 0; i < s.label.size(); ++i) {
      if (s.class_weight[static_cast<std::size_t>(s.label[i])] != 0) continue;
      EXPECT_TRUE(all_zero(got.values, static_cast<std::int64_t>(i), 1) &&
                  all_zero(got.gradient, static_cast<std::int64_t>(5 * i), 5))
          << what;
    }
  });
}

// Z4: a NaN is the canonical NaN in its own element or row, and nowhere else.
TEST_P(Rules, Z4NanStaysWhereItIs) {
  each_form(entry(), 200, 5, [](const Form& form, auto s, const std::string& what) {
    using T = std::remove_cvref_t<decltype(s.prediction[0])>;
    const bool in_target = !s.row && form.target.kind == facts::Kind::interval && form.target.low == -inf &&
                           form.target.high == inf;
    for (const bool target : {false, true}) {
      if (target && !in_target) continue;
      for (const std::int64_t at : {0, 31, 77, 199}) {
        auto bad = s;
        const std::int64_t element = at * s.classes + at % s.classes;
        (target ? bad.target : bad.prediction)[static_cast<std::size_t>(element)] = -nan_of<T>;
        for (int order = 0; order < 3; ++order) {
          auto want = evaluate(form, s, order), got = evaluate(form, bad, order);
          want.result = got.result;
          want.values[static_cast<std::size_t>(at)] = nan_of<T>;
          for (std::int64_t j = at * s.classes; j < (at + 1) * s.classes; ++j) {
            if (order >= 1) want.gradient[static_cast<std::size_t>(j)] = nan_of<T>;
            if (order >= 2) want.hessian[static_cast<std::size_t>(j)] = nan_of<T>;
          }
          EXPECT_EQ(difference(want, got), "")
              << what << ", NaN at " << at << (target ? " of the target" : "") << ", order " << order;
          EXPECT_EQ(bits(got.result.value), bits(nan_of<double>)) << what;
          EXPECT_EQ(bits(got.result.sum), bits(nan_of<double>)) << what;
          EXPECT_TRUE(got.result.flags & nan_in) << what;
        }
      }
    }
  });
}

// Z5: a loss that is symmetric in the residual has its minimum at 0, where the gradient is 0 though it may
// jump there.
TEST_P(Rules, Z5TheGradientAtAResidualOfZeroIsZero) {
  if (is_row() || !entry().facts.symmetric) GTEST_SKIP() << "not symmetric in a residual";
  each_form(entry(), 400, 1, [](const Form& form, auto s, const std::string& what) {
    s.target = s.prediction;
    const auto o = evaluate(form, s, 2, with(reduction::sum));
    EXPECT_TRUE(all_zero(o.values, 0, s.rows) && all_zero(o.gradient, 0, s.rows)) << what;
    // And it is symmetric in bits.
    using T = std::remove_cvref_t<decltype(s.prediction[0])>;
    for (std::size_t i = 0; i < s.prediction.size(); ++i)
      s.target[i] = T(0.25), s.prediction[i] = std::ldexp(std::round(std::ldexp(s.prediction[i], 12)), -12);
    auto mirrored = s;
    for (T& x : mirrored.prediction) x = T(0.5) - x;
    const auto a = evaluate(form, s, 2, with(reduction::sum)),
               b = evaluate(form, mirrored, 2, with(reduction::sum));
    EXPECT_EQ(difference("values", a.values, b.values), "") << what;
    EXPECT_EQ(difference("hessian", a.hessian, b.hessian), "") << what;
    for (std::size_t i = 0; i < a.gradient.size(); ++i) EXPECT_EQ(a.gradient[i], -b.gradient[i]) << what;
  });
}

// Z4, Z6: every zero is +0 and every NaN the canonical one, in tails, at targets and over all scales.
TEST_P(Rules, Z6NoNegativeZeroAndOneNan) {
  each_form(entry(), 1200, 3, [&](const Form& form, auto s, const std::string& what) {
    using T = std::remove_cvref_t<decltype(s.prediction[0])>;
    Random r;
    const T special[] = {T(0),
                         -T(0),
                         T(1),
                         T(-1),
                         T(0.5),
                         std::numeric_limits<T>::denorm_min(),
                         -std::numeric_limits<T>::denorm_min(),
                         std::numeric_limits<T>::max(),
                         std::numeric_limits<T>::lowest(),
                         T(inf),
                         T(-inf),
                         T(88.5),
                         T(-104),
                         T(1e4),
                         T(-1e4),
                         T(1e-30)};
    const auto scatter = [&](std::vector<T>& x, const facts::Domain& d) {
      for (T& v : x) {
        const T other =
            r.one_in(2) ? special[r.below(16)]
                        : static_cast<T>(std::ldexp(r.unit() - 0.5, static_cast<int>(r.below(200)) - 100));
        if (inside(d, static_cast<double>(other))) v = other;
      }
    };
    scatter(s.prediction, entry().facts.prediction);
    if (!s.row) scatter(s.target, form.target);
    for (std::size_t i = 0; i < s.target.size() && !s.row; i += 5) {
      if (inside(form.target, static_cast<double>(s.prediction[i]))) s.target[i] = s.prediction[i];
    }
    for (const bool weighted : {false, true}) {
      if (weighted) weigh(s, r);
      const auto o = evaluate(form, s, 2, with(reduction::sum));
      const auto clean = [&](const char* name, const auto& x) {
        for (std::size_t i = 0; i < x.size(); ++i) {
          if (x[i] == 0) {
            EXPECT_EQ(bits(x[i]), 0u)
                << what << ": -0 in " << name << "[" << i << "], prediction " << shown(s.prediction[i]);
          }
          if (std::isnan(x[i])) {
            EXPECT_EQ(bits(x[i]), bits(nan_of<T>)) << what << ": another NaN in " << name << "[" << i
                                                   << "], prediction " << shown(s.prediction[i]);
          }
        }
      };
      clean("values", o.values), clean("gradient", o.gradient), clean("hessian", o.hessian);
      EXPECT_FALSE(o.result.sum == 0 && std::signbit(o.result.sum)) << what;
      // The orders agree here too.
      EXPECT_EQ(difference("values", o.values, evaluate(form, s, 0, with(reduction::sum)).values), "")
          << what;
      EXPECT_EQ(difference("gradient", o.gradient, evaluate(form, s, 1, with(reduction::sum)).gradient), "")
          << what;
    }
  });
}

// Z7: nothing, or all absent.
TEST_P(Rules, Z7MeansOfNothing) {
  each_form(entry(), 40, 5, [](const Form& form, auto s, const std::string& what) {
    using T = std::remove_cvref_t<decltype(s.prediction[0])>;
    auto empty_one = s;
    empty_one.rows = 0;
    empty_one.prediction.clear(), empty_one.target.clear(), empty_one.label.clear();
    s.weight.assign(static_cast<std::size_t>(s.rows), T(0));
    for (const auto& given : {empty_one, s}) {
      for (const reduction how : {reduction::none, reduction::sum, reduction::mean, reduction::weighted_mean,
                                  reduction::mean_over}) {
        Call call = with(how);
        call.mean_over = 3;
        const bool divides = how == reduction::mean || how == reduction::weighted_mean;
        for (const empty e : {empty::nan, empty::zero, empty::error}) {
          call.empty = e;
          if (divides && e == empty::error) {
            EXPECT_EQ(code_of([&] { evaluate(form, given, 2, call); }), "DOM004") << what;
            continue;
          }
          const auto o = evaluate(form, given, 2, call);
          EXPECT_EQ(bits(o.result.value), divides && e == empty::nan ? bits(nan_of<double>) : 0u)
              << what << " " << static_cast<int>(how);
          EXPECT_EQ(bits(o.result.sum), 0u) << what;
          EXPECT_EQ(bits(o.result.weight_sum), 0u) << what;
          EXPECT_EQ(o.result.count, 0) << what;
          EXPECT_EQ(o.result.ignored, given.rows) << what;
          EXPECT_EQ(o.result.flags, 0u) << what;
          EXPECT_TRUE(all_zero(o.gradient, 0, given.size()) && all_zero(o.hessian, 0, given.size()) &&
                      all_zero(o.values, 0, given.rows))
              << what;
        }
      }
    }
  });
}

}  // namespace
}  // namespace minimand::test
