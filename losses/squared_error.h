// Squared error: v = (z - y)^2. The mean minimises it.
LOSS(squared_error) {
  static constexpr Pointwise about{
      .family = Family::regression,
      .summary = "Quadratic everywhere; the mean.",
      .formula = "(prediction - target)²",
      .symmetric = true,
      .accuracy = Accuracy::piecewise,
      .elsewhere = "torch.nn.MSELoss()   keras.losses.MeanSquaredError()   optax.squared_error   sklearn mean_squared_error",
      .reference = "Gauss (1809), Theoria motus corporum coelestium",
  };
  template <class Z, class Y, class P>
  FORMULA auto operator()(Z z, Y y, const P&) const {
    return square(z - y);
  }
};
