// Logistic distance: v = 2 ln cosh((z - y)/2), minus the log-density of a logistic law up to a constant.
LOSS(logistic_distance) {
  static constexpr Pointwise about{
      .family = Family::regression,
      .summary = "Negative log-likelihood of a logistic law; log_cosh at half the residual, doubled.",
      .formula = "2 ln cosh(d/2),  d = prediction - target",
      .symmetric = true,
      .lipschitz = "1",
      .elsewhere = "LossFunctions.jl LogitDistLoss",
      .reference = "Johnson, Kotz and Balakrishnan (1995), Continuous Univariate Distributions 2, chapter 23",
  };
  template <class Z, class Y, class P>
  FORMULA auto operator()(Z z, Y y, const P&) const {
    return 2.0 * log_cosh(0.5 * (z - y));
  }
  // tanh(d/2) / d, 1/2 at 0
  template <class Z, class Y, class P>
  FORMULA auto majorizer(Z z, Y y, const P&) const {
    const auto d = z - y;
    return select(d == 0.0, Z(0.5), tanh(0.5 * d) / d);
  }
};
