// Exponential: v = e^-m, m = t z, t = -1 or 1: the loss of AdaBoost.
LOSS(exponential) {
  enum { labels };
  static constexpr Pointwise about{
      .family = Family::margin,
      .summary = "Exponential in the margin; AdaBoost. One confident mistake outweighs all else.",
      .formula = "exp(-m),  m = t z,  t = target (labels=01: 2 target - 1)",
      .target = plus_minus_one,
      .params = {{"labels", 0, real_line, "coding of the target", {{"pm1", 0, &plus_minus_one}, {"01", 1, &zero_or_one}}}},
      .minimum = "0 as m goes to inf",
      .mean = Link::sign,
      .elsewhere = "sklearn ExponentialLoss (targets 0 and 1)   LossFunctions.jl ExpLoss",
      .reference = "Freund and Schapire (1997), doi:10.1006/jcss.1997.1504",
      .plot_target = 1,
  };
  template <class Z, class Y, class P>
  FORMULA auto operator()(Z z, Y y, const P& p) const {
    const auto m = (p.is(labels, 1) ? 2.0 * y - 1.0 : y) * z;
    return exp(-m);
  }
};
