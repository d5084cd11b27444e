// Kullback-Leibler divergence of log-probabilities x: v = sum_c t_c (ln t_c - x_c); log_target: t_c = e^target.
LOSS(kl_divergence_with_log_probabilities) {
  enum { log_target };
  static constexpr Row about{
      .family = Family::divergence,
      .summary = "KL divergence of a prediction given as log-probabilities.",
      .formula = "Σ t (ln t - prediction),  t = target (log_target: exp(target))",
      .prediction = non_positive,
      .target = distribution,
      .params = {{"log_target", 0, non_negative, "the target holds log-probabilities",
                  {{"false", 0, &distribution}, {"true", 1, &log_distribution}}}},
      .activation = Link::log_softmax,
      .mean = Link::exponential,
      .elsewhere = "torch.nn.KLDivLoss(log_target)   optax.kl_divergence",
      .reference = "Kullback and Leibler (1951), doi:10.1214/aoms/1177729694",
  };
  using statistics = Statistics<Sum>;
  template <class Z, class Y, class P>
  FORMULA auto element(Z x, Y target, const P& p) const {
    const auto t = p.is(log_target, 1) ? exp(target) : target;
    const auto negative_entropy = p.is(log_target, 1) ? coefficient(t, target) : xlogx(target);
    return negative_entropy - coefficient(t, x);
  }
  template <class S, class P>
  FORMULA auto operator()(S sum, const P&) const { return sum; }
};
