// The rules every loss obeys about what a call may be given: shapes, domains, strictness and the
// floating-point environment (Z8 to Z12 of the numerics contract).
#include <cfenv>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

#include "conformance.h"

namespace minimand::test {
namespace {

class Refusals : public OfLoss {};
CONFORMANCE_OF_ALL(Refusals);

// Z8: equal shapes, trailing axes of size 1 aside; nothing is broadcast.
TEST_P(Refusals, Z8Shapes) {
  const Form form = forms(entry()).front();
  Random r;
  const auto s = sample<double>(form, 6, 4, r);
  const auto shaped = [](const array& a, std::vector<std::int64_t> extents) {
    return array(a.data, a.type, extents, false);
  };
  const auto message = [&](const array& x, const array& y) -> std::string {
    try {
      form.f(x, y);
    } catch (const error& e) {
      return std::string(name(e.code())) + " " + e.what();
    }
    return "none";
  };
  const std::int64_t k = s.classes;
  if (!is_row()) {
    const double want = form.f(s.x(), s.y()).value;
    EXPECT_EQ(bits(form.f(shaped(s.x(), {6, 1}), s.y()).value), bits(want));
    EXPECT_EQ(bits(form.f(s.x(), shaped(s.y(), {6, 1, 1})).value), bits(want));
    EXPECT_EQ(bits(form.f(shaped(s.x(), {2, 3}), shaped(s.y(), {2, 3, 1})).value), bits(want));
  } else {
    const double want = form.f(s.x(), s.y()).value;
    std::vector<std::int64_t> more =
        form.by_index ? std::vector<std::int64_t>{6, 1} : std::vector<std::int64_t>{6, k, 1};
    EXPECT_EQ(bits(form.f(s.x(), shaped(s.y(), more)).value), bits(want));
  }
  using Shape = std::vector<std::int64_t>;
  const std::vector<std::pair<Shape, Shape>> wrong =
      is_row()
          ? std::vector<std::pair<Shape, Shape>>{{{6, k}, {5}},        {{6, k}, {1}},    {{6, k}, {}},
                                                 {{6, k}, {1, 6}},     {{6, k}, {1, k}}, {{6, k}, {k, 6}},
                                                 {{6, k}, {6, k - 1}}, {{2, 3, k}, {6}}, {{6, k}, {2, 3, k}}}
          : std::vector<std::pair<Shape, Shape>>{{{6}, {5}},    {{6}, {1}},       {{1}, {6}},
                                                 {{6}, {1, 6}}, {{2, 3}, {3, 2}}, {{2, 3}, {6}},
                                                 {{6}, {}},     {{2, 3}, {2, 1}}, {{6, 1}, {1, 6}}};
  const auto text = [](const Shape& shape) {
    std::string t = "(";
    for (std::size_t i = 0; i < shape.size(); ++i) t += (i ? ", " : "") + std::to_string(shape[i]);
    return t + (shape.size() == 1 ? ",)" : ")");
  };
  std::vector<double> zeros(64, 0.0);
  for (const auto& [x, y] : wrong) {
    const std::string got = message(shaped(s.x(), x), shaped(array(zeros), y));
    EXPECT_TRUE(got.starts_with("SHP001")) << text(x) << " with " << text(y) << ": " << got;
    EXPECT_NE(got.find(text(x)), std::string::npos) << got;
    EXPECT_NE(got.find(text(y)), std::string::npos) << got;
  }
  if (is_row()) {
    EXPECT_TRUE(message(shaped(s.x(), {6, 0}), shaped(array(zeros), {6})).starts_with("SHP001"));
  }
}

// What lies just outside a domain, and far.
template <class T>
std::vector<T> outsiders(const facts::Domain& d) {
  std::vector<T> all;
  const T low = static_cast<T>(d.low), high = static_cast<T>(d.high);
  if (d.kind == facts::Kind::pair)
    return {T(0.5), T(-2), T(2), T(inf), std::nextafter(high, T(2)), nan_of<T>};
  if (d.low > -inf)
    all.insert(all.end(), {d.low_open ? low : std::nextafter(low, T(-inf)), low - T(1), T(-inf)});
  if (d.high < inf)
    all.insert(all.end(), {d.high_open ? high : std::nextafter(high, T(inf)), high + T(1), T(inf)});
  if (d.high == inf && d.high_open) all.push_back(T(inf));
  return all;
}

// Z9: what lies outside a domain is refused, with the first and how many.
TEST_P(Refusals, Z9DomainsAreChecked) {
  each_form(entry(), 5000, 4, [](const Form& form, auto s, const std::string& what) {
    using T = std::remove_cvref_t<decltype(s.prediction[0])>;
    const auto check = [&](const Sample<T>& bad, const char* code, role where, std::int64_t first,
                           std::int64_t count, T x) {
      for (const int threads : {1, 2}) {
        for (int order = 0; order < 3; order += 2) {
          Call call;
          call.threads = threads;
          try {
            evaluate(form, bad, order, call);
            ADD_FAILURE() << what << ": " << shown(x) << " was accepted";
            return;
          } catch (const error& e) {
            EXPECT_STREQ(name(e.code()), code) << what << ": " << e.what();
            EXPECT_EQ(e.where(), where) << what << ": " << e.what();
            EXPECT_EQ(e.first(), first) << what << ": " << e.what();
            EXPECT_EQ(e.count(), count) << what << ": " << e.what();
          }
        }
      }
    };
    const std::int64_t first = 4100, second = 4711;
    const auto put = [&](std::vector<T>& to, T x) {
      for (const std::int64_t row : {first, second})
        to[static_cast<std::size_t>(row * s.classes + row % s.classes)] = x;
    };
    for (const T x : outsiders<T>(form.entry->facts.prediction)) {
      auto bad = s;
      put(bad.prediction, x);
      check(bad, "DOM001", role::prediction, first, 2, x);
      bad.weight.assign(static_cast<std::size_t>(s.rows), T(1));
      bad.weight[static_cast<std::size_t>(first)] = 0;
      check(bad, "DOM001", role::prediction, second, 1, x);
    }
    if (!s.by_index) {
      auto outside = outsiders<T>(form.target);
      if (form.target.low > -inf || form.target.high < inf) outside.push_back(nan_of<T>);
      for (const T x : outside) {
        auto bad = s;
        put(bad.target, x);
        check(bad, "DOM002", role::target, first, 2, x);
      }
    } else {
      for (const std::int64_t label : {std::int64_t{-1}, std::int64_t{4},
                                       std::numeric_limits<std::int64_t>::min(), std::int64_t{1} << 40}) {
        auto bad = s;
        for (const std::int64_t row : {first, second}) bad.label[static_cast<std::size_t>(row)] = label;
        check(bad, "TGT001", role::target, first, 2, static_cast<T>(label));
      }
      // Floating-point labels: integers only.
      std::vector<T> labels(s.label.begin(), s.label.end());
      EXPECT_EQ(bits(form.f(s.x(), labels).value), bits(form.f(s.x(), s.y()).value)) << what;
      for (const T x : {T(0.5), T(-1), T(4), nan_of<T>, T(inf), T(1e30)}) {
        auto bad = labels;
        bad[static_cast<std::size_t>(first)] = x;
        try {
          form.f(s.x(), bad);
          ADD_FAILURE() << what << ": label " << shown(x) << " was accepted";
        } catch (const error& e) {
          EXPECT_STREQ(name(e.code()), "TGT001") << what << ": " << e.what();
          EXPECT_EQ(e.first(), first) << what << ": " << e.what();
        }
      }
    }
  });
}

// The edges of a closed domain are inside.
TEST_P(Refusals, Z9EdgesAreInside) {
  each_form(entry(), 4, 3, [](const Form& form, auto s, const std::string& what) {
    using T = std::remove_cvref_t<decltype(s.prediction[0])>;
    const auto edges = [](const facts::Domain& d) {
      std::vector<T> all;
      for (const double x : {d.low, d.high}) {
        if (std::isfinite(x) && inside(d, x)) all.push_back(static_cast<T>(x));
      }
      return all;
    };
    for (const T x : edges(form.entry->facts.prediction)) {
      auto at_edge = s;
      at_edge.prediction[1] = x;
      EXPECT_EQ(code_of([&] { evaluate(form, at_edge, 2); }), "none") << what;
    }
    if (s.by_index) return;
    for (const T y : edges(form.target)) {
      auto at_edge = s;
      at_edge.target[1] = y;
      EXPECT_EQ(code_of([&] { evaluate(form, at_edge, 2); }), "none") << what;
    }
  });
}

// Z11: strict turns any flag into an error, and only that.
TEST_P(Refusals, Z11StrictIsAnyFlag) {
  each_form(entry(), 9, 4, [](const Form& form, auto s, const std::string& what) {
    using T = std::remove_cvref_t<decltype(s.prediction[0])>;
    int raised = 0;
    for (const T x : {s.prediction[0], nan_of<T>, T(inf), T(-inf), std::numeric_limits<T>::max(),
                      std::numeric_limits<T>::lowest(), T(1), T(0)}) {
      if (!inside(form.entry->facts.prediction, static_cast<double>(x)) && !std::isnan(x) &&
          std::isfinite(form.entry->facts.prediction.low + form.entry->facts.prediction.high))
        continue;
      auto other = s;
      other.prediction[0] = x;
      Call call;
      std::uint32_t flags = 0;
      if (const std::string code = code_of([&] { flags = evaluate(form, other, 2, call).result.flags; });
          code != "none") {
        EXPECT_EQ(code, "DOM001") << what;
        continue;
      }
      call.strict = true;
      EXPECT_EQ(code_of([&] { evaluate(form, other, 2, call); }), flags ? "STR001" : "none")
          << what << ", " << shown(x) << ", flags " << flags;
      raised += flags != 0;
    }
    EXPECT_GT(raised, 0) << what;
  });
}

#if defined(__SSE2__)
// Z12: the caller's rounding mode and flush-to-zero change nothing, and are there afterwards.
TEST_P(Refusals, Z12TheCallersEnvironmentChangesNothing) {
  each_form(entry(), 40000, 4, [](const Form& form, auto s, const std::string& what) {
    using T = std::remove_cvref_t<decltype(s.prediction[0])>;
    for (std::size_t i = 0; i < s.prediction.size(); i += 3) {
      const T tiny = s.prediction[i] * std::numeric_limits<T>::min() * T(0.01);
      if (inside(form.entry->facts.prediction, static_cast<double>(tiny))) s.prediction[i] = tiny;
      if (!s.row && i % 2 == 0 && inside(form.target, 0)) s.target[i] = 0;
    }
    s.rows = s.row ? 5000 : s.rows;
    s.prediction.resize(static_cast<std::size_t>(s.size()));
    if (!s.by_index)
      s.target.resize(s.prediction.size());
    else
      s.label.resize(static_cast<std::size_t>(s.rows));
    const auto want = evaluate(form, s, 2, with(reduction::sum));
    const unsigned before = _mm_getcsr();
    for (const int rounding : {FE_TONEAREST, FE_UPWARD, FE_TOWARDZERO}) {
      for (const int threads : {1, 3}) {
        Call call = with(reduction::sum);
        call.threads = threads;
        std::fesetround(rounding);
        const unsigned mine = _mm_getcsr() | 0x8040;  // FTZ and DAZ
        _mm_setcsr(mine);
        const auto got = evaluate(form, s, 2, call);
        Partial joined = part_of(form, cut(s, s.rows / 3, s.rows), s.rows / 3, threads);
        joined.merge(part_of(form, cut(s, 0, s.rows / 3), 0, 1));
        const Result whole = joined.finish(reduction::sum);
        const unsigned after = _mm_getcsr();
        const int still = std::fegetround();
        _mm_setcsr(before);
        std::fesetround(FE_TONEAREST);
        EXPECT_EQ(after & 0xffc0, mine & 0xffc0) << what << ": control bits were not restored";
        EXPECT_EQ(still, rounding) << what;
        EXPECT_EQ(bits(whole.sum), bits(want.result.sum))
            << what << ", joined from parts, rounding " << rounding;
        EXPECT_EQ(difference(want, got), "") << what << ", rounding " << rounding << ", threads " << threads;
      }
    }
  });
}
#endif

}  // namespace
}  // namespace minimand::test
