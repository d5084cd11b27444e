// Smooth L1: Huber divided by its own beta, so that the tails have slope 1; beta = 0 is absolute_error.
LOSS(smooth_l1) {
  enum { beta };
  static constexpr Pointwise about{
      .family = Family::regression,
      .summary = "Quadratic near zero, slope 1 in the tails.",
      .formula = "a <= beta ? a²/(2 beta) : a - beta/2,  a = |prediction - target|",
      .params = {{.name = "beta",
                  .value = 1.0,
                  .range = non_negative,
                  .meaning = "where the tails begin; 0 gives absolute_error",
                  .residual_length = true}},
      .symmetric = true,
      .lipschitz = "1",
      .kinks = "in the curvature at a = beta; beta = 0: in the gradient at 0",
      .accuracy = Accuracy::piecewise_scaled,
      .elsewhere = "torch.nn.SmoothL1Loss(beta)   detectron2 smooth_l1_loss",
      .reference = "Girshick (2015), arXiv:1504.08083",
  };
  template <class Z, class Y, class P>
  FORMULA auto operator()(Z z, Y y, const P& p) const {
    const auto e = z - y;
    const auto a = abs(e);
    return select((a <= p[beta]) & (p[beta] > 0.0), half_square_over(e, p[beta]), a - 0.5 * p[beta]);
  }
  // 1 / max(a, beta)
  template <class Z, class Y, class P>
  FORMULA auto majorizer(Z z, Y y, const P& p) const { return 1.0 / max(abs(z - y), p[beta]); }
};
