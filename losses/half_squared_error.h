// Half squared error: v = (z - y)^2 / 2, the Gaussian negative log-likelihood of unit variance.
LOSS(half_squared_error) {
  static constexpr Pointwise about{
      .family = Family::regression,
      .summary = "Half of the square; its gradient is the residual.",
      .formula = "(prediction - target)² / 2",
      .symmetric = true,
      .accuracy = Accuracy::piecewise,
      .elsewhere = "optax.l2_loss   sklearn HalfSquaredError   XGBoost reg:squarederror   LightGBM regression",
      .reference = "Gauss (1809), Theoria motus corporum coelestium",
  };
  template <class Z, class Y, class P>
  FORMULA auto operator()(Z z, Y y, const P&) const {
    const auto e = z - y;
    return (0.5 * e) * e;
  }
};
