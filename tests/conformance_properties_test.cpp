// Properties that need no expected numbers: reductions and their divisors, weights, permutations, forms of
// target, identities between losses, and where the class axis lies.
#include <numeric>

#include "conformance.h"

namespace minimand::test {
namespace {

class Properties : public OfLoss {};
CONFORMANCE_OF_ALL(Properties);

template <class T>
double unit() {
  return sizeof(T) == 4 ? 0x1p-24 : 0x1p-53;
}
template <class T>
double sum_of_sizes(const std::vector<T>& x) {
  double sum = 0;
  for (const T v : x) sum += std::abs(static_cast<double>(v));
  return sum;
}
// A sum in the fixed order: 32 lanes of 4096, folded, then a tree.
double in_order(const std::vector<double>& e) {
  std::vector<double> blocks;
  for (std::size_t begin = 0; begin < e.size(); begin += 4096) {
    double lane[32] = {};
    for (std::size_t i = begin; i < std::min(e.size(), begin + 4096); ++i) lane[i % 32] += e[i];
    for (int w = 16; w > 0; w /= 2) {
      for (int j = 0; j < w; ++j) lane[j] += lane[j + w];
    }
    blocks.push_back(lane[0]);
  }
  // Pairs on each level; what is left over is added from the smallest level upward.
  double left = 0;
  bool any = false;
  while (!blocks.empty()) {
    if (blocks.size() % 2) left = any ? blocks.back() + left : blocks.back(), any = true, blocks.pop_back();
    std::vector<double> next;
    for (std::size_t i = 0; i + 1 < blocks.size(); i += 2) next.push_back(blocks[i] + blocks[i + 1]);
    blocks = next;
  }
  return left;
}

TEST_P(Properties, ReductionsNameTheirDivisors) {
  each_form(entry(), 9001, 3, [](const Form& form, auto s, const std::string& what) {
    using T = std::remove_cvref_t<decltype(s.prediction[0])>;
    Random r;
    for (const bool weighted : {false, true}) {
      if (weighted) weigh(s, r);
      const auto none = evaluate(form, s, 2, with(reduction::none)),
                 sum = evaluate(form, s, 2, with(reduction::sum));
      EXPECT_EQ(difference(none, sum), "") << what;
      // The weights that took part, added here.
      std::int64_t present = 0;
      std::vector<double> w, e;
      for (std::int64_t i = 0; i < s.rows; ++i) {
        w.push_back(weighted ? static_cast<double>(s.weight[static_cast<std::size_t>(i)]) : 1);
        present += w.back() != 0;
        e.push_back(static_cast<double>(sum.values[static_cast<std::size_t>(i)]));
      }
      EXPECT_EQ(sum.result.count, present) << what;
      EXPECT_EQ(bits(sum.result.weight_sum), bits(in_order(w))) << what;
      if (!weighted || sizeof(T) == 8) {
        EXPECT_EQ(bits(sum.result.sum), bits(in_order(e)))
            << what << ": `none` in the fixed order is not `sum`";
      } else {
        EXPECT_NEAR(sum.result.sum, in_order(e), 2 * unit<T>() * sum_of_sizes(e)) << what;
      }
      Call call;
      for (const reduction how : {reduction::mean, reduction::weighted_mean, reduction::mean_over}) {
        call.reduction = how, call.mean_over = 37.25;
        const auto mean = evaluate(form, s, 2, call);
        const double divisor = how == reduction::mean        ? static_cast<double>(present)
                               : how == reduction::mean_over ? 37.25
                                                             : sum.result.weight_sum;
        EXPECT_EQ(bits(mean.result.value), bits(sum.result.sum / divisor)) << what;
        EXPECT_EQ(bits(mean.result.sum), bits(sum.result.sum)) << what;
        EXPECT_EQ(difference("values", mean.values, sum.values), "") << what;
        // What cancelled in a row was about as large as 1, or as the largest of its derivatives.
        const auto scaled = [&](const char* name, const std::vector<T>& small, const std::vector<T>& large) {
          const std::size_t each = static_cast<std::size_t>(s.classes);
          for (std::size_t i = 0; i < small.size(); ++i) {
            double most = s.row ? 1 : 0;
            for (std::size_t j = i / each * each; j < (i / each + 1) * each; ++j) {
              most = std::max({most, std::abs(static_cast<double>(large[j])),
                               s.row ? std::abs(static_cast<double>(sum.gradient[j])) : 0});
            }
            EXPECT_NEAR(static_cast<double>(small[i]), static_cast<double>(large[i]) / divisor,
                        (s.row ? 32 : 8) * unit<T>() * most / divisor + std::numeric_limits<T>::denorm_min())
                << what << " " << name << " " << i;
          }
        };
        scaled("gradient", mean.gradient, sum.gradient);
        scaled("hessian", mean.hessian, sum.hessian);
        if (testing::Test::HasFailure()) return;
      }
    }
  });
}

TEST_P(Properties, WeightsThatArePowersOfTwoScaleExactly) {
  each_form(entry(), 500, 5, [](const Form& form, auto s, const std::string& what) {
    using T = std::remove_cvref_t<decltype(s.prediction[0])>;
    const auto plain = evaluate(form, s, 2, with(reduction::sum));
    for (const T w : {T(0.125), T(1), T(64)}) {
      s.weight.assign(static_cast<std::size_t>(s.rows), w);
      auto want = plain;
      const auto scaled = evaluate(form, s, 2, with(reduction::sum));
      bool tiny = false;  // underflow rounds
      for (auto* x : {&want.values, &want.gradient, &want.hessian}) {
        for (T& v : *x) tiny |= v != 0 && std::abs(v) < 64 * std::numeric_limits<T>::min(), v *= w;
      }
      want.result.value *= static_cast<double>(w), want.result.sum *= static_cast<double>(w),
          want.result.weight_sum *= static_cast<double>(w);
      if (!tiny) {
        EXPECT_EQ(difference(want, scaled), "") << what << ", weight " << w;
      }
      EXPECT_EQ(difference(want.result, scaled.result), "") << what << ", weight " << w;
    }
  });
}

// A weight of 2 or 3 is the element twice or three times.
TEST_P(Properties, WholeWeightsAreRepetitions) {
  each_form(entry(), 300, 5, [](const Form& form, auto s, const std::string& what) {
    using T = std::remove_cvref_t<decltype(s.prediction[0])>;
    Sample<T> repeated;
    repeated.classes = s.classes, repeated.row = s.row, repeated.by_index = s.by_index;
    for (std::int64_t i = 0; i < s.rows; ++i) {
      s.weight.push_back(static_cast<T>(i % 4));
      for (std::int64_t k = 0; k < i % 4; ++k) {
        ++repeated.rows;
        const auto add = [&](auto& to, const auto& from, std::int64_t each) {
          to.insert(to.end(), from.begin() + i * each, from.begin() + (i + 1) * each);
        };
        add(repeated.prediction, s.prediction, s.classes);
        if (s.by_index)
          add(repeated.label, s.label, 1);
        else
          add(repeated.target, s.target, s.classes);
      }
    }
    const auto a = evaluate(form, s, 1, with(reduction::weighted_mean)),
               b = evaluate(form, repeated, 1, with(reduction::mean));
    EXPECT_EQ(a.result.weight_sum, b.result.weight_sum) << what;
    EXPECT_NEAR(a.result.value, b.result.value,
                0x1p-46 * sum_of_sizes(b.values) / static_cast<double>(b.values.size()))
        << what;
    std::size_t at = 0;
    for (std::int64_t i = 0; i < s.rows; ++i) {
      double most = s.row ? 1 / b.result.weight_sum : 0;
      for (std::int64_t j = 0; j < s.classes; ++j) {
        most = std::max(
            most, std::abs(static_cast<double>(a.gradient[static_cast<std::size_t>(i * s.classes + j)])));
      }
      for (std::int64_t j = 0; j < s.classes && i % 4; ++j) {
        const double whole = static_cast<double>(a.gradient[static_cast<std::size_t>(i * s.classes + j)]);
        const double one =
            static_cast<double>(b.gradient[at + static_cast<std::size_t>(j)]) * static_cast<double>(i % 4);
        EXPECT_NEAR(whole, one, (s.row ? 32 : 4) * unit<T>() * most) << what;
      }
      at += static_cast<std::size_t>(i % 4 * s.classes);
    }
  });
}

// The order of the elements moves the sum within its bound and nothing else.
TEST_P(Properties, PermutationsMoveOnlyTheSum) {
  each_form(entry(), 9001, 3, [](const Form& form, auto s, const std::string& what) {
    Random r;
    weigh(s, r);
    std::vector<std::size_t> from(static_cast<std::size_t>(s.rows));
    std::iota(from.begin(), from.end(), std::size_t{0});
    for (std::size_t k = from.size(); k-- > 1;)
      std::swap(from[k], from[static_cast<std::size_t>(r.below(static_cast<std::int64_t>(k) + 1))]);
    const auto permuted = [&](const auto& x) {
      auto y = x;
      const std::size_t each = x.size() / from.size();
      for (std::size_t i = 0; i < from.size(); ++i)
        std::copy_n(x.begin() + static_cast<std::ptrdiff_t>(from[i] * each), each,
                    y.begin() + static_cast<std::ptrdiff_t>(i * each));
      return y;
    };
    auto t = s;
    t.prediction = permuted(s.prediction), t.weight = permuted(s.weight);
    if (s.by_index)
      t.label = permuted(s.label);
    else
      t.target = permuted(s.target);
    auto a = evaluate(form, s, 2, with(reduction::sum));
    const auto b = evaluate(form, t, 2, with(reduction::sum));
    EXPECT_NEAR(a.result.sum, b.result.sum, 2 * 163 * 0x1p-53 * sum_of_sizes(a.values)) << what;
    EXPECT_EQ(a.result.count, b.result.count) << what;
    a.result = b.result, a.values = permuted(a.values), a.gradient = permuted(a.gradient),
    a.hessian = permuted(a.hessian);
    EXPECT_EQ(difference(a, b), "") << what;
  });
}

TEST_P(Properties, TheFloorIsALowerBoundOfTheSecondDerivative) {
  each_form(entry(), 200, 5, [](const Form& form, const auto& s, const std::string& what) {
    using T = std::remove_cvref_t<decltype(s.prediction[0])>;
    auto want = evaluate(form, s, 2, with(reduction::sum));
    Call call = with(reduction::sum);
    call.floor = 0.125;
    for (T& h : want.hessian) h = std::max(h, T(0.125));
    EXPECT_EQ(difference(want, evaluate(form, s, 2, call)), "") << what;
  });
}

// Losses whose facts say so are convex: the value halfway is at most the mean of the values.
TEST_P(Properties, ConvexLossesAreConvex) {
  if (!entry().facts.convex) GTEST_SKIP() << "not convex";
  for (const Form& form : forms(entry())) {
    if (form.f.text().find("softcap") != std::string::npos ||
        form.f.text().find("z_weight") != std::string::npos)
      continue;
    Random r;
    const auto a = sample<double>(form, 500, 5, r);
    auto b = a, middle = a;
    for (std::size_t i = 0; i < b.prediction.size(); ++i) {
      b.prediction[i] = draw(entry().facts.prediction, r);
      middle.prediction[i] = 0.5 * (a.prediction[i] + b.prediction[i]);
    }
    const auto v = evaluate(form, a, 0), w = evaluate(form, b, 0), m = evaluate(form, middle, 0);
    for (std::size_t i = 0; i < v.values.size(); ++i) {
      EXPECT_LE(m.values[i], 0.5 * (v.values[i] + w.values[i]) +
                                 1e-13 * (1 + std::abs(v.values[i]) + std::abs(w.values[i])))
          << form.title();
    }
    const auto h = evaluate(form, a, 2, with(reduction::sum)).hessian;
    for (const double x : h) EXPECT_GE(x, 0) << form.title();
  }
}

// A list of one value per column is each column with its value.
TEST_P(Properties, AListGivesEachColumnItsValue) {
  for (int k = 0; k < entry().parameter_count; ++k) {
    const facts::Param& p = entry().facts.params[k];
    const std::string start = std::string(entry().name) + ":" + p.name + "=";
    if (!p.list) {
      if (!p.choices[0].word) {
        EXPECT_EQ(code_of([&] { loss(start + "0.5/0.25"); }), "PAR003");
      }
      continue;
    }
    const std::vector<std::string> values{"0.1", "0.5", "0.9"};
    Form all{&entry(), loss(start + "0.1/0.5/0.9"), entry().facts.target, false};
    EXPECT_EQ(all.f.text(), start + "0.1/0.5/0.9");
    Random r;
    const auto s = sample<double>(all, 300, 1, r);
    const std::int64_t extents[] = {100, 3};
    std::vector<double> v(300), g(300);
    Call call = with(reduction::none);
    call.values = array(v.data(), dtype::f64, extents, true),
    call.gradient = array(g.data(), dtype::f64, extents, true);
    all.f(array(s.prediction.data(), dtype::f64, extents, false),
          array(s.target.data(), dtype::f64, extents, false), call);
    for (std::size_t c = 0; c < 3; ++c) {
      const Form one{&entry(), loss(start + values[c]), entry().facts.target, false};
      const auto want = evaluate(one, s, 1, with(reduction::none));
      for (std::size_t i = c; i < 300; i += 3) {
        EXPECT_EQ(bits(v[i]), bits(want.values[i])) << start << values[c];
        EXPECT_EQ(bits(g[i]), bits(want.gradient[i])) << start << values[c];
      }
    }
    EXPECT_EQ(code_of([&] { evaluate(all, s, 0); }), "SHP001");
  }
}

}  // namespace
}  // namespace minimand::test
