// Poisson of a rate: v = x - y ln x, x > 0 (poisson takes the logarithm of the rate).
LOSS(poisson_rate) {
  static constexpr Pointwise about{
      .family = Family::count,
      .summary = "Negative log-likelihood of a count given its mean; prefer poisson, which takes the mean's log.",
      .formula = "prediction - target ln prediction",
      .prediction = positive,
      .target = counts,
      .minimum = "at prediction = target",
      .activation = Link::exponential,
      .elsewhere = "keras.losses.Poisson() (adds 1e-7)   torch.nn.PoissonNLLLoss(log_input=False) (adds 1e-8)",
      .reference = "McCullagh and Nelder (1989), Generalized Linear Models",
      .plot_target = 1,
  };
  template <class Z, class Y, class P>
  FORMULA auto operator()(Z z, Y y, const P&) const {
    return z - xlogy(y, z);
  }
  // The expected exact one: 1/x.
  template <class Z, class Y, class P>
  FORMULA auto fisher(Z z, Y, const P&) const { return 1.0 / z; }
};
