// Addresses, strides, gradients in place and cuts into parts change no bit of a result.
#include "conformance.h"

namespace minimand::test {
namespace {

class Layouts : public OfLoss {};
CONFORMANCE_OF_ALL(Layouts);

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
  for (const std::int64_t offset : {1, 3, 15})
    all.push_back({"offset", offset * e, classes * e, e, (n + offset) * e});
  for (const std::int64_t offset : {1, 2, 7})
    all.push_back({"misaligned", offset, classes * e, e, n * e + offset});
  all.push_back({"stride 2", 0, 2 * classes * e, 2 * e, 2 * n * e});
  all.push_back({"stride -1", (n - 1) * e, -classes * e, -e, n * e});
  all.push_back({"row-padded", 0, (classes + 3) * e, e, rows * (classes + 3) * e});
  all.push_back({"transposed", 0, e, rows * e, n * e});
  all.push_back({"rows reversed", (rows - 1) * classes * e, -classes * e, e, n * e});
  return all;
}
// An array of rows x classes in a layout; a pointwise loss sees (rows,) where classes is 1 and (rows, 1) is
// meant.
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
  char* at(std::int64_t i, std::int64_t classes) {
    return base() + i / classes * layout.row + i % classes * layout.column;
  }
  Laid& operator=(const std::vector<T>& x) {
    const std::int64_t classes = view.rank == 2 ? view.shape[1] : 1;
    for (std::size_t i = 0; i < x.size(); ++i)
      std::memcpy(at(static_cast<std::int64_t>(i), classes), &x[i], sizeof(T));
    return *this;
  }
  std::vector<T> read() {
    const std::int64_t classes = view.rank == 2 ? view.shape[1] : 1;
    std::vector<T> x(static_cast<std::size_t>(view.size()));
    for (std::size_t i = 0; i < x.size(); ++i)
      std::memcpy(&x[i], at(static_cast<std::int64_t>(i), classes), sizeof(T));
    return x;
  }
};

TEST_P(Layouts, ChangeNoBit) {
  each_weighted_form(
      entry(), 4500, 37, [&](const Form& form, const auto& s, Random&, const std::string& what) {
        using T = std::remove_cvref_t<decltype(s.prediction[0])>;
        // A pointwise loss is given a matrix too, so that rows may be padded and transposed.
        const std::int64_t columns = form.row()        ? s.classes
                                     : s.rows % 4 == 0 ? 4
                                                       : 1,
                           rows = s.size() / columns;
        const auto want = evaluate(form, s, 2);
        for (const Layout& l : layouts<T>(rows, columns)) {
          Laid<T> x(l, rows, columns, 2), y(l, rows, columns, 2), g(l, rows, columns, 2),
              h(l, rows, columns, 2);
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
          call.values =
              array(got.values.data(), dtype_of<T>(), std::span(extents).first(form.row() ? 1 : 2), true);
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

TEST_P(Layouts, OfAGradientInPlaceChangeNoBit) {
  each_weighted_form(
      entry(), 4500, 37,
      [](const Form& form, auto s, Random&, const std::string& what) {
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
      },
      false);
}

TEST_P(Layouts, CutIntoPartsChangeNoBit) {
  const std::int64_t classes = 3, elements = is_row() ? 9001 * classes : 20011;
  each_weighted_form(
      entry(), elements, classes, [&](const Form& form, const auto& s, Random& r, const std::string& what) {
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
          for (std::size_t k = parts.size(); k-- > 1;)
            std::swap(parts[k], parts[static_cast<std::size_t>(r.below(static_cast<std::int64_t>(k) + 1))]);
          Partial all;
          for (const Partial& p : parts) all.merge(Partial::from_bytes(p.to_bytes()));
          for (const reduction how : {reduction::mean, reduction::weighted_mean, reduction::sum}) {
            const auto whole = evaluate(form, s, 0, with(how), false);
            EXPECT_EQ(difference(whole.result, all.finish(how)), "")
                << what << ", " << parts.size() << " parts";
          }
        }
      });
}

}  // namespace
}  // namespace minimand::test
