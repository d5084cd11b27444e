// EXPECT: no matching function for call to
// A formula that calls the C library: it has no vectors, and its bits differ between machines.
#ifndef LOSS
#define MINIMAND_LOSSES "tests/must_not_compile/function_of_the_c_library.cpp"  // read again as a file of losses
#define HWY_COMPILE_ONLY_STATIC 1  // one instruction set is enough to be refused
#include <minimand/custom.hpp>
#else
LOSS(mistaken) {
  static constexpr Pointwise about{.family = Family::regression, .summary = "Of the tests.", .formula = "as below"};
  template <class Z, class Y, class P>
  FORMULA auto operator()(Z z, Y y, const P&) const {
    const auto e = z - y;
#ifdef CORRECT
    return exp(e);
#else
    return std::exp(e);
#endif
  }
};
#endif
