// The losses of the catalogue in exact arithmetic, for tests and tools: the same loss files, read in the MPFR
// dialect. Nothing is typed twice; the textbook formulas that witness it from outside are in tests/golden/.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <mpfr.h>

#include "facts/facts.h"

namespace minimand::oracle {
#define FORMULA inline
#include "mpfr_number.inc"
#include "primitives/rule.inc"
#include "jet/jet.inc"
#include "jet/form.inc"
#include "mpfr_rules.inc"
#include "jet/vocabulary.inc"
#include "engine/parameters.inc"
#include "engine/row_formula.inc"
#include "mpfr_row.inc"
#ifndef MINIMAND_ORACLE_LOSSES  // the file that includes the loss files
#define MINIMAND_ORACLE_LOSSES "losses/catalogue.h"
#endif
#define MINIMAND_LOSSES MINIMAND_ORACLE_LOSSES
#include "kernels/losses.inc"
#undef MINIMAND_LOSSES
#undef FORMULA

struct Outcome {
  Number v, g, h;
  bool tie = false;  // a branch that roundings may tip was met: ask again with `flip`
};

inline Parameters<Number> parameters_of(const double* values) {
  Parameters<Number> p;
  p.set(values);
  return p;
}
// bits: 24 or 53, the significand of the type whose roundings are accounted for.
template <class L>
Outcome element_of(double prediction, double target, const double* parameters, int bits, bool flip) {
  judged_bits = bits, flip_ties = flip, tie_met = false;
  const auto f = L()(variable(Number(prediction)), Number(target), parameters_of(parameters));
  return {value(f), slope(f), bend(f), tie_met};
}
template <class L>
RowOutcome row_with(const double* logits, const double* q, int classes, const double* parameters, int bits) {
  judged_bits = bits, flip_ties = false, tie_met = false;
  return row_of<L>(logits, q, classes, parameters_of(parameters));
}

struct Oracle {
  Outcome (*element)(double, double, const double*, int, bool) = nullptr;  // pointwise losses
  RowOutcome (*row)(const double*, const double*, int, const double*, int) = nullptr;
};
// Both null for a loss that is not in the file.
template <int I = 0>
Oracle find(std::string_view name) {
  if constexpr (I < Losses::count) {
    using L = typename Numbered<I>::type;
    if (name != L::name) return find<I + 1>(name);
    if constexpr (requires { typename L::statistics; }) return {nullptr, row_with<L>};
    else return {element_of<L>, nullptr};
  } else {
    return {};
  }
}

}  // namespace minimand::oracle
