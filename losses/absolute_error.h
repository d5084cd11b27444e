// Absolute error: v = |z - y|. The median minimises it.
LOSS(absolute_error) {
  static constexpr Pointwise about{
      .family = Family::regression,
      .summary = "Linear everywhere; the median.",
      .formula = "|prediction - target|",
      .symmetric = true,
      .lipschitz = "1",
      .kinks = "in the gradient at prediction = target",
      .accuracy = Accuracy::piecewise,
      .elsewhere = "torch.nn.L1Loss()   keras.losses.MeanAbsoluteError()   sklearn AbsoluteError   LightGBM regression_l1",
      .reference = "Boscovich (1757); Laplace (1793)",
  };
  template <class Z, class Y, class P>
  FORMULA auto operator()(Z z, Y y, const P&) const {
    return abs(z - y);
  }
  // How far the element is from the kink, in the units of the target.
  template <class Z, class Y, class P>
  FORMULA auto kink(Z z, Y y, const P&) const { return abs(z - y); }
  // 1 / max(|z - y|, c0)
  template <class Z, class Y, class P>
  FORMULA auto majorizer(Z z, Y y, const P& p) const { return 1.0 / max(abs(z - y), p.curvature_scale()); }
};
