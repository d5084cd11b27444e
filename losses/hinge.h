// Hinge: v = max(0, 1 - t z), t = -1 or 1 (labels=01: t = 2 y - 1).
LOSS(hinge) {
  enum { labels };
  static constexpr Pointwise about{
      .family = Family::margin,
      .summary = "Linear below the margin, 0 beyond it; the support vector machine.",
      .formula = "max(0, 1 - t z),  t = target (labels=01: 2 target - 1)",
      .target = plus_minus_one,
      .params = {{"labels", 0, real_line, "coding of the target", {{"pm1", 0, &plus_minus_one}, {"01", 1, &zero_or_one}}}},
      .lipschitz = "1",
      .minimum = "0 for t z >= 1",
      .kinks = "in the gradient at t z = 1",
      .accuracy = Accuracy::piecewise,
      .mean = Link::sign,
      .elsewhere = "keras.losses.Hinge()   optax.hinge_loss   sklearn hinge_loss   XGBoost binary:hinge",
      .reference = "Cortes and Vapnik (1995), doi:10.1007/BF00994018",
      .plot_target = 1,
  };
  template <class Y, class P>
  FORMULA auto signed_target(Y y, const P& p) const { return p.is(labels, 1) ? 2.0 * y - 1.0 : y; }
  template <class Z, class Y, class P>
  FORMULA auto operator()(Z z, Y y, const P& p) const {
    return max(1.0 - signed_target(y, p) * z, 0.0);
  }
  template <class Z, class Y, class P>
  FORMULA auto kink(Z z, Y y, const P& p) const { return abs(1.0 - signed_target(y, p) * z); }
  // 1 / (2 max(|1 - m|, c0))
  template <class Z, class Y, class P>
  FORMULA auto majorizer(Z z, Y y, const P& p) const { return 0.5 / max(kink(z, y, p), p.curvature_scale()); }
};
