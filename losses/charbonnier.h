// Charbonnier: v = sqrt(d^2 + epsilon^2) - epsilon, d = z - y: a smooth absolute error, pseudo_huber / epsilon.
LOSS(charbonnier) {
  enum { epsilon };
  static constexpr Pointwise about{
      .family = Family::regression,
      .summary = "Absolute error, rounded off near zero.",
      .formula = "sqrt(d² + epsilon²) - epsilon,  d = prediction - target",
      .params = {{.name = "epsilon",
                  .value = 1e-3,
                  .range = positive,
                  .meaning = "how far from zero it is round",
                  .residual_length = true}},
      .symmetric = true,
      .lipschitz = "1",
      .accuracy = Accuracy::composite,
      .elsewhere = "papers leave out - epsilon",
      .reference = "Charbonnier et al. (1994), doi:10.1109/ICIP.1994.413553",
  };
  template <class Z, class Y, class P>
  FORMULA auto operator()(Z z, Y y, const P& p) const {
    return hyperbola(z - y, p[epsilon]);
  }
  template <class Z, class Y, class P>
  FORMULA auto majorizer(Z z, Y y, const P& p) const {
    return 1.0 / (p[epsilon] + hyperbola(z - y, p[epsilon]));
  }
};
