// Focal: v = alpha_t (1 - p_t)^gamma (-ln p_t), the cross-entropy of logits faded where it is easy;
// gamma = 0 without alpha is binary_cross_entropy_with_logits.
LOSS(focal) {
  enum { gamma, alpha };
  static constexpr Pointwise about{
      .family = Family::binary,
      .summary = "Cross-entropy that fades easy examples.",
      .formula = "alpha_t (1 - p_t)^gamma (-ln p_t),  p_t = target s(z) + (1 - target) s(-z)",
      .target = unit_interval,
      .params = {{"gamma", 2.0, non_negative, "how fast easy examples fade"},
                 {"alpha", none, unit_interval, "weight of positives, 1 - alpha of negatives"}},
      .convex = false,
      .minimum = "0 as the logit goes to the side of a hard target",
      .mean = Link::logistic,
      .elsewhere = "torchvision.ops.sigmoid_focal_loss (alpha=0.25)   keras.losses.BinaryFocalCrossentropy(from_logits=True)   "
                   "optax.sigmoid_focal_loss",
      .reference = "Lin et al. (2017), arXiv:1708.02002",
      .plot_target = 1,
  };
  template <class Z, class Y, class P>
  FORMULA auto operator()(Z z, Y y, const P& p) const {
    return p.none(alpha) ? focal_nll(z, y, p[gamma]) : focal_nll(z, y, p[gamma], p[alpha]);
  }
};
