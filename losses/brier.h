// Brier: v = (p - y)^2 of a probability p.
LOSS(brier) {
  static constexpr Pointwise about{
      .family = Family::binary,
      .summary = "Squared error of a probability; a proper score that is bounded.",
      .formula = "(prediction - target)²",
      .prediction = unit_interval,
      .target = unit_interval,
      .lipschitz = "2",
      .accuracy = Accuracy::piecewise,
      .activation = Link::logistic,
      .elsewhere = "sklearn brier_score_loss   CatBoost BrierScore",
      .reference = "Brier (1950), doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2",
      .plot_target = 1,
  };
  template <class Z, class Y, class P>
  FORMULA auto operator()(Z z, Y y, const P&) const {
    return square(z - y);
  }
};
