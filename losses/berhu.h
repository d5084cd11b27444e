// Reverse Huber: v = a for a <= c, else (d^2 + c^2)/(2c), a = |d|, d = z - y.
LOSS(berhu) {
  enum { c };
  static constexpr Pointwise about{
      .family = Family::regression,
      .summary = "Linear near zero, quadratic in the tails: Huber turned round.",
      .formula = "a <= c ? a : (d² + c²)/(2c),  a = |d|,  d = prediction - target",
      .params = {{.name = "c",
                  .value = 1.0,
                  .range = positive,
                  .meaning = "where the tails begin",
                  .residual_length = true}},
      .symmetric = true,
      .kinks = "in the gradient at prediction = target, in the curvature at a = c",
      .accuracy = Accuracy::piecewise_scaled,
      .reference = "Owen (2007), doi:10.1090/conm/443/08555",
  };
  template <class Z, class Y, class P>
  FORMULA auto operator()(Z z, Y y, const P& p) const {
    const auto d = z - y;
    const auto a = abs(d);
    return select(a <= p[c], a, half_square_over(d, p[c]) + 0.5 * p[c]);
  }
};
