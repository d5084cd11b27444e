// Ramp: v = min(max(0, 1 - m), 2), m = t z, t = -1 or 1: a hinge that stops to grow.
LOSS(ramp) {
  enum { labels };
  static constexpr Pointwise about{
      .family = Family::margin,
      .summary = "Hinge that is cut at 2: gross mistakes have no pull.",
      .formula = "min(max(0, 1 - m), 2),  m = t z,  t = target (labels=01: 2 target - 1)",
      .target = plus_minus_one,
      .params = {{"labels", 0, real_line, "coding of the target", {{"pm1", 0, &plus_minus_one}, {"01", 1, &zero_or_one}}}},
      .convex = false,
      .lipschitz = "1",
      .minimum = "0 for m >= 1",
      .kinks = "in the gradient at m = 1 and m = -1",
      .accuracy = Accuracy::piecewise,
      .mean = Link::sign,
      .reference = "Collobert et al. (2006), doi:10.1145/1143844.1143870",
      .plot_target = 1,
  };
  template <class Z, class Y, class P>
  FORMULA auto operator()(Z z, Y y, const P& p) const {
    const auto m = (p.is(labels, 1) ? 2.0 * y - 1.0 : y) * z;
    return select(m <= -1.0, Y(2.0), max(1.0 - m, 0.0));
  }
};
