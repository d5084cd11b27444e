// Binary cross-entropy of probabilities: v = -y ln p - (1 - y) ln(1 - p), exact to p = 0 and 1 (no clipping).
LOSS(binary_cross_entropy) {
  static constexpr Pointwise about{
      .family = Family::binary,
      .summary = "Negative log-likelihood of a probability; prefer the form with logits.",
      .formula = "-target ln p - (1 - target) ln(1 - p),  p = prediction",
      .prediction = unit_interval,
      .target = unit_interval,
      .activation = Link::logistic,
      .elsewhere = "torch.nn.BCELoss() (log cut at -100)   keras.losses.BinaryCrossentropy() (clips at 1e-7)   "
                   "sklearn log_loss (clips at eps)",
      .reference = "Good (1952), doi:10.1111/j.2517-6161.1952.tb00104.x",
      .plot_target = 1,
  };
  template <class Z, class Y, class P>
  FORMULA auto operator()(Z z, Y y, const P&) const {
    return -(xlogy(y, z) + xlog1py(1.0 - y, -z));
  }
};
