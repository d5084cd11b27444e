// Poisson with a log link: v = e^z - y z (+ ln y! if full).
LOSS(poisson) {
  enum { full };
  static constexpr Pointwise about{
      .family = Family::count,
      .summary = "Negative log-likelihood of a count given the log of its mean.",
      .formula = "exp(z) - target z  (+ ln target! if full)",
      .target = counts,
      .params = {{"full", 0, non_negative, "adds ln target!, which does not depend on the prediction", {no, yes}}},
      .minimum = "at prediction = ln target",
      .mean = Link::exponential,
      .elsewhere = "torch.nn.PoissonNLLLoss() (full by Stirling)   sklearn HalfPoissonLoss   XGBoost count:poisson   "
                   "LightGBM poisson",
      .reference = "McCullagh and Nelder (1989), Generalized Linear Models",
      .plot_target = 1,
  };
  template <class Z, class Y, class P>
  FORMULA auto operator()(Z z, Y y, const P& p) const {
    const auto log_factorial = p.is(full, 1) ? lgamma(y + 1.0) : Y(0.0);
    return poisson_nll(z, y) + log_factorial;
  }
};
