// Modified Huber: v = max(0, 1 - m)^2 for m >= -1, else -4 m; m = t z, t = -1 or 1.
LOSS(modified_huber) {
  enum { labels };
  static constexpr Pointwise about{
      .family = Family::margin,
      .summary = "Squared hinge that turns linear for gross mistakes.",
      .formula = "m >= -1 ? max(0, 1 - m)² : -4 m,  m = t z,  t = target (labels=01: 2 target - 1)",
      .target = plus_minus_one,
      .params = {{"labels", 0, real_line, "coding of the target", {{"pm1", 0, &plus_minus_one}, {"01", 1, &zero_or_one}}}},
      .lipschitz = "4",
      .minimum = "0 for m >= 1",
      .kinks = "in the curvature at m = 1 and m = -1",
      .accuracy = Accuracy::piecewise,
      .mean = Link::sign,
      .elsewhere = "sklearn modified_huber   LossFunctions.jl ModifiedHuberLoss",
      .reference = "Zhang (2004), doi:10.1145/1015330.1015332",
      .plot_target = 1,
  };
  template <class Z, class Y, class P>
  FORMULA auto operator()(Z z, Y y, const P& p) const {
    const auto m = (p.is(labels, 1) ? 2.0 * y - 1.0 : y) * z;
    return select(m >= -1.0, square(max(1.0 - m, 0.0)), -4.0 * m);
  }
  template <class Z, class Y, class P>
  FORMULA auto majorizer(Z, Y, const P&) const { return Z(2.0); }
};
