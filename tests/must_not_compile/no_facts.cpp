// EXPECT: about
// A loss without facts.
#ifndef LOSS
#define MINIMAND_LOSSES "tests/must_not_compile/no_facts.cpp"  // read again as a file of losses
#define HWY_COMPILE_ONLY_STATIC 1  // one instruction set is enough to be refused
#include <minimand/custom.hpp>
#else
LOSS(mistaken) {
#ifdef CORRECT
  static constexpr Pointwise about{.family = Family::regression, .summary = "Of the tests.", .formula = "as below"};
#endif
  template <class Z, class Y, class P>
  FORMULA auto operator()(Z z, Y y, const P&) const { return square(z - y); }
};
#endif
