// Properties of the row losses: the order of the classes, the two forms of target, a common offset of the
// logits, the sum of a row's gradient, and where the class axis lies.
#include <numeric>

#include "conformance.h"

namespace minimand::test {
namespace {

class Rows : public OfLoss {
 protected:
  void SetUp() override {
    OfLoss::SetUp();
    if (!is_row()) GTEST_SKIP() << "a pointwise loss";
  }
};
CONFORMANCE_OF_ALL(Rows);

template <class T>
double unit() {
  return sizeof(T) == 4 ? 0x1p-24 : 0x1p-53;
}

// |x - y| of all numbers within `units` roundings of the largest of its row, and of 1 for the value, whose
// terms may cancel.
template <class T>
void expect_close(const Outputs<T>& a, const Outputs<T>& b, double units, const std::string& what) {
  const auto check = [&](const char* name, const std::vector<T>& x, const std::vector<T>& y) {
    ASSERT_EQ(x.size(), y.size());
    const std::size_t each = x.empty() ? 1 : x.size() / a.values.size();
    for (std::size_t i = 0; i < x.size(); ++i) {
      double most = each == 1 ? 1 : std::abs(static_cast<double>(a.values[i / each]));
      for (std::size_t j = i / each * each; j < (i / each + 1) * each; ++j)
        most = std::max(most, std::abs(static_cast<double>(x[j])));
      EXPECT_NEAR(static_cast<double>(x[i]), static_cast<double>(y[i]), units * unit<T>() * most)
          << what << " " << name << " " << i;
    }
  };
  check("values", a.values, b.values);
  check("gradient", a.gradient, b.gradient);
  check("hessian", a.hessian, b.hessian);
}

TEST_P(Rows, TheOrderOfTheClassesDoesNotMatter) {
  for (const std::int64_t classes : {2, 7, 40, 2100}) {
    each_form(entry(), 2100 / classes + 3, classes, [&](const Form& form, auto s, const std::string& what) {
      using T = std::remove_cvref_t<decltype(s.prediction[0])>;
      Random r;
      for (std::int64_t j = 0; j < classes; ++j) s.class_weight.push_back(static_cast<T>(0.25 + r.unit()));
      std::vector<std::size_t> to(static_cast<std::size_t>(classes));
      std::iota(to.begin(), to.end(), std::size_t{0});
      for (std::size_t k = to.size(); k-- > 1;)
        std::swap(to[k], to[static_cast<std::size_t>(r.below(static_cast<std::int64_t>(k) + 1))]);
      const auto permuted = [&](const std::vector<T>& x) {
        auto y = x;
        for (std::size_t i = 0; i < x.size(); ++i) y[i / to.size() * to.size() + to[i % to.size()]] = x[i];
        return y;
      };
      auto t = s;
      t.prediction = permuted(s.prediction), t.target = permuted(s.target),
      t.class_weight = permuted(s.class_weight);
      for (auto& label : t.label) label = static_cast<std::int64_t>(to[static_cast<std::size_t>(label)]);
      auto a = evaluate(form, s, 2, with(reduction::sum));
      const auto b = evaluate(form, t, 2, with(reduction::sum));
      a.gradient = permuted(a.gradient), a.hessian = permuted(a.hessian);
      expect_close(a, b, 16, what + " K=" + std::to_string(classes));
    });
  }
}

TEST_P(Rows, AnIndexIsAOneHotDistribution) {
  const auto all = forms(entry());
  for (const Form& index : all) {
    for (const Form& distribution : all) {
      if (!index.by_index || distribution.by_index || index.f.text() != distribution.f.text()) continue;
      Random r;
      for (const bool weighted : {false, true}) {
        auto s = sample<double>(index, 60, 11, r);
        for (int j = 0; j < 11 && weighted; ++j) s.class_weight.push_back(0.25 + r.unit());
        auto t = s;
        t.by_index = false;
        t.target.assign(s.prediction.size(), 0);
        for (std::size_t i = 0; i < s.label.size(); ++i)
          t.target[i * 11 + static_cast<std::size_t>(s.label[i])] = 1;
        const auto a = evaluate(index, s, 2, with(reduction::weighted_mean)),
                   b = evaluate(distribution, t, 2, with(reduction::weighted_mean));
        expect_close(a, b, 16, index.title() + (weighted ? ", class weights" : ""));
        EXPECT_NEAR(a.result.weight_sum, b.result.weight_sum, 1e-12);
        EXPECT_NEAR(a.result.value, b.result.value, 1e-13 * (1 + std::abs(a.result.value)));
        EXPECT_EQ(a.result.count, b.result.count);
      }
    }
  }
}

// A common offset of the logits changes no bit while z + c is exact. A loss that transforms its logits or
// uses the partition itself is not invariant.
TEST_P(Rows, ACommonOffsetChangesNothing) {
  if (!entry().uses_partition) GTEST_SKIP() << "no partition";
  int invariant = 0;
  each_form(entry(), 50, 9, [&](const Form& form, auto s, const std::string& what) {
    using T = std::remove_cvref_t<decltype(s.prediction[0])>;
    for (T& z : s.prediction) z = std::round(z * T(256)) / T(256);
    const auto plain = evaluate(form, s, 2);
    for (const T c : {T(1), T(-64), T(8192), T(32768)}) {
      auto moved = s;
      for (T& z : moved.prediction) z += c;
      const auto there = evaluate(form, moved, 2);
      // Whether it should be: as the reference says, which knows nothing of vectors.
      std::vector<double> z(s.prediction.begin(), s.prediction.begin() + 9),
          y(moved.prediction.begin(), moved.prediction.begin() + 9);
      const std::vector<double> q{1, 0, 0, 0, 0, 0, 0, 0, 0};
      const double* p = form.f.parameters();
      if (std::abs(entry().reference_row(z.data(), q.data(), nullptr, 9, p, nullptr, nullptr) -
                   entry().reference_row(y.data(), q.data(), nullptr, 9, p, nullptr, nullptr)) > 1e-9) {
        continue;
      }
      if (form.f.text().find("temperature") != std::string::npos)
        continue;  // (z + c) / temperature is not exact
      ++invariant;
      EXPECT_EQ(difference(plain, there), "") << what << ", offset " << c;
    }
  });
  EXPECT_GT(invariant, 0);
}

// abs(sum of g_j) <= 3 b ulp(max abs g_j) + K b least subnormals, b the bound of a softmax row.
TEST_P(Rows, TheGradientOfAnIndexRowSumsToZero) {
  if (!entry().uses_partition) GTEST_SKIP() << "no partition";
  for (const std::int64_t classes : {2, 5, 37, 2049}) {
    each_form(entry(), 40, classes, [&](const Form& form, auto s, const std::string& what) {
      using T = std::remove_cvref_t<decltype(s.prediction[0])>;
      if (!form.by_index || form.f.text() != entry().name) return;  // parameters may pull the row as a whole
      Random r;
      for (T& z : s.prediction) z *= static_cast<T>(r.one_in(3) ? 3 : 1);
      const auto o = evaluate(form, s, 1, with(reduction::sum));
      const double b = sizeof(T) == 4 ? 3 : 4 + std::log2(static_cast<double>(classes)) / 2;
      for (std::int64_t row = 0; row < s.rows; ++row) {
        double sum = 0, most = 0;
        for (std::int64_t j = row * classes; j < (row + 1) * classes; ++j) {
          const double g = static_cast<double>(o.gradient[static_cast<std::size_t>(j)]);
          sum += g, most = std::max(most, std::abs(g));
        }
        const double ulp = std::ldexp(unit<T>(), std::ilogb(most) + 1);
        EXPECT_LE(std::abs(sum),
                  3 * b * ulp + static_cast<double>(classes) * b * std::numeric_limits<T>::denorm_min())
            << what << " K=" << classes << " row " << row;
      }
    });
  }
}

// (2, 3, 5, K) with the class axis first, second, third: the same bits as the copy with it last.
TEST_P(Rows, TheClassAxisMayBeAnywhere) {
  const std::int64_t n[3] = {2, 3, 5}, classes = 11;
  each_form(entry(), 30, classes, [&](const Form& form, auto s, const std::string& what) {
    using T = std::remove_cvref_t<decltype(s.prediction[0])>;
    Random r;
    weigh(s, r);
    const auto want = evaluate(form, s, 2);
    for (int axis = 0; axis < 4; ++axis) {
      std::vector<std::int64_t> shape(n, n + 3);
      shape.insert(shape.begin() + axis, classes);
      // Position of (row, class) in the array with the axis there.
      const auto place = [&](std::int64_t row, std::int64_t j) {
        std::int64_t index[3] = {row / 15, row / 5 % 3, row % 5}, at = 0;
        for (int a = 0, k = 0; a < 4; ++a)
          at = at * shape[static_cast<std::size_t>(a)] + (a == axis ? j : index[k++]);
        return static_cast<std::size_t>(at);
      };
      const auto moved = [&](const std::vector<T>& x) {
        auto y = x;
        for (std::size_t i = 0; i < x.size(); ++i)
          y[place(static_cast<std::int64_t>(i) / classes, static_cast<std::int64_t>(i) % classes)] = x[i];
        return y;
      };
      const auto z = moved(s.prediction), q = moved(s.target);
      auto got = want;
      auto g = got.gradient, h = got.hessian;
      for (const int named : {axis, axis - 4}) {
        Call call;
        call.class_axis = named;
        call.gradient = array(g.data(), dtype_of<T>(), shape, true),
        call.hessian = array(h.data(), dtype_of<T>(), shape, true);
        call.weight = array(s.weight.data(), dtype_of<T>(), n, false);
        call.values = array(got.values.data(), dtype_of<T>(), n, true);
        const array x(z.data(), dtype_of<T>(), shape, false);
        got.result = s.by_index ? form.f(x, array(s.label.data(), dtype::i64, n, false), call)
                                : form.f(x, array(q.data(), dtype_of<T>(), shape, false), call);
        auto expected = want;
        expected.gradient = moved(want.gradient), expected.hessian = moved(want.hessian);
        got.gradient = g, got.hessian = h;
        EXPECT_EQ(difference(expected, got), "") << what << ", class axis " << named;
      }
    }
  });
}

// Labels of every type that holds them.
TEST_P(Rows, LabelsMayBeOfAnyType) {
  each_form(entry(), 60, 2, [](const Form& form, const auto& s, const std::string& what) {
    if (!s.by_index) return;
    const auto want = evaluate(form, s, 0, {}, false);
    const auto as = [&]<class L>(L) {
      std::vector<L> labels;
      for (const std::int64_t l : s.label) labels.push_back(static_cast<L>(l));
      EXPECT_EQ(difference(want.result, form.f(s.x(), labels)), "") << what << ", " << name(dtype_of<L>());
    };
    as(std::int8_t{}), as(std::int16_t{}), as(std::int32_t{}), as(std::uint8_t{}), as(std::uint16_t{}),
        as(std::uint32_t{}), as(std::uint64_t{});
    as(float{}), as(double{});
    bool bools[60];
    for (std::size_t i = 0; i < 60; ++i) bools[i] = s.label[i] != 0;
    EXPECT_EQ(difference(want.result, form.f(s.x(), std::span<const bool>(bools))), "") << what << ", bool";
  });
}

// A curvature that bounds: for all steps d, v(z + d) <= v(z) + g d + sum of c_j d_j^2 / 2 (majorizer), or as far as the
// second order goes (diagonal_bound).
TEST_P(Rows, ABoundingCurvatureBounds) {
  constexpr std::int64_t rows = 40, classes = 9;
  for (const curvature kind : {curvature::majorizer, curvature::diagonal_bound}) {
    const auto which = static_cast<kernels::Curvature>(kind);
    if (!entry().offers(which)) continue;
    for (const Form& form : forms(entry())) {
      Random r;
      auto s = sample<double>(form, rows, classes, r);
      Call call = with(reduction::none);
      call.curvature = kind;
      if (!entry().offers(which, form.f.parameters())) {
        EXPECT_THROW(evaluate(form, s, 2, call), error) << form.title();
        continue;
      }
      const auto here = evaluate(form, s, 2, call);
      const auto x = s.prediction;
      for (int turn = 0; turn < 20; ++turn) {
        const double size = kind == curvature::majorizer ? (turn % 2 ? 0.5 : 20) : 1e-3;
        std::vector<double> d(x.size());
        for (double& each : d) each = size * (2 * r.unit() - 1);
        const auto at = [&](double sign) {
          for (std::size_t i = 0; i < x.size(); ++i) s.prediction[i] = x[i] + sign * d[i];
          return evaluate(form, s, 0, with(reduction::none)).values;
        };
        const auto ahead = at(1), behind = at(-1);
        for (std::size_t row = 0; row < rows; ++row) {
          double slope = 0, bend = 0;
          for (std::size_t i = row * classes; i < (row + 1) * classes; ++i) {
            slope += here.gradient[i] * d[i], bend += here.hessian[i] * d[i] * d[i];
          }
          const double v = here.values[row];
          const double actual = kind == curvature::majorizer ? ahead[row] - v - slope : (ahead[row] - v + (behind[row] - v)) / 2;
          // Differences of v round; a second difference leaves the fourth order out.
          const double slack = 1e-14 * (1 + std::abs(v)) + (kind == curvature::majorizer ? 0 : size * size * size);
          EXPECT_LE(actual, bend / 2 + slack) << form.title() << " row " << row << ", steps of " << size;
        }
      }
      if (HasFailure()) return;
    }
  }
}

// Where logits leave the range of their type on the way, a bound is a number or infinite, never NaN.
TEST_P(Rows, ABoundingCurvatureIsNeverNaN) {
  for (const curvature kind : {curvature::majorizer, curvature::diagonal_bound}) {
    for (const Form& form : forms(entry())) {
      if (!entry().offers(static_cast<kernels::Curvature>(kind), form.f.parameters())) continue;
      Random r;
      auto s = sample<float>(form, 20, 9, r);
      for (float& x : s.prediction) x = x < 0 ? -3e38f : 3e38f;
      Call call = with(reduction::none);
      call.curvature = kind;
      for (const float h : evaluate(form, s, 2, call).hessian) EXPECT_FALSE(std::isnan(h)) << form.title();
    }
  }
}

}  // namespace
}  // namespace minimand::test
