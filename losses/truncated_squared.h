// Truncated squared: v = min(d^2, c^2)/2, d = z - y: what is farther than c does not count.
LOSS(truncated_squared) {
  enum { c };
  static constexpr Pointwise about{
      .family = Family::regression,
      .summary = "Half the squared error up to c, constant beyond: outliers have no pull at all.",
      .formula = "min(d², c²)/2,  d = prediction - target",
      .params = {{.name = "c",
                  .value = 2.0,
                  .range = positive,
                  .meaning = "where the loss ends to grow",
                  .residual_length = true}},
      .convex = false,
      .symmetric = true,
      .lipschitz = "c",
      .kinks = "in the gradient at |d| = c",
      .accuracy = Accuracy::piecewise,
      .elsewhere = "statsmodels TrimmedMean",
      .reference = "Hinich and Talwar (1975), doi:10.1080/01621459.1975.10480277",
  };
  template <class Z, class Y, class P>
  FORMULA auto operator()(Z z, Y y, const P& p) const {
    const auto d = z - y;
    return select(abs(d) > p[c], (0.5 * p[c]) * p[c], (0.5 * d) * d);
  }
};
