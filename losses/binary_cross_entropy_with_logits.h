// Binary cross-entropy of logits: v = (1 - t) z + (1 + (q - 1) t) ln(1 + e^-z), q = pos_weight,
// t = y (1 - s) + s/2 with smoothing s.
LOSS(binary_cross_entropy_with_logits) {
  enum { pos_weight, smoothing };
  static constexpr Pointwise about{
      .family = Family::binary,
      .summary = "Negative log-likelihood of a label given a logit.",
      .formula = "(1 - t) z + (1 + (pos_weight - 1) t) ln(1 + exp(-z)),  t = target (1 - smoothing) + smoothing/2",
      .target = unit_interval,
      .params = {{"pos_weight", 1.0, non_negative, "weight of the positive class"},
                 {"smoothing", 0.0, unit_interval, "moves the target towards 1/2"}},
      .lipschitz = "max(1, pos_weight)",
      .minimum = "0 as the logit goes to the side of a hard target",
      .mean = Link::logistic,
      .elsewhere = "torch.nn.BCEWithLogitsLoss(pos_weight)   keras.losses.BinaryCrossentropy(from_logits=True)   "
                   "optax.sigmoid_binary_cross_entropy   sklearn HalfBinomialLoss   XGBoost binary:logistic   LightGBM binary",
      .reference = "Cox (1958), doi:10.1111/j.2517-6161.1958.tb00292.x",
      .plot_target = 1,
  };
  template <class Y, class P>
  FORMULA auto smoothed(Y y, const P& p) const { return y * (1.0 - p[smoothing]) + 0.5 * p[smoothing]; }
  template <class Z, class Y, class P>
  FORMULA auto operator()(Z z, Y y, const P& p) const {
    return smoothed_logistic_nll(z, y, p[pos_weight], p[smoothing]);
  }
  // (1 + (q - 1) t) tanh(z/2) / (2 z), 1/4 of the weight at 0   (Jaakkola and Jordan 2000, doi:10.1023/A:1008932416310)
  template <class Z, class Y, class P>
  FORMULA auto majorizer(Z z, Y y, const P& p) const {
    const auto weight = 1.0 + (p[pos_weight] - 1.0) * smoothed(y, p);
    return weight * select(z == 0.0, Z(0.25), tanh(0.5 * z) / (2.0 * z));
  }
};
