// Pseudo-Huber: v = delta^2 (sqrt(1 + u^2) - 1), u = (z - y)/delta.
LOSS(pseudo_huber) {
  enum { delta };
  static constexpr Pointwise about{
      .family = Family::regression,
      .summary = "Huber with smooth derivatives of every order.",
      .formula = "delta² (sqrt(1 + u²) - 1),  u = (prediction - target)/delta",
      .params = {{.name = "delta",
                  .value = 1.0,
                  .range = positive,
                  .meaning = "where the tails begin",
                  .residual_length = true}},
      .symmetric = true,
      .lipschitz = "delta",
      .accuracy = Accuracy::composite,
      .elsewhere = "XGBoost reg:pseudohubererror(huber_slope)   Ceres SoftLOneLoss(a) (doubled)   kornia "
                   "charbonnier_loss",
      .reference = "Hartley and Zisserman (2003), Multiple View Geometry, A6.8; Charbonnier et al. (1994), "
                   "doi:10.1109/ICIP.1994.413553",
  };
  template <class Z, class Y, class P>
  FORMULA auto operator()(Z z, Y y, const P& p) const {
    return p[delta] * hyperbola(z - y, p[delta]);
  }
  // 1 / sqrt(1 + u^2)
  template <class Z, class Y, class P>
  FORMULA auto majorizer(Z z, Y y, const P& p) const { return p[delta] / (p[delta] + hyperbola(z - y, p[delta])); }
};
