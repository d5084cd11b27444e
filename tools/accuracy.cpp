// accuracy [--points N] [--loss NAME] [--seed S]: the largest error of every loss, in ULP, as a Markdown table.
//
// Each loss of the catalogue is computed by the library in f32 and f64 and by its own formula in exact arithmetic
// (tests/oracle.h). Exits with 1 if an error exceeds the contract.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include <minimand/catalogue.hpp>
#include <minimand/evaluate.hpp>

#include "accuracy/draw.h"
#include "accuracy/measure.h"
#include "kernels/entry.h"
#include "oracle.h"

namespace minimand::accuracy {

struct Options {
  long long points = 20000;
  std::string loss;
  std::uint64_t seed = 1;
};
struct Cells {
  Cell of[3];  // v, g, h
};

std::string hex(double x) {
  char text[64];
  std::snprintf(text, sizeof text, "%a", x);
  return text;
}

// As the kernels read them: rounded once to the type.
template <class T>
std::vector<double> as_read(std::vector<double> parameters) {
  for (double& p : parameters) p = static_cast<double>(static_cast<T>(p));
  parameters.resize(facts::max_params, 0);
  return parameters;
}

template <class T>
void pointwise(const LossEntry& e, const oracle::Oracle& exact, const std::vector<double>& parameters,
               long long points, Random& r, Cells& cells) {
  const Loss loss(e, parameters);
  const std::vector<double> p = as_read<T>(parameters);
  const facts::Domain domain = facts::target_domain(e.facts, parameters.data());
  std::vector<Pair<T>> worst;
  for (int round = 0; round < 4; ++round) {
    const std::size_t n = static_cast<std::size_t>(points / 4);
    std::vector<T> z, y, v(n), g(n), h(n);
    for (std::size_t i = 0; i < n; ++i) {
      const Pair<T> x = draw_pair<T>(e.facts, domain, p.data(), e.parameter_count, worst, r);
      z.push_back(x.prediction), y.push_back(x.target);
    }
    loss(z, y, {.gradient = g, .hessian = h, .values = v, .reduction = reduction::sum});
    for (std::size_t i = 0; i < n; ++i) {
      const double at = static_cast<double>(z[i]), target = static_cast<double>(y[i]);
      const auto errors = [&](const oracle::Outcome& o, Error* out) {
        out[0] = error_of(v[i], o.v), out[1] = error_of(g[i], o.g), out[2] = error_of(h[i], o.h);
        return std::max({cells.of[0].part(out[0]), cells.of[1].part(out[1]), cells.of[2].part(out[2])});
      };
      Error found[3], other[3];
      const oracle::Outcome outcome = exact.element(at, target, p.data(), significand<T>, false);
      const double strain = errors(outcome, found);
      if (outcome.tie && strain > 1) {  // the roundings may have taken the other branch
        if (errors(exact.element(at, target, p.data(), significand<T>, true), other) < strain) {
          std::copy(other, other + 3, found);
        }
      }
      for (int k = 0; k < 3; ++k) {
        const auto describe = [&] { return loss.text() + " (" + hex(at) + ", " + hex(target) + ")"; };
        if (cells.of[k].add(found[k], describe)) worst.push_back({z[i], y[i]});
      }
    }
  }
}

template <class T>
void rows(const LossEntry& e, const oracle::Oracle& exact, const std::vector<double>& parameters, int K,
          long long count, Random& r, Cells& cells) {
  const Loss loss(e, parameters);
  const std::vector<double> p = as_read<T>(parameters);
  const facts::Domain domain = facts::target_domain(e.facts, parameters.data());
  const std::size_t classes = static_cast<std::size_t>(K);
  for (long long row = 0; row < count; ++row) {
    const std::vector<T> z = draw_row<T>(e.facts, K, r);
    const bool index = domain.kind == facts::Kind::index ||
                       (domain.kind == facts::Kind::index_or_distribution && r.below(2));
    std::vector<T> q(classes, T(0));
    std::int64_t label = 0;
    if (index) {
      label = r.below(2) ? std::max_element(z.begin(), z.end()) - z.begin() : r.below(K);
      q[static_cast<std::size_t>(label)] = 1;
    } else {
      q = draw_distribution(z, domain.high <= 0, r);
    }
    T v = 0;
    std::vector<T> g(classes), h(classes);
    const matrix<const T> prediction(z.data(), 1, K);
    matrix<T> gradient(g.data(), 1, K), hessian(h.data(), 1, K);
    const std::span<T> value(&v, 1);
    const Call call{.gradient = gradient, .hessian = hessian, .values = value, .reduction = reduction::sum};
    if (index) {
      loss(prediction, std::span<const std::int64_t>(&label, 1), call);
    } else {
      loss(prediction, matrix<const T>(q.data(), 1, K), call);
    }

    const std::vector<double> z64(z.begin(), z.end()), q64(q.begin(), q.end());
    const oracle::RowOutcome o = exact.row(z64.data(), q64.data(), K, p.data(), significand<T>);
    const auto at = [&](std::size_t j) {
      std::string text = loss.text() + " K=" + std::to_string(K) + " class " + std::to_string(j) +
                         (index ? " label " + std::to_string(label) : std::string(" soft"));
      if (K == 2) text += " (" + hex(z64[0]) + ", " + hex(z64[1]) + ")";
      if (K == 2 && !index) text += " target (" + hex(q64[0]) + ", " + hex(q64[1]) + ")";
      return text;
    };
    cells.of[0].add(error_of(v, o.v), [&] { return at(0); });
    for (std::size_t j = 0; j < classes; ++j) {
      cells.of[1].add(error_of(g[j], o.g[j]), [&] { return at(j); });
      cells.of[2].add(error_of(h[j], o.h[j]), [&] { return at(j); });
    }
  }
}

void print(const std::string& name, const char* type, const Cells& cells) {
  for (int k = 0; k < 3; ++k) {
    const Cell& c = cells.of[k];
    char terms[32] = "-", bound[64];
    if (c.cancelling > 0) std::snprintf(terms, sizeof terms, "%.3g", c.terms);
    std::snprintf(bound, sizeof bound, c.cancelling > 0 ? "%.3g; %.3g" : "%.3g", c.bound.ulp, c.bound.terms);
    std::printf("| %s | %s | %c | %lld | %.4g | %.3g | %s | %s | %s | `%s` |\n", name.c_str(), type, "vgh"[k], c.points,
                c.ulp, c.net, terms, bound, c.meets() ? "yes" : "**no**", c.worst.c_str());
  }
  std::fflush(stdout);
}

template <class T>
bool judge(const LossEntry& e, const oracle::Oracle& exact, const char* type, const Options& options) {
  std::uint64_t seed = options.seed * 1000003 + sizeof(T);
  for (const char* c = e.name; *c; ++c) seed = seed * 131 + static_cast<unsigned char>(*c);
  Random r(seed);
  std::vector<std::vector<double>> sets(1);
  for (int k = 0; k < e.parameter_count; ++k) sets[0].push_back(e.facts.params[k].value);
  for (int k = 0; k < 2 && e.parameter_count > 0; ++k) sets.push_back(draw_parameters(e.facts, e.parameter_count, r));
  bool meets = true;
  const int sizes[] = {0, 2, 10, 1000};
  for (const int K : sizes) {
    if ((K == 0) != (e.engine == Engine::map)) continue;
    Cells cells;
    for (int k = 0; k < 3; ++k) cells.of[k].bound = bound_of(e.facts, sizeof(T) == 4, "vgh"[k], K);
    for (const std::vector<double>& set : sets) {
      const long long share = options.points / static_cast<long long>(sets.size());
      if (K == 0) pointwise<T>(e, exact, set, share, r, cells);
      else rows<T>(e, exact, set, K, std::max(2LL, share / K / 2), r, cells);
    }
    print(K == 0 ? e.name : std::string(e.name) + ", K=" + std::to_string(K), type, cells);
    for (const Cell& c : cells.of) meets = meets && c.meets();
  }
  return meets;
}

#if defined(__clang__)
constexpr const char* compiler = "clang " __clang_version__;
#else
constexpr const char* compiler = "g++ " __VERSION__;
#endif

int run(const Options& options) {
  std::printf(
      "# Accuracy\n\n"
      "Printed by `make accuracy`: the library against each loss's own formula in exact arithmetic (MPFR, 256 bits\n"
      "and more; the primitives there are the textbook definitions). v is the value of an element or row, g and h its\n"
      "first and second derivative. Inputs: all exponents, usual logits and residuals, the neighbourhood of branches,\n"
      "cancelling pairs, special values, the worst found so far; default parameters and two drawn sets.\n\n"
      "- **max ULP**: the largest error of all, in units in the last place of the type.\n"
      "- **net**: the same, less what half an ulp of a rounded argument of a function hands on (`z - y` in\n"
      "  `log_cosh(z - y)`, `u - max` in softmax), which no care inside the function can undo; with a softcap also what\n"
      "  its derivatives lose below the least normal number.\n"
      "- **u(a+b)**: where the result is a difference of terms a and b, its error in units of u (abs a + abs b),\n"
      "  u = 2^-24 (f32), 2^-53 (f64).\n"
      "- **bound**: of net; of u(a+b). **met**: every point keeps one of the two.\n"
      "- **input**: (prediction, target) that takes most of the bound.\n\n"
      "Numerics version %d, target %s, compiler %s, %lld points, seed %llu.\n\n"
      "| loss | type | output | points | max ULP | net | u(a+b) | bound | met | input |\n"
      "|-|-|-|-|-|-|-|-|-|-|\n",
      numerics_version(), target(), compiler, options.points, static_cast<unsigned long long>(options.seed));
  int missed = 0, judged = 0;
  for (const LossEntry* e : catalogue()) {
    if (!options.loss.empty() && options.loss != e->name) continue;
    const oracle::Oracle exact = oracle::find(e->name);
    if (!exact.element && !exact.row) continue;  // linked in without the oracle having read its file
    ++judged;
    const bool f32 = judge<float>(*e, exact, "f32", options), f64 = judge<double>(*e, exact, "f64", options);
    missed += !f32 || !f64;
  }
  if (judged == 0) {
    std::fprintf(stderr, "accuracy: no loss is called '%s'\n", options.loss.c_str());
    return 2;
  }
  std::printf("\n%d losses, %d of them beyond a bound.\n", judged, missed);
  return missed > 0 ? 1 : 0;
}

}  // namespace minimand::accuracy

int main(int argc, char** argv) {
  minimand::accuracy::Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string option = argv[i];
    const char* value = i + 1 < argc ? argv[++i] : nullptr;
    if (value && option == "--points" && std::atoll(value) >= 4) options.points = std::atoll(value);
    else if (value && option == "--loss") options.loss = value;
    else if (value && option == "--seed") options.seed = std::strtoull(value, nullptr, 10);
    else {
      std::fprintf(stderr, "usage: accuracy [--points N] [--loss NAME] [--seed S]\n");
      return 2;
    }
  }
  try {
    return minimand::accuracy::run(options);
  } catch (const minimand::error& e) {
    std::fprintf(stderr, "accuracy: %s\n", e.what());
    return 3;
  }
}
