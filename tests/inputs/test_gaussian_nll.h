// Gaussian negative log-likelihood of mean and variance: (log v + (target - mean)^2 / v) / 2.
LOSS(test_gaussian_nll) {
  enum { full };
  static constexpr Pointwise about{
      .family = Family::regression,
      .summary = "Negative log-likelihood of a normal law; mean and variance are both predicted.",
      .formula = "(log v + d²/v)/2,  d = prediction - target, v = variance;  full: + log(2π)/2",
      .params = {{.name = "full", .value = 0, .meaning = "adds log(2π)/2, which no input depends on", .choices = {no, yes}}},
      .inputs = {{"variance", positive, "of the law, in squared units of the target"}},
      .convex = false,
      .minimum = "log(v)/2 at prediction = target; none in v there",
      .elsewhere = "torch.nn.GaussianNLLLoss (variance clamped at 1e-6, its gradient not)   mlx gaussian_nll_loss",
      .reference = "Nix and Weigend (1994), doi:10.1109/ICNN.1994.374138",
  };
  // by the mean: 1/v; by the variance: d^2/v^3 - 1/(2 v^2)
  template <class Z, class U, class Y, class P>
  FORMULA auto operator()(Z mean, U variance, Y y, const P& p) const {
    return 0.5 * (log(variance) + square(mean - y) / variance) + (p.is(full, 1) ? 0.91893853320467274178 : 0.0);
  }
  // The expected Hessian is diagonal: 1/v, 1/(2 v^2).
  template <class Z, class U, class Y, class P>
  FORMULA auto fisher(Z, U variance, Y, const P&) const {
    return diagonal(1.0 / variance, 0.5 / square(variance));
  }
};
