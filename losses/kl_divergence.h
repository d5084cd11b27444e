// Kullback-Leibler divergence of probabilities: v = sum_c t_c ln(t_c / p_c).
LOSS(kl_divergence) {
  static constexpr Row about{
      .family = Family::divergence,
      .summary = "How far a distribution lies from the target's.",
      .formula = "Σ target ln(target / prediction)",
      .prediction = unit_interval,
      .target = distribution,
      .activation = Link::softmax,
      .elsewhere = "keras.losses.KLDivergence() (clips to [1e-7, 1])",
      .reference = "Kullback and Leibler (1951), doi:10.1214/aoms/1177729694",
  };
  using statistics = Statistics<Sum>;
  template <class Z, class Y, class P>
  FORMULA auto element(Z z, Y target, const P&) const { return kl_term(target, z); }
  template <class S, class P>
  FORMULA auto operator()(S sum, const P&) const { return sum; }
};
