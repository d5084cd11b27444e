// Quantile (pinball): v = max(tau u, (tau - 1) u), u = y - z. The tau-quantile minimises it.
LOSS(quantile) {
  enum { tau };
  static constexpr Pointwise about{
      .family = Family::regression,
      .summary = "Pinball; the tau-quantile.",
      .formula = "max(tau u, (tau - 1) u),  u = target - prediction",
      .params = {{"tau", 0.5, open_unit_interval, "which quantile; a list gives one per column", {}, true}},
      .lipschitz = "max(tau, 1 - tau)",
      .kinks = "in the gradient at prediction = target",
      .accuracy = Accuracy::piecewise,
      .elsewhere = "sklearn PinballLoss, mean_pinball_loss(alpha)   XGBoost reg:quantileerror   LightGBM quantile   "
                   "CatBoost Quantile",
      .reference = "Koenker and Bassett (1978), doi:10.2307/1913643",
  };
  template <class Z, class Y, class P>
  FORMULA auto operator()(Z z, Y y, const P& p) const {
    const auto u = y - z;
    // The sign of u decides, not the products: those of a tiny u are both 0.
    const auto slope = select(u > 0.0, p[tau], select(u < 0.0, p[tau] - 1.0, Y(0.0)));
    return slope * u;
  }
  template <class Z, class Y, class P>
  FORMULA auto kink(Z z, Y y, const P&) const { return abs(z - y); }
  // 1 / (2 max(|u|, c0))
  template <class Z, class Y, class P>
  FORMULA auto majorizer(Z z, Y y, const P& p) const { return 0.5 / max(abs(z - y), p.curvature_scale()); }
};
