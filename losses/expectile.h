// Expectile: v = b d^2, d = z - y, b = 1 - tau where d >= 0, else tau. The tau-expectile minimises it.
LOSS(expectile) {
  enum { tau };
  static constexpr Pointwise about{
      .family = Family::regression,
      .summary = "Squared error with a weight for each side; the tau-expectile, at 0.5 half the mean's.",
      .formula = "b d²,  d = prediction - target,  b = d >= 0 ? 1 - tau : tau",
      .params = {{"tau", 0.5, open_unit_interval, "which expectile; a list gives one per column", {}, true}},
      .kinks = "none; with another tau in the curvature at prediction = target",
      .accuracy = Accuracy::piecewise,
      .elsewhere = "CatBoost Expectile   XGBoost reg:expectileerror (half of it)   Vowpal Wabbit expectile",
      .reference = "Newey and Powell (1987), doi:10.2307/1911031",
  };
  template <class Z, class Y, class P>
  FORMULA auto operator()(Z z, Y y, const P& p) const {
    return tilted_square(z - y, p[tau]);
  }
};
