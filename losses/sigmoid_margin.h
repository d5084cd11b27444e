// Sigmoid: v = 1 - tanh m = 2 s(-2 m), m = t z, t = -1 or 1: a smooth count of mistakes.
LOSS(sigmoid_margin) {
  enum { labels };
  static constexpr Pointwise about{
      .family = Family::margin,
      .summary = "Smooth and bounded; 2 for a gross mistake.",
      .formula = "1 - tanh(m),  m = t z,  t = target (labels=01: 2 target - 1)",
      .target = plus_minus_one,
      .params = {{"labels", 0, real_line, "coding of the target", {{"pm1", 0, &plus_minus_one}, {"01", 1, &zero_or_one}}}},
      .convex = false,
      .lipschitz = "1",
      .minimum = "0 as m goes to inf",
      .accuracy = Accuracy::composite,
      .mean = Link::sign,
      .elsewhere = "LossFunctions.jl SigmoidLoss",
      .reference = "Mason et al. (2000), Advances in Neural Information Processing Systems 12",
      .plot_target = 1,
  };
  template <class Z, class Y, class P>
  FORMULA auto operator()(Z z, Y y, const P& p) const {
    const auto m = (p.is(labels, 1) ? 2.0 * y - 1.0 : y) * z;
    return 2.0 * sigmoid(-2.0 * m);
  }
};
