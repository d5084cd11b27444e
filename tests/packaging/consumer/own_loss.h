// Twice the absolute error: a loss that the library does not have.
LOSS(consumer_twice_absolute) {
  static constexpr Pointwise about{
      .family = Family::regression,
      .summary = "Twice the absolute error.",
      .formula = "2 |prediction - target|",
      .symmetric = true,
      .lipschitz = "2",
      .kinks = "in the gradient at prediction = target",
      .accuracy = Accuracy::piecewise,
  };
  template <class Z, class Y, class P>
  FORMULA auto operator()(Z z, Y y, const P&) const {
    return 2.0 * abs(z - y);
  }
};
