// Gradient and second derivative of every loss: against differences of the value, against the readable
// reference, f32 against f64, and the quadratic bound that a majorizer promises.
#include "conformance.h"

namespace minimand::test {
namespace {

class Derivatives : public OfLoss {};
CONFORMANCE_OF_ALL(Derivatives);

// Losses and derivatives of one element, or of one row, at scale 1.
struct At {
  double value;
  std::vector<double> gradient, hessian;
};
At at(const Form& form, const Sample<double>& s) {
  Outputs<double> o = evaluate(form, s, 2, with(reduction::sum));
  return {o.result.sum, o.gradient, o.hessian};
}

// f' at the middle of f(-2h), f(-h), f(h), f(2h), to fourth order.
double quotient(const double f[4], double h) { return (8 * (f[2] - f[1]) - (f[3] - f[0])) / (12 * h); }

// A step that stays inside the domain.
double step_at(double x, const facts::Domain& d) {
  double room = 1;
  if (std::isfinite(d.low)) room = std::min(room, x - d.low);
  if (std::isfinite(d.high)) room = std::min(room, d.high - x);
  return std::ldexp(1.0, std::ilogb(room) - 10 + (room == 1 && std::abs(x) > 4 ? 1 : 0));
}

struct Judged {
  int all = 0, compared = 0;
};
// Checks g against differences of v and h against differences of g in coordinate j. Where the quotients of
// two steps disagree a kink is near and nothing is compared.
void check_coordinate(const Form& form, Sample<double> s, std::size_t j, const At& here, Judged& judged) {
  const double x = s.prediction[j], step = step_at(x, form.entry->facts.prediction);
  At near[2][4];
  for (int fine = 0; fine < 2; ++fine) {
    for (int k = 0; k < 4; ++k) {
      const double by[] = {-2, -1, 1, 2};
      s.prediction[j] = x + by[k] * (fine ? step / 2 : step);
      near[fine][k] = at(form, s);
    }
  }
  for (int order = 0; order < 2; ++order) {
    double coarse[4], fine[4], size = std::abs(order == 0 ? here.value : here.gradient[j]);
    for (int k = 0; k < 4; ++k) {
      coarse[k] = order == 0 ? near[0][k].value : near[0][k].gradient[j];
      fine[k] = order == 0 ? near[1][k].value : near[1][k].gradient[j];
      size = std::max(size, std::abs(coarse[k]));
    }
    const double want = quotient(fine, step / 2), got = order == 0 ? here.gradient[j] : here.hessian[j];
    // What rounding of x + step and of the values leaves: the values are taken good to 16 u of the largest
    // term.
    const double noise = 16 * 0x1p-52 * (size + std::abs(got) * std::abs(x) + 1) / step;
    ++judged.all;
    if (std::abs(want - quotient(coarse, step)) > 1e-7 * std::abs(want) + noise) continue;
    ++judged.compared;
    EXPECT_NEAR(got, want, 1e-6 * std::abs(want) + noise)
        << form.title() << (order == 0 ? ": gradient" : ": second derivative") << " at prediction "
        << shown(x) << (s.row ? " class " + std::to_string(j) : ", target " + shown(s.target[0]));
  }
}

TEST_P(Derivatives, AreDifferencesOfTheValue) {
  for (const Form& form : forms(entry())) {
    Random r;
    Judged judged;
    for (int i = 0; i < (is_row() ? 12 : 120); ++i) {
      const auto s = sample<double>(form, 1, 6, r);
      const At here = at(form, s);
      for (std::size_t j = 0; j < s.prediction.size(); ++j) check_coordinate(form, s, j, here, judged);
    }
    EXPECT_GE(judged.compared, judged.all * 8 / 10) << form.title() << ": too few points were compared";
    if (HasFailure()) return;
  }
}

// |a - b| within a few roundings of either, and what roundings of the inputs move: `moved`.
void expect_near(double got, double want, double relative, double moved, const std::string& what) {
  if (got == want || (std::isnan(got) && std::isnan(want))) return;
  EXPECT_LE(std::abs(got - want), relative * std::abs(want) + moved)
      << what << ": " << shown(got) << ", expected " << shown(want);
}

TEST_P(Derivatives, AgreeWithTheReadableReference) {
  for (const Form& form : forms(entry())) {
    Random r;
    const double* p = form.f.parameters();
    if (!is_row()) {
      const auto s = sample<double>(form, 500, 1, r);
      const auto o = evaluate(form, s, 2, with(reduction::none));
      for (std::size_t i = 0; i < s.prediction.size(); ++i) {
        const long double x = s.prediction[i], y = s.target[i];
        const long double next = std::nextafter(s.prediction[i], 1e300);
        const Point<long double> want = entry().wide_reference(&x, y, p), by_x = entry().wide_reference(&next, y, p);
        const Point<long double> by_y = entry().wide_reference(&x, std::nextafter(s.target[i], 1e300), p);
        const std::string where = form.title() + " at " + shown(s.prediction[i]) + ", " + shown(s.target[i]);
        const Point<double> plain = entry().reference(&s.prediction[i], s.target[i], p);
        const auto check = [&](double got, double same, auto m, const char* what) {
          // A difference that cancels within the formula keeps the error of what cancelled.
          const long double size = std::max({std::abs(want.v), std::abs(want.d[0]), std::abs(want.h[0])});
          const long double moved =
              std::abs(m(by_x) - m(want)) + std::abs(m(by_y) - m(want)) + 0x1p-55L * size;
          expect_near(got, static_cast<double>(m(want)), 32 * 0x1p-53,
                      std::isfinite(moved) ? 16 * static_cast<double>(moved) + 0x1p-1070 : 0, where + what);
          expect_near(same, static_cast<double>(m(want)), 128 * 0x1p-53,
                      std::isfinite(moved) ? 64 * static_cast<double>(moved) + 0x1p-1070 : 0,
                      where + what + " of the reference");
        };
        check(o.values[i], plain.v, [](const auto& at) { return at.v; }, " value");
        check(o.gradient[i], plain.d[0], [](const auto& at) { return at.d[0]; }, " gradient");
        check(o.hessian[i], plain.h[0], [](const auto& at) { return at.h[0]; }, " second derivative");
      }
    } else {
      for (const std::int64_t k : {1, 2, 5, 40, 2100}) {
        for (const bool weighted : {false, true}) {
          auto s = sample<double>(form, 1, k, r);
          std::vector<double> q = s.target, g(s.prediction.size()), h(s.prediction.size());
          if (form.by_index) q.assign(s.prediction.size(), 0), q[static_cast<std::size_t>(s.label[0])] = 1;
          if (weighted) {
            for (std::int64_t j = 0; j < k; ++j) s.class_weight.push_back(0.25 + r.unit());
          }
          const auto o = evaluate(form, s, 2, with(reduction::sum));
          const double v =
              entry().reference_row(s.prediction.data(), q.data(), weighted ? s.class_weight.data() : nullptr,
                                    k, p, g.data(), h.data());
          const std::string where =
              form.title() + " K=" + std::to_string(k) + (weighted ? " class weights" : "");
          // What one rounding of the logits moves.
          std::vector<double> z = s.prediction, g2(g.size()), h2(g.size());
          for (double& x : z)
            x = inside(entry().facts.prediction, x * (1 + 0x1p-52)) ? x * (1 + 0x1p-52) : x * (1 - 0x1p-52);
          const double v2 = entry().reference_row(
              z.data(), q.data(), weighted ? s.class_weight.data() : nullptr, k, p, g2.data(), h2.data());
          double most = 0, moved = 0;
          for (std::size_t j = 0; j < g.size(); ++j) {
            most = std::max({most, std::abs(g[j]), std::abs(h[j])});
            moved = std::max({moved, std::abs(g2[j] - g[j]), std::abs(h2[j] - h[j])});
          }
          expect_near(o.result.sum, v, 64 * 0x1p-53, 32 * std::abs(v2 - v) + 0x1p-49 * (1 + std::abs(v)),
                      where + " value");
          const double allowed = 32 * moved + 64 * 0x1p-53 * most;
          for (std::size_t j = 0; j < g.size(); ++j) {
            expect_near(o.gradient[j], g[j], 64 * 0x1p-53, allowed, where + " gradient " + std::to_string(j));
            expect_near(o.hessian[j], h[j], 64 * 0x1p-53, allowed,
                        where + " second derivative " + std::to_string(j));
          }
        }
      }
    }
    if (HasFailure()) return;
  }
}

// The same inputs in f32 and f64; `moved` is what one f32 step of the inputs moves the result.
TEST_P(Derivatives, SinglePrecisionFollowsDouble) {
  for (const Form& form : forms(entry())) {
    Random r, again;
    const std::int64_t rows = is_row() ? 40 : 400, classes = 9;
    const auto narrow = sample<float>(form, rows, classes, r);
    auto wide = sample<double>(form, rows, classes, again);
    for (std::size_t i = 0; i < wide.prediction.size(); ++i) wide.prediction[i] = narrow.prediction[i];
    for (std::size_t i = 0; i < wide.target.size(); ++i) wide.target[i] = narrow.target[i];
    auto moved = wide;
    for (double& x : moved.prediction) {
      const double by = 0x1p-24 * std::abs(x) * (r.one_in(2) ? 1 : -1);
      x = inside(entry().facts.prediction, x + by) ? x + by : x - by;
    }
    const auto a = evaluate(form, narrow, 2, with(reduction::none));
    const auto b = evaluate(form, wide, 2, with(reduction::none)),
               c = evaluate(form, moved, 2, with(reduction::none));
    const auto compare = [&](const char* what, const std::vector<float>& x, const std::vector<double>& y,
                             const std::vector<double>& z, std::size_t i) {
      const std::size_t row = is_row() ? i / (x.size() / static_cast<std::size_t>(rows)) : i;
      double size = std::abs(y[i]);  // of what may have cancelled
      if (is_row())
        size = std::max({size, std::abs(b.values[row]), 1.0});
      else
        size = std::max({size, std::abs(b.values[i]), std::abs(b.gradient[i]), std::abs(b.hessian[i])});
      expect_near(x[i], y[i], 64 * 0x1p-24, 32 * std::abs(z[i] - y[i]) + 32 * 0x1p-24 * size + 0x1p-148,
                  form.title() + " " + what + " " + std::to_string(i));
    };
    for (std::size_t i = 0; i < b.values.size(); ++i) compare("value", a.values, b.values, c.values, i);
    for (std::size_t i = 0; i < b.gradient.size(); ++i) {
      compare("gradient", a.gradient, b.gradient, c.gradient, i);
      compare("second derivative", a.hessian, b.hessian, c.hessian, i);
    }
    if (HasFailure()) return;
  }
}

// v(z) <= v(x) + g(x) (z - x) + c(x)/2 (z - x)^2 for every z.
TEST_P(Derivatives, AMajorizerBoundsTheValueFromAbove) {
  if (is_row() || !entry().offers(kernels::Curvature::majorizer)) GTEST_SKIP() << "none of the map engine is offered";
  for (const Form& form : forms(entry())) {
    Random r;
    auto s = sample<double>(form, 300, 1, r);
    Call call = with(reduction::none);
    call.curvature = curvature::majorizer;
    call.curvature_scale = 1e-12;  // no element of the sample is that near a kink
    const auto here = evaluate(form, s, 2, call);
    const auto x = s.prediction;
    for (int turn = 0; turn < 40; ++turn) {
      for (std::size_t i = 0; i < x.size(); ++i) {
        s.prediction[i] = turn == 0  ? 2 * s.target[i] - x[i]
                          : turn % 2 ? draw(entry().facts.prediction, r)
                                     : x[i] + 0.1 * r.real();
        if (!inside(entry().facts.prediction, s.prediction[i])) s.prediction[i] = x[i];
      }
      const auto there = evaluate(form, s, 0, with(reduction::none));
      for (std::size_t i = 0; i < x.size(); ++i) {
        const double d = s.prediction[i] - x[i];
        const double bound = here.values[i] + here.gradient[i] * d + 0.5 * here.hessian[i] * d * d;
        EXPECT_LE(there.values[i], bound + 1e-12 * (1 + std::abs(bound) + std::abs(here.gradient[i] * d)))
            << form.title() << " from " << shown(x[i]) << " to " << shown(s.prediction[i]) << ", target "
            << shown(s.target[i]);
      }
    }
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace minimand::test
