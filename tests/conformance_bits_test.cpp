// The bits of a result depend on the data and the options alone: not on the target, the order of the call,
// threads, or where in an array an element stands.
#include "conformance.h"
#include "formats.h"

namespace minimand::test {
namespace {

class Bits : public OfLoss {};
CONFORMANCE_OF_ALL(Bits);

TEST_P(Bits, AreThoseOfEveryTarget) {
  const auto targets = available_targets();
  if (targets.size() < 2) GTEST_SKIP() << "this machine has one target";
  const auto same = [&](const Form& form, const auto& s, Random&, const std::string& what) {
    for (int order = 0; order < 3; ++order) {
      const auto want = [&] {
        const OnTarget first(targets[0]);
        return evaluate(form, s, order);
      }();
      for (const run::Target t : targets) {
        const OnTarget on(t);
        EXPECT_EQ(difference(want, evaluate(form, s, order)), "")
            << what << ", order " << order << ", " << run::name(t);
      }
    }
  };
  each_weighted_form(entry(), 4500, 37, same, false);
  if (is_row()) each_weighted_form(entry(), 4100, 4100, same);
}

// Curvatures other than the exact one, with a floor and with the data's own scale.
TEST_P(Bits, AreThoseOfEveryTargetForEveryCurvature) {
  each_weighted_form(entry(), 4500, 37,
                     [&](const Form& form, const auto& s, Random&, const std::string& what) {
                       for (int c = 0; c < 5; ++c) {
                         Call call;
                         call.curvature = static_cast<curvature>(c);
                         call.floor = 0.0625;
                         Outputs<std::remove_cvref_t<decltype(s.prediction[0])>> want;
                         try {
                           want = evaluate(form, s, 2, call);
                         } catch (const error& e) {
                           EXPECT_EQ(e.code(), error_code::PAR005) << what;
                           continue;
                         }
                         for (const run::Target t : available_targets()) {
                           const OnTarget on(t);
                           EXPECT_EQ(difference(want, evaluate(form, s, 2, call)), "")
                               << what << ", curvature " << c << ", " << run::name(t);
                         }
                       }
                     });
}

TEST_P(Bits, AreThoseOfEveryOrder) {
  each_weighted_form(
      entry(), 4500, 37,
      [](const Form& form, const auto& s, Random&, const std::string& what) {
        for (const reduction how : {reduction::sum, reduction::mean, reduction::weighted_mean}) {
          const auto all = evaluate(form, s, 2, with(how));
          EXPECT_EQ(difference(all, evaluate(form, s, 1, with(how))), "") << what << ", order 1";
          EXPECT_EQ(difference(all, evaluate(form, s, 0, with(how))), "") << what << ", order 0";
          EXPECT_EQ(difference(all, evaluate(form, s, 1, with(how), false)), "")
              << what << ", order 1 without values";
          EXPECT_EQ(difference(all, evaluate(form, s, 0, with(how), false)), "")
              << what << ", order 0 without values";
        }
      },
      false);
}

TEST_P(Bits, AreThoseOfEveryNumberOfThreads) {
  each_weighted_form(
      entry(), 37011, 37, [](const Form& form, const auto& s, Random&, const std::string& what) {
        Call call;
        const auto one = evaluate(form, s, 2, call);
        for (const int threads : {2, 7, 0}) {
          call.threads = threads;
          EXPECT_EQ(difference(one, evaluate(form, s, 2, call)), "") << what << ", threads " << threads;
        }
      });
}

// Element by element: in an array of its own, and of every length to three vectors and a rest.
TEST_P(Bits, DoNotDependOnThePosition) {
  each_weighted_form(
      entry(), is_row() ? 400 : 105, 4,
      [](const Form& form, const auto& s, Random&, const std::string& what) {
        const auto whole = evaluate(form, s, 2, with(reduction::sum));
        const std::int64_t each = s.classes;
        for (std::int64_t from = 0; from < s.rows; from += from < 3 ? 1 : 13) {
          for (std::int64_t to = from; to <= s.rows; to += to < from + 20 ? 1 : 9) {
            const auto some = evaluate(form, cut(s, from, to), 2, with(reduction::sum));
            auto want = some;
            want.values.assign(whole.values.begin() + from, whole.values.begin() + to);
            want.gradient.assign(whole.gradient.begin() + from * each, whole.gradient.begin() + to * each);
            want.hessian.assign(whole.hessian.begin() + from * each, whole.hessian.begin() + to * each);
            EXPECT_EQ(difference(want, some), "") << what << ", elements " << from << " to " << to;
          }
        }
      });
}

// Calls so large that their outputs bypass the caches, against pieces that do not.
TEST_P(Bits, AreThoseOfStreamingStores) {
  const Form form = forms(entry()).front();
  Random r;
  const std::int64_t classes = 1000;
  const auto little = sample<float>(form, is_row() ? 50 : 50000, classes, r);
  auto large = little;
  const int copies = 70;  // 3.5 million elements
  for (int k = 1; k < copies; ++k) {
    large.prediction.insert(large.prediction.end(), little.prediction.begin(), little.prediction.end());
    large.target.insert(large.target.end(), little.target.begin(), little.target.end());
    large.label.insert(large.label.end(), little.label.begin(), little.label.end());
  }
  large.rows *= copies;
  for (int order = 1; order < 3; ++order) {
    const auto piece = evaluate(form, little, order, with(reduction::sum));
    for (const run::Target t : available_targets()) {
      if (t == run::Target::baseline) continue;  // it has no such stores
      const OnTarget on(t);
      Call call = with(reduction::sum);
      call.threads = 2;
      const auto all = evaluate(form, large, order, call);
      for (int k = 0; k < copies; ++k) {
        const auto same = [&](const std::vector<float>& whole, const std::vector<float>& part) {
          return part.empty() || std::memcmp(whole.data() + static_cast<std::size_t>(k) * part.size(), part.data(),
                             part.size() * sizeof(float)) == 0;
        };
        ASSERT_TRUE(same(all.gradient, piece.gradient) && same(all.hessian, piece.hessian) &&
                    same(all.values, piece.values))
            << form.title() << ", order " << order << ", copy " << k << ", " << run::name(t);
      }
    }
  }
}

// Numbers of 16 bits: inputs as their f32 equals, outputs rounded once.

template <class S>
std::vector<S> narrowed(const std::vector<float>& x, const run::Format& format) {
  std::vector<S> out;
  for (const float v : x) {
    const std::uint16_t to = format.nearest(v);
    out.push_back(S{to == 0x8000 ? std::uint16_t{0} : to});  // what underflows is +0 too
  }
  return out;
}
template <class S>
void check_16_bits(const Form& form, Sample<float> s, const run::Format& format, const std::string& what) {
  const auto exactly = [&](std::vector<float>& x) {
    for (float& v : x) v = static_cast<float>(format.value(format.nearest(v)));
  };
  exactly(s.prediction);
  exactly(s.weight);
  if (!s.row) exactly(s.target);
  const auto want = evaluate(form, s, 2);
  const auto z = narrowed<S>(s.prediction, format), y = narrowed<S>(s.target, format),
             w = narrowed<S>(s.weight, format);
  const std::int64_t extents[] = {s.rows, s.classes};
  const std::span<const std::int64_t> shape = std::span(extents).first(s.row ? 2 : 1),
                                      rows = std::span(extents).first(1);
  std::vector<S> g(z.size()), h(z.size()), v(static_cast<std::size_t>(s.rows));
  Call call;
  call.gradient = array(g.data(), dtype_of<S>(), shape, true),
  call.hessian = array(h.data(), dtype_of<S>(), shape, true);
  call.values = array(v.data(), dtype_of<S>(), rows, true);
  if (!w.empty()) call.weight = array(w.data(), dtype_of<S>(), rows, false);
  const array prediction(z.data(), dtype_of<S>(), shape, false),
      target(y.data(), dtype_of<S>(), shape, false);
  const Result result = form.f(prediction, s.by_index || s.row ? s.y() : target, call);
  EXPECT_EQ(difference(want.result, result), "") << what;
  EXPECT_EQ(difference("gradient", narrowed<S>(want.gradient, format), g), "") << what;
  EXPECT_EQ(difference("hessian", narrowed<S>(want.hessian, format), h), "") << what;
  EXPECT_EQ(difference("values", narrowed<S>(want.values, format), v), "") << what;
}
TEST_P(Bits, Of16BitNumbersAreThoseOfTheirEquals) {
  for (const Form& form : forms(entry(), true)) {
    Random r;
    for (const bool weighted : {false, true}) {
      auto s = sample<float>(form, is_row() ? 200 : 4500, 37, r);
      // What rounds to an edge of the domain in 8 bits does so here too.
      for (float& x : s.prediction) {
        const auto& d = entry().facts.prediction;
        if (d.low == 0 && d.high == 1) x = 0.0625f + 0.875f * x;
      }
      if (weighted) weigh(s, r);
      check_16_bits<f16>(form, s, run::half, form.title() + ", f16");
      check_16_bits<bf16>(form, s, run::brain, form.title() + ", bf16");
    }
  }
}

}  // namespace
}  // namespace minimand::test
