// Squared epsilon-insensitive: v = max(|z - y| - epsilon, 0)^2.
LOSS(squared_epsilon_insensitive) {
  enum { epsilon };
  static constexpr Pointwise about{
      .family = Family::regression,
      .summary = "0 within a tube around the target, quadratic outside.",
      .formula = "max(|prediction - target| - epsilon, 0)²",
      .params = {{.name = "epsilon",
                  .value = 0.1,
                  .range = non_negative,
                  .meaning = "half the width of the tube",
                  .residual_length = true}},
      .symmetric = true,
      .minimum = "0 within the tube",
      .kinks = "in the curvature at |prediction - target| = epsilon",
      .accuracy = Accuracy::composite,
      .elsewhere = "sklearn squared_epsilon_insensitive",
      .reference = "Smola and Schölkopf (2004), doi:10.1023/B:STCO.0000035301.49549.88",
  };
  template <class Z, class Y, class P>
  FORMULA auto operator()(Z z, Y y, const P& p) const {
    return square(max(abs(z - y) - p[epsilon], 0.0));
  }
};
