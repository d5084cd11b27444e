// Smooth hinge: v = 0 for m >= 1, 1 - m - gamma/2 for m <= 1 - gamma, else (1 - m)^2/(2 gamma).
LOSS(smooth_hinge) {
  enum { labels, gamma };
  static constexpr Pointwise about{
      .family = Family::margin,
      .summary = "Hinge with a quadratic corner of width gamma.",
      .formula = "m >= 1 ? 0 : m <= 1 - gamma ? 1 - m - gamma/2 : (1 - m)²/(2 gamma),  m = t z,  t = target "
                 "(labels=01: 2 target - 1)",
      .target = plus_minus_one,
      .params = {{"labels", 0, real_line, "coding of the target", {{"pm1", 0, &plus_minus_one}, {"01", 1, &zero_or_one}}},
                 {"gamma", 1.0, positive, "width of the corner"}},
      .lipschitz = "1",
      .minimum = "0 for m >= 1",
      .kinks = "in the curvature at m = 1 and m = 1 - gamma",
      .accuracy = Accuracy::piecewise_scaled,
      .mean = Link::sign,
      .elsewhere = "LossFunctions.jl SmoothedL1HingeLoss",
      .reference = "Shalev-Shwartz and Zhang (2013), arXiv:1209.1873",
      .plot_target = 1,
  };
  template <class Z, class Y, class P>
  FORMULA auto operator()(Z z, Y y, const P& p) const {
    const auto m = (p.is(labels, 1) ? 2.0 * y - 1.0 : y) * z;
    const auto short_of = 1.0 - m;
    const auto corner = half_square_over(short_of, p[gamma]);
    return select(m >= 1.0, Y(0.0), select(short_of >= p[gamma], short_of - 0.5 * p[gamma], corner));
  }
  template <class Z, class Y, class P>
  FORMULA auto majorizer(Z, Y, const P& p) const { return Z(1.0) / p[gamma]; }
};
