// Squared hinge: v = max(0, 1 - t z)^2, t = -1 or 1 (labels=01: t = 2 y - 1).
LOSS(squared_hinge) {
  enum { labels };
  static constexpr Pointwise about{
      .family = Family::margin,
      .summary = "Quadratic below the margin, 0 beyond it.",
      .formula = "max(0, 1 - t z)²,  t = target (labels=01: 2 target - 1)",
      .target = plus_minus_one,
      .params = {{"labels", 0, real_line, "coding of the target", {{"pm1", 0, &plus_minus_one}, {"01", 1, &zero_or_one}}}},
      .minimum = "0 for t z >= 1",
      .kinks = "in the curvature at t z = 1",
      .accuracy = Accuracy::piecewise,
      .mean = Link::sign,
      .elsewhere = "keras.losses.SquaredHinge()   sklearn squared_hinge",
      .reference = "Lee and Mangasarian (2001), doi:10.1023/A:1011215321374",
      .plot_target = 1,
  };
  template <class Z, class Y, class P>
  FORMULA auto operator()(Z z, Y y, const P& p) const {
    const auto t = p.is(labels, 1) ? 2.0 * y - 1.0 : y;
    return square(max(1.0 - t * z, 0.0));
  }
  template <class Z, class Y, class P>
  FORMULA auto majorizer(Z, Y, const P&) const { return Z(2.0); }
};
