// Epsilon-insensitive: v = max(|z - y| - epsilon, 0), the loss of support vector regression.
LOSS(epsilon_insensitive) {
  enum { epsilon };
  static constexpr Pointwise about{
      .family = Family::regression,
      .summary = "0 within a tube around the target, linear outside; support vector regression.",
      .formula = "max(|prediction - target| - epsilon, 0)",
      .params = {{.name = "epsilon",
                  .value = 0.1,
                  .range = non_negative,
                  .meaning = "half the width of the tube",
                  .residual_length = true}},
      .symmetric = true,
      .lipschitz = "1",
      .minimum = "0 within the tube",
      .kinks = "in the gradient at |prediction - target| = epsilon",
      .elsewhere = "sklearn epsilon_insensitive",
      .reference = "Vapnik (1995), doi:10.1007/978-1-4757-2440-0",
  };
  template <class Z, class Y, class P>
  FORMULA auto operator()(Z z, Y y, const P& p) const {
    return max(abs(z - y) - p[epsilon], 0.0);
  }
};
