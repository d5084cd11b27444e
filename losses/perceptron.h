// Perceptron: v = max(0, -m), m = t z, t = -1 or 1.
LOSS(perceptron) {
  enum { labels };
  static constexpr Pointwise about{
      .family = Family::margin,
      .summary = "Linear on the wrong side, 0 on the right one.",
      .formula = "max(0, -m),  m = t z,  t = target (labels=01: 2 target - 1)",
      .target = plus_minus_one,
      .params = {{"labels", 0, real_line, "coding of the target", {{"pm1", 0, &plus_minus_one}, {"01", 1, &zero_or_one}}}},
      .lipschitz = "1",
      .minimum = "0 for m >= 0",
      .kinks = "in the gradient at m = 0",
      .accuracy = Accuracy::piecewise,
      .mean = Link::sign,
      .elsewhere = "optax.perceptron_loss   sklearn perceptron   LossFunctions.jl PerceptronLoss",
      .reference = "Rosenblatt (1958), doi:10.1037/h0042519",
      .plot_target = 1,
  };
  template <class Z, class Y, class P>
  FORMULA auto operator()(Z z, Y y, const P& p) const {
    const auto m = (p.is(labels, 1) ? 2.0 * y - 1.0 : y) * z;
    return max(-m, 0.0);
  }
};
