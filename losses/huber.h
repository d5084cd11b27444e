// Huber: quadratic near zero, linear in the tails; delta = inf is half_squared_error.
LOSS(huber) {
  enum { delta };
  static constexpr Pointwise about{
      .family = Family::regression,
      .summary = "Quadratic near zero, linear in the tails.",
      .formula = "a <= delta ? a²/2 : delta (a - delta/2),  a = |prediction - target|",
      .params = {{.name = "delta",
                  .value = 1.0,
                  .range = positive_or_inf,
                  .meaning = "where the tails begin; inf gives half_squared_error",
                  .residual_length = true}},
      .symmetric = true,
      .lipschitz = "delta",
      .kinks = "in the curvature at a = delta",
      .accuracy = Accuracy::piecewise_scaled,
      .elsewhere = "torch.nn.HuberLoss(delta)   keras.losses.Huber(delta)   optax.huber_loss(delta)   "
                   "sklearn HuberLoss: delta from a quantile",
      .reference = "Huber (1964), doi:10.1214/aoms/1177703732",
  };
  template <class Z, class Y, class P>
  FORMULA auto operator()(Z z, Y y, const P& p) const {
    const auto e = z - y;
    const auto a = abs(e);
    return select(a <= p[delta], (0.5 * e) * e, p[delta] * (a - 0.5 * p[delta]));
  }
  // min(1, delta / a)
  template <class Z, class Y, class P>
  FORMULA auto majorizer(Z z, Y y, const P& p) const {
    const auto a = abs(z - y);
    return select(a <= p[delta], Z(1.0), p[delta] / a);
  }
};
