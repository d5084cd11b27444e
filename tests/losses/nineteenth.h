// A pointwise and a row loss that only the tests know. They prove that a loss needs its file and golden rows, nothing
// else: every test over the catalogue finds them.

// Cauchy: v = c^2/2 ln(1 + (d/c)^2), d = z - y.
LOSS(test_cauchy) {
  enum { scale };
  static constexpr Pointwise about{
      .family = Family::regression,
      .summary = "Quadratic near zero, logarithmic in the tails.",
      .formula = "c²/2 ln(1 + (d/c)²),  d = prediction - target, c = scale",
      .params = {{.name = "scale", .value = 1.5, .range = positive, .meaning = "where the tails begin", .residual_length = true}},
      .convex = false,
      .symmetric = true,
      .lipschitz = "scale/2",
      .accuracy = Accuracy::unbounded,
      .reference = "Black and Anandan (1996), doi:10.1006/cviu.1996.0006",
  };
  template <class Z, class Y, class P>
  FORMULA auto operator()(Z z, Y y, const P& p) const {
    return (0.5 * p[scale] * p[scale]) * log1p(square((z - y) / p[scale]));
  }
  // 1 / (1 + (d/c)^2)
  template <class Z, class Y, class P>
  FORMULA auto majorizer(Z z, Y y, const P& p) const { return 1.0 / (1.0 + square((z - y) / p[scale])); }
};

// Poly-1: the cross-entropy ce of softmax, and epsilon (1 - exp(-ce)).
LOSS(test_poly1) {
  enum { epsilon };
  static constexpr Row about{
      .family = Family::softmax,
      .summary = "Cross-entropy with its first polynomial term weighted anew.",
      .formula = "ce + epsilon (1 - exp(-ce)),  ce = Σ w q (lse(z) - z)",
      .target = class_index_or_distribution,
      .params = {{"epsilon", 1.0, non_negative, "weight of 1 - exp(-ce)"}},
      .convex = false,
      .minimum = "0 as the target's logit goes to inf",
      .mean = Link::softmax,
      .reference = "Leng et al. (2022), arXiv:2204.12511",
      .plot_target = 1,
  };
  using statistics = Statistics<CrossEntropy<>>;
  template <class S, class P>
  FORMULA auto operator()(S cross_entropy, const P& p) const {
    return cross_entropy - p[epsilon] * expm1(-cross_entropy);
  }
};
