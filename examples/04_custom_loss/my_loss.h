// Huber's loss once more, as a loss of one's own is written: the facts and the formula, nothing else.
LOSS(my_huber) {
  enum { delta };
  static constexpr Pointwise about{
      .family = Family::regression,
      .summary = "Quadratic near zero, linear in the tails.",
      .formula = "a <= delta ? a²/2 : delta (a - delta/2),  a = |prediction - target|",
      .params = {{"delta", 1.0, positive, "where the tails begin"}},
      .symmetric = true,
      .lipschitz = "delta",
      .kinks = "in the curvature at a = delta",
      .accuracy = Accuracy::piecewise_scaled,
  };
  template <class Z, class Y, class P>
  FORMULA auto operator()(Z z, Y y, const P& p) const {
    const auto e = z - y;
    const auto a = abs(e);
    return select(a <= p[delta], (0.5 * e) * e, p[delta] * (a - 0.5 * p[delta]));
  }
};
