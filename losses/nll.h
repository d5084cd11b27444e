// Negative log-likelihood of log-probabilities: v = -w_t x_t.
LOSS(nll) {
  static constexpr Row about{
      .family = Family::softmax,
      .summary = "Picks the target's log-probability; prefer softmax_cross_entropy on logits.",
      .formula = "-w x at the target class,  x = prediction",
      .prediction = non_positive,
      .target = class_index,
      .minimum = "0 at x = 0",
      .accuracy = Accuracy::piecewise,
      .activation = Link::log_softmax,
      .mean = Link::exponential,
      .elsewhere = "torch.nn.NLLLoss   mlx nll_loss",
      .reference = "Fisher (1922), doi:10.1098/rsta.1922.0009",
  };
  using statistics = Statistics<Sum>;
  static constexpr bool only_at_target = true;
  template <class Z, class Y, class P>
  FORMULA auto element(Z z, Y target, const P&) const { return -coefficient(target, z); }
  template <class S, class P>
  FORMULA auto operator()(S sum, const P&) const { return sum; }
};
