// Savage: v = s(-m)^2, s the logistic function, m = t z, t = -1 or 1.
LOSS(savage) {
  enum { labels };
  static constexpr Pointwise about{
      .family = Family::margin,
      .summary = "Squared probability of being wrong; bounded, so that outliers are given up.",
      .formula = "1/(1 + exp(m))²,  m = t z,  t = target (labels=01: 2 target - 1)",
      .target = plus_minus_one,
      .params = {{"labels", 0, real_line, "coding of the target", {{"pm1", 0, &plus_minus_one}, {"01", 1, &zero_or_one}}}},
      .convex = false,
      .lipschitz = "8/27",
      .minimum = "0 as m goes to inf",
      .accuracy = Accuracy::composite,
      .mean = Link::sign,
      .reference = "Masnadi-Shirazi and Vasconcelos (2008), Advances in Neural Information Processing Systems 21",
      .plot_target = 1,
  };
  template <class Z, class Y, class P>
  FORMULA auto operator()(Z z, Y y, const P& p) const {
    const auto m = (p.is(labels, 1) ? 2.0 * y - 1.0 : y) * z;
    return square(sigmoid(-m));
  }
};
