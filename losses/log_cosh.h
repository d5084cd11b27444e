// Log-cosh: v = ln cosh(z - y), a smooth Huber.
LOSS(log_cosh) {
  static constexpr Pointwise about{
      .family = Family::regression,
      .summary = "Quadratic near zero, linear in the tails, smooth everywhere.",
      .formula = "ln cosh(prediction - target)",
      .symmetric = true,
      .lipschitz = "1",
      .elsewhere = "keras.losses.LogCosh()   optax.log_cosh   CatBoost LogCosh",
      .reference = "Green (1990), doi:10.1109/42.52985",
  };
  template <class Z, class Y, class P>
  FORMULA auto operator()(Z z, Y y, const P&) const {
    return log_cosh(z - y);
  }
  // tanh(d) / d, 1 at 0
  template <class Z, class Y, class P>
  FORMULA auto majorizer(Z z, Y y, const P&) const {
    const auto d = z - y;
    return select(d == 0.0, Z(1.0), tanh(d) / d);
  }
};
