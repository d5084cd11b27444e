// One facts unit: reads the loss files in the scalar pass and in the text pass and fills what a LossEntry knows
// besides its kernels. The unit that includes this defines
//   MINIMAND_LOSSES     the file that includes the loss files (losses/catalogue.h)
//   MINIMAND_UNIT       the namespace, within minimand, of `count` and `fill_facts`
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "kernels/entry.h"

namespace minimand::MINIMAND_UNIT {
#define FORMULA inline

namespace number_pass {
#include "number/scalar.inc"
#include "primitives/rules.inc"
#include "jet/jet.inc"
#include "jet/form.inc"
#include "jet/vocabulary.inc"
#include "engine/parameters.inc"
#include "engine/reference.inc"
#include "kernels/losses.inc"
}  // namespace number_pass

namespace text_pass {
#include "number/text.inc"
#include "primitives/rule.inc"
#include "primitives/text.inc"
#include "jet/jet.inc"
#include "jet/form.inc"
#include "jet/vocabulary.inc"
#include "engine/code_text.inc"
#include "kernels/losses.inc"
}  // namespace text_pass
#undef FORMULA

// Numbers of a domain, spread over its scales.
inline std::vector<double> spread(const facts::Domain& domain) {
  std::vector<double> some;
  for (const double x : {-1e4, -30.0, -2.5, -1.0, -0.75, -1e-3, 0.0, 1e-6, 0.03, 0.25, 0.5, 0.9, 1.0, 1.7, 12.0, 80.0,
                         1e4}) {
    const bool low = domain.low_open ? x > domain.low : x >= domain.low;
    const bool high = domain.high_open ? x < domain.high : x <= domain.high;
    const bool member = domain.kind != facts::Kind::pair || x == domain.low || x == domain.high;
    if (low && high && member) some.push_back(x);
  }
  return some;
}
// Whether the second derivative is the same number at every prediction, for every target and parameter tried.
inline bool same_curvature(const LossEntry& e, const double* parameters, const facts::Domain& target) {
  const std::vector<double> predictions = spread(e.facts.prediction), targets = spread(target);
  if (e.heads > 1) return false;
  if (e.reference) {
    const double first = e.reference(predictions.data(), targets[0], parameters).h[0];
    for (const double y : targets) {
      for (const double z : predictions) {
        if (!(e.reference(&z, y, parameters).h[0] == first)) return false;
      }
    }
    return true;
  }
  const double q[3] = {0, 0.5, 0.5};
  double h[3], first[3] = {};
  for (std::size_t i = 0; i < predictions.size(); ++i) {
    const double z[3] = {predictions[i], predictions[i], predictions[0]};
    e.reference_row(z, q, nullptr, 3, parameters, nullptr, i == 0 ? first : h);
    if (i > 0 && !std::equal(h, h + 3, first)) return false;
  }
  return true;
}
inline bool curvature_is_constant(const LossEntry& e) {
  double p[facts::max_params];
  for (int k = 0; k < facts::max_params; ++k) p[k] = e.facts.params[k].value;
  if (!same_curvature(e, p, e.facts.target)) return false;
  for (int k = 0; k < e.parameter_count; ++k) {
    const facts::Param& param = e.facts.params[k];
    if (param.choices[0].word) {
      for (const facts::Choice& choice : param.choices) {
        if (!choice.word) continue;
        p[k] = choice.value;
        if (!same_curvature(e, p, choice.target ? *choice.target : e.facts.target)) return false;
      }
    } else {
      for (const double x : spread(param.range)) {
        p[k] = x;
        if (!same_curvature(e, p, e.facts.target)) return false;
      }
    }
    p[k] = param.value;
  }
  return true;
}

template <int I>
void fill_facts_from(LossEntry* out) {
  if constexpr (I < number_pass::Losses::count) {
    using L = typename number_pass::Numbered<I>::type;
    using Written = typename text_pass::Numbered<I>::type;
    LossEntry& e = out[I];
    e.name = L::name;
    e.facts = L::about;
    while (e.parameter_count < facts::max_params && e.facts.params[e.parameter_count].name) ++e.parameter_count;
    e.code_text = text_pass::code_text<Written>;
    if constexpr (requires { typename L::statistics; }) {
      constexpr typename L::statistics list{};
      e.engine = Engine::statistics;
      e.smoothing_parameter = number_pass::smoothing_of(list);
      e.uses_partition =
          number_pass::place_of_cross_entropy(list) >= 0 || number_pass::place_of_log_partition(list) >= 0;
      e.reference_row = number_pass::row_reference<L>;
      if constexpr (requires { L::bounds_need; }) {
        e.bounds_need = L::bounds_need;
        e.bounded_with = L::template bounded_with<double>;
      }
    } else {
      e.engine = Engine::map;
      e.heads = number_pass::heads_of<L>();
      e.reference = number_pass::reference<L, double>;
      e.wide_reference = number_pass::reference<L, long double>;
    }
    e.constant_curvature = curvature_is_constant(e);
    fill_facts_from<I + 1>(out);
  }
}

// How many losses the file has; everything of out[0..count()) but the kernels.
int count() { return number_pass::Losses::count; }
void fill_facts(LossEntry* out) { fill_facts_from<0>(out); }

}  // namespace minimand::MINIMAND_UNIT
