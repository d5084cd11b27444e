// Binary sparsemax: v = 0 for m >= 1, -m for m <= -1, else (1 - m)^2/4; m = t z, t = -1 or 1.
LOSS(binary_sparsemax) {
  enum { labels };
  static constexpr Pointwise about{
      .family = Family::margin,
      .summary = "Hinge with a quadratic corner; the loss whose probability is a clipped line.",
      .formula = "m >= 1 ? 0 : m <= -1 ? -m : (1 - m)²/4,  m = t z,  t = target (labels=01: 2 target - 1)",
      .target = plus_minus_one,
      .params = {{"labels", 0, real_line, "coding of the target", {{"pm1", 0, &plus_minus_one}, {"01", 1, &zero_or_one}}}},
      .lipschitz = "1",
      .minimum = "0 for m >= 1",
      .kinks = "in the curvature at m = 1 and m = -1",
      .accuracy = Accuracy::piecewise,
      .mean = Link::sign,
      .elsewhere = "optax.sparsemax_loss (targets 0 and 1)",
      .reference = "Martins and Astudillo (2016), arXiv:1602.02068",
      .plot_target = 1,
  };
  template <class Z, class Y, class P>
  FORMULA auto operator()(Z z, Y y, const P& p) const {
    const auto m = (p.is(labels, 1) ? 2.0 * y - 1.0 : y) * z;
    return select(m >= 1.0, Y(0.0), select(m <= -1.0, -m, 0.25 * square(1.0 - m)));
  }
  template <class Z, class Y, class P>
  FORMULA auto majorizer(Z, Y, const P&) const { return Z(0.5); }
};
