// The bits of a result depend on the data and the options alone: not on the target, the order of the call, threads,
// addresses, strides, cuts, or where in an array an element stands.
#include "conformance.h"
#include "formats.h"

namespace minimand::test {
namespace {

class Bits : public OfLoss {
 protected:
  // f32 and f64, with and without weights, of a few forms.
  template <class F>
  void each(std::int64_t elements, std::int64_t classes, F&& check, bool few = true) {
    for (const Form& form : forms(entry(), few)) {
      Random r;
      const std::int64_t rows = is_row() ? std::max<std::int64_t>(1, elements / classes) : elements;
      for (const bool weighted : {false, true}) {
        auto a = sample<float>(form, rows, classes, r);
        auto b = sample<double>(form, rows, classes, r);
        if (weighted) weigh(a, r), weigh(b, r);
        const std::string what = form.title() + (weighted ? ", weighted" : "");
        check(form, a, r, what + ", f32");
        check(form, b, r, what + ", f64");
        if (HasFailure()) return;
      }
    }
  }
};
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
        EXPECT_EQ(difference(want, evaluate(form, s, order)), "") << what << ", order " << order << ", " << run::name(t);
      }
    }
  };
  each(4500, 37, same, false);
  if (is_row()) each(4100, 4100, same);
}

// Curvatures other than the exact one, with a floor and with the data's own scale.
TEST_P(Bits, AreThoseOfEveryTargetForEveryCurvature) {
  each(4500, 37, [&](const Form& form, const auto& s, Random&, const std::string& what) {
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
        EXPECT_EQ(difference(want, evaluate(form, s, 2, call)), "") << what << ", curvature " << c << ", " << run::name(t);
      }
    }
  });
}

TEST_P(Bits, AreThoseOfEveryOrder) {
  each(4500, 37, [](const Form& form, const auto& s, Random&, const std::string& what) {
    for (const reduction how : {reduction::sum, reduction::mean, reduction::weighted_mean}) {
      const auto all = evaluate(form, s, 2, with(how));
      EXPECT_EQ(difference(all, evaluate(form, s, 1, with(how))), "") << what << ", order 1";
      EXPECT_EQ(difference(all, evaluate(form, s, 0, with(how))), "") << what << ", order 0";
      EXPECT_EQ(difference(all, evaluate(form, s, 1, with(how), false)), "") << what << ", order 1 without values";
      EXPECT_EQ(difference(all, evaluate(form, s, 0, with(how), false)), "") << what << ", order 0 without values";
    }
  }, false);
}

TEST_P(Bits, AreThoseOfEveryNumberOfThreads) {
  each(37011, 37, [](const Form& form, const auto& s, Random&, const std::string& what) {
    Call call;
    const auto one = evaluate(form, s, 2, call);
    for (const int threads : {2, 7, 0}) {
      call.threads = threads;
      EXPECT_EQ(difference(one, evaluate(form, s, 2, call)), "") << what << ", threads " << threads;
    }
  });
}

// ---- Layouts.

// Where element (row, class) of an array lies, in bytes from the start of its memory.
struct Layout {
  const char* name;
  std::int64_t first, row, column;  // bytes
  std::int64_t bytes;
};
template <class T>
std::vector<Layout> layouts(std::int64_t rows, std::int64_t classes) {
  const std::int64_t e = sizeof(T), n = rows * classes;
  std::vector<Layout> all;
  for (const std::int64_t offset : {1, 3, 15}) all.push_back({"offset", offset * e, classes * e, e, (n + offset) * e});
  for (const std::int64_t offset : {1, 2, 7}) all.push_back({"misaligned", offset, classes * e, e, n * e + offset});
  all.push_back({"stride 2", 0, 2 * classes * e, 2 * e, 2 * n * e});
  all.push_back({"stride -1", (n - 1) * e, -classes * e, -e, n * e});
  all.push_back({"row-padded", 0, (classes + 3) * e, e, rows * (classes + 3) * e});
  all.push_back({"transposed", 0, e, rows * e, n * e});
  all.push_back({"rows reversed", (rows - 1) * classes * e, -classes * e, e, n * e});
  return all;
}
// An array of rows x classes in a layout; a pointwise loss sees (rows,) where classes is 1 and (rows, 1) is meant.
template <class T>
struct Laid {
  std::vector<char> memory;
  array view;
  Layout layout;
  Laid(const Layout& l, std::int64_t rows, std::int64_t classes, int rank)
      : memory(static_cast<std::size_t>(l.bytes) + 64), layout(l) {
    // Misaligned on purpose by the layout alone: the memory itself is aligned.
    const std::int64_t extents[] = {rows, classes};
    view = array(base(), dtype_of<T>(), std::span(extents).first(static_cast<std::size_t>(rank)), true);
    view.strides[0] = l.row;
    if (rank == 2) view.strides[1] = l.column;
  }
  char* base() {
    const auto at = reinterpret_cast<std::uintptr_t>(memory.data());
    return memory.data() + (64 - at % 64) % 64 + layout.first;
  }
  char* at(std::int64_t i, std::int64_t classes) { return base() + i / classes * layout.row + i % classes * layout.column; }
  Laid& operator=(const std::vector<T>& x) {
    const std::int64_t classes = view.rank == 2 ? view.shape[1] : 1;
    for (std::size_t i = 0; i < x.size(); ++i) std::memcpy(at(static_cast<std::int64_t>(i), classes), &x[i], sizeof(T));
    return *this;
  }
  std::vector<T> read() {
    const std::int64_t classes = view.rank == 2 ? view.shape[1] : 1;
    std::vector<T> x(static_cast<std::size_t>(view.size()));
    for (std::size_t i = 0; i < x.size(); ++i) std::memcpy(&x[i], at(static_cast<std::int64_t>(i), classes), sizeof(T));
    return x;
  }
};

TEST_P(Bits, AreThoseOfEveryLayout) {
  each(4500, 37, [&](const Form& form, const auto& s, Random&, const std::string& what) {
    using T = std::remove_cvref_t<decltype(s.prediction[0])>;
    // A pointwise loss is given a matrix too, so that rows may be padded and transposed.
    const std::int64_t columns = form.row() ? s.classes : s.rows % 4 == 0 ? 4 : 1, rows = s.size() / columns;
    const auto want = evaluate(form, s, 2);
    for (const Layout& l : layouts<T>(rows, columns)) {
      Laid<T> x(l, rows, columns, 2), y(l, rows, columns, 2), g(l, rows, columns, 2), h(l, rows, columns, 2);
      x = s.prediction;
      if (!s.by_index) y = s.target;
      Outputs<T> got;
      Call call;
      call.gradient = g.view, call.hessian = h.view;
      std::vector<T> w = s.weight;
      const std::int64_t extents[] = {rows, columns};
      const array weight(w.data(), dtype_of<T>(), std::span(extents).first(form.row() ? 1 : 2), false);
      if (!w.empty()) call.weight = weight;
      got.values.assign(want.values.size(), T(-1));
      call.values = array(got.values.data(), dtype_of<T>(), std::span(extents).first(form.row() ? 1 : 2), true);
      got.result = form.f(x.view, s.by_index ? s.y() : y.view, call);
      got.gradient = g.read(), got.hessian = h.read();
      EXPECT_EQ(difference(want, got), "") << what << ", " << l.name << " " << l.first;
      // The gradient over the prediction.
      call.gradient = x.view;
      got.result = form.f(x.view, s.by_index ? s.y() : y.view, call);
      got.gradient = x.read(), got.hessian = h.read();
      EXPECT_EQ(difference(want, got), "") << what << ", " << l.name << " " << l.first << ", in place";
    }
  });
}

TEST_P(Bits, AreThoseOfAGradientInPlace) {
  each(4500, 37, [](const Form& form, auto s, Random&, const std::string& what) {
    for (const int threads : {1, 7}) {
      auto want = evaluate(form, s, 1, {}, false);
      auto copy = s;
      Call call;
      call.threads = threads;
      call.gradient = copy.shaped(copy.prediction);
      if (!copy.weight.empty()) call.weight = array(copy.weight);
      decltype(want) got;
      got.result = form.f(copy.x(), copy.y(), call);
      got.gradient = copy.prediction;
      EXPECT_EQ(difference(want, got), "") << what;
    }
  }, false);
}

// ---- Cuts.

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
Partial part_of(const Form& form, const Sample<T>& s, std::int64_t begin, int threads) {
  Call call;
  call.threads = threads;
  if (!s.weight.empty()) call.weight = array(s.weight);
  if (!s.class_weight.empty()) call.class_weight = array(s.class_weight);
  return form.f.part(s.x(), s.y(), call, begin);
}

TEST_P(Bits, AreThoseOfEveryCut) {
  const std::int64_t classes = 3, elements = is_row() ? 9001 * classes : 20011;
  each(elements, classes, [&](const Form& form, const auto& s, Random& r, const std::string& what) {
    std::vector<std::vector<std::int64_t>> cuts;
    for (const std::int64_t size : {4095, 4096, 4097, 1 << 20}) {
      cuts.emplace_back();
      for (std::int64_t at = 0; at < s.rows; at += size) cuts.back().push_back(at);
    }
    cuts.push_back({0, 1, 2, 3, 4, 4095, 4096, 4097, 8191});
    for (int i = 0; i < 3; ++i) {
      cuts.push_back({0});
      for (int k = 0; k < 9; ++k) cuts.back().push_back(1 + r.below(s.rows - 1));
      std::sort(cuts.back().begin(), cuts.back().end());
    }
    for (std::vector<std::int64_t> begins : cuts) {
      begins.push_back(s.rows);
      std::vector<Partial> parts;
      for (std::size_t k = 0; k + 1 < begins.size(); ++k) {
        parts.push_back(part_of(form, cut(s, begins[k], begins[k + 1]), begins[k], k % 2 ? 7 : 1));
      }
      for (std::size_t k = parts.size(); k-- > 1;) std::swap(parts[k], parts[static_cast<std::size_t>(r.below(static_cast<std::int64_t>(k) + 1))]);
      Partial all;
      for (const Partial& p : parts) all.merge(Partial::from_bytes(p.to_bytes()));
      for (const reduction how : {reduction::mean, reduction::weighted_mean, reduction::sum}) {
        const auto whole = evaluate(form, s, 0, with(how), false);
        EXPECT_EQ(difference(whole.result, all.finish(how)), "") << what << ", " << parts.size() << " parts";
      }
    }
  });
}

// Element by element: in an array of its own, and of every length to three vectors and a rest.
TEST_P(Bits, DoNotDependOnThePosition) {
  each(is_row() ? 400 : 105, 4, [](const Form& form, const auto& s, Random&, const std::string& what) {
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
          return std::memcmp(whole.data() + static_cast<std::size_t>(k) * part.size(), part.data(), part.size() * sizeof(float)) == 0;
        };
        ASSERT_TRUE(same(all.gradient, piece.gradient) && same(all.hessian, piece.hessian) && same(all.values, piece.values))
            << form.title() << ", order " << order << ", copy " << k << ", " << run::name(t);
      }
    }
  }
}

// ---- Numbers of 16 bits: inputs as their f32 equals, outputs rounded once.

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
  const auto z = narrowed<S>(s.prediction, format), y = narrowed<S>(s.target, format), w = narrowed<S>(s.weight, format);
  const std::int64_t extents[] = {s.rows, s.classes};
  const std::span<const std::int64_t> shape = std::span(extents).first(s.row ? 2 : 1), rows = std::span(extents).first(1);
  std::vector<S> g(z.size()), h(z.size()), v(static_cast<std::size_t>(s.rows));
  Call call;
  call.gradient = array(g.data(), dtype_of<S>(), shape, true), call.hessian = array(h.data(), dtype_of<S>(), shape, true);
  call.values = array(v.data(), dtype_of<S>(), rows, true);
  if (!w.empty()) call.weight = array(w.data(), dtype_of<S>(), rows, false);
  const array prediction(z.data(), dtype_of<S>(), shape, false), target(y.data(), dtype_of<S>(), shape, false);
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
