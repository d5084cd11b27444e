// Soft margin: v = ln(1 + e^-m), m = t z, t = -1 or 1: logistic regression on signed labels.
LOSS(soft_margin) {
  enum { labels };
  static constexpr Pointwise about{
      .family = Family::margin,
      .summary = "Negative log-likelihood of a signed label; binary cross-entropy with logits in another coding.",
      .formula = "ln(1 + exp(-m)),  m = t z,  t = target (labels=01: 2 target - 1)",
      .target = plus_minus_one,
      .params = {{"labels", 0, real_line, "coding of the target", {{"pm1", 0, &plus_minus_one}, {"01", 1, &zero_or_one}}}},
      .lipschitz = "1",
      .minimum = "0 as m goes to inf",
      .mean = Link::sign,
      .elsewhere = "torch.nn.SoftMarginLoss   sklearn log_loss   Vowpal Wabbit logistic   LossFunctions.jl "
                   "LogitMarginLoss",
      .reference = "Cox (1958), doi:10.1111/j.2517-6161.1958.tb00292.x",
      .plot_target = 1,
  };
  template <class Z, class Y, class P>
  FORMULA auto operator()(Z z, Y y, const P& p) const {
    const auto m = (p.is(labels, 1) ? 2.0 * y - 1.0 : y) * z;
    return softplus(-m);
  }
};
