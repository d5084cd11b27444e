// Kullback-Leibler divergence from the softmax of logits: v = sum_c t_c ln t_c + sum_c t_c (lse(z) - z_c).
LOSS(kl_divergence_with_logits) {
  static constexpr Row about{
      .family = Family::divergence,
      .summary = "KL divergence of a prediction given as logits.",
      .formula = "Σ t (ln t - z + lse(z)),  t = target",
      .target = distribution,
      .mean = Link::softmax,
      .elsewhere = "softmax_cross_entropy with a distribution, less the target's entropy",
      .reference = "Kullback and Leibler (1951), doi:10.1214/aoms/1177729694",
  };
  using statistics = Statistics<CrossEntropy<>, Sum>;
  template <class Z, class Y, class P>
  FORMULA auto element(Z, Y target, const P&) const { return xlogx(target); }
  template <class S, class P>
  FORMULA auto operator()(S cross_entropy, S negative_entropy, const P&) const {
    return cross_entropy + negative_entropy;
  }
};
