// EXPECT: write select(condition, a, b)
// A formula that branches on a comparison: the numbers of a vector do not agree on one branch.
#ifndef LOSS
#define MINIMAND_LOSSES "tests/must_not_compile/if_on_a_comparison.cpp"  // read again as a file of losses
#define HWY_COMPILE_ONLY_STATIC 1  // one instruction set is enough to be refused
#include <minimand/custom.hpp>
#else
LOSS(mistaken) {
  static constexpr Pointwise about{.family = Family::regression, .summary = "Of the tests.", .formula = "as below"};
  template <class Z, class Y, class P>
  FORMULA auto operator()(Z z, Y y, const P&) const {
    const auto e = z - y;
#ifdef CORRECT
    const auto v = e * e;
    return select(e > 0.0, 2.0 * v, v);
#else
    auto v = e * e;
    if (e > 0.0) v = 2.0 * v;
    return v;
#endif
  }
};
#endif
