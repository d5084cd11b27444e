// Quantile Huber: v = |tau - [d > 0]| huber_kappa(d) / kappa, d = z - y: a quantile loss that is quadratic near 0.
LOSS(quantile_huber) {
  enum { tau, kappa };
  static constexpr Pointwise about{
      .family = Family::regression,
      .summary = "Huber with the weights of a quantile; distributional reinforcement learning.",
      .formula = "b (a <= kappa ? a²/(2 kappa) : a - kappa/2),  a = |d|,  d = prediction - target,  b = d > 0 ? 1 - "
                 "tau : tau",
      .params = {{"tau", 0.5, open_unit_interval, "which quantile; a list gives one per column", {}, true},
                 {.name = "kappa",
                  .value = 1.0,
                  .range = positive,
                  .meaning = "where the tails begin",
                  .residual_length = true}},
      .lipschitz = "max(tau, 1 - tau)",
      .kinks = "in the curvature at prediction = target and at a = kappa",
      .accuracy = Accuracy::piecewise_scaled,
      .reference = "Dabney et al. (2018), arXiv:1710.10044",
  };
  template <class Z, class Y, class P>
  FORMULA auto operator()(Z z, Y y, const P& p) const {
    const auto d = z - y;
    const auto a = abs(d);
    const auto side = select(d > 0.0, 1.0 - p[tau], p[tau]);
    return side * select(a <= p[kappa], half_square_over(d, p[kappa]), a - 0.5 * p[kappa]);
  }
};
