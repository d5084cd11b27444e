// EXPECT: write select(condition, a, b)
// A formula that joins comparisons by && instead of by &.
#ifndef LOSS
#define MINIMAND_LOSSES "tests/must_not_compile/and_of_comparisons.cpp"  // read again as a file of losses
#define HWY_COMPILE_ONLY_STATIC 1  // one instruction set is enough to be refused
#include <minimand/custom.hpp>
#else
LOSS(mistaken) {
  static constexpr Pointwise about{.family = Family::regression, .summary = "Of the tests.", .formula = "as below"};
  template <class Z, class Y, class P>
  FORMULA auto operator()(Z z, Y y, const P&) const {
    const auto e = z - y;
#ifdef CORRECT
    return select((e > 0.0) & (e < 1.0), e * e, abs(e));
#else
    return select(e > 0.0 && e < 1.0, e * e, abs(e));
#endif
  }
};
#endif
