// Softmax cross-entropy: v = sum_c w_c q_c (lse - u_c) + z_weight lse^2, q = (1 - s) target + s/K,
// u = softcap tanh(z / softcap) / temperature.
LOSS(softmax_cross_entropy) {
  enum { smoothing, z_weight, temperature, softcap };
  static constexpr Row about{
      .family = Family::softmax,
      .summary = "Negative log-likelihood of the target class.",
      .formula = "Σ w q (lse(u) - u) + z_weight lse(u)²,  q = (1 - smoothing) target + smoothing/K",
      .target = class_index_or_distribution,
      .params = {{"smoothing", 0, unit_interval, "share of the target spread over all classes"},
                 {"z_weight", 0, non_negative, "weight of the squared log-partition"},
                 {"temperature", 1, positive, "divides the logits"},
                 {"softcap", none, positive, "bound of the logits: softcap tanh(z / softcap)"}},
      .lipschitz = "1",
      .minimum = "0 as the target's logit goes to inf",
      .mean = Link::softmax,
      .elsewhere = "torch.nn.CrossEntropyLoss   keras.losses.CategoricalCrossentropy(from_logits=True)   "
                   "optax.softmax_cross_entropy   sklearn HalfMultinomialLoss",
      .reference = "Bridle (1990), doi:10.1007/978-3-642-76153-9_28; smoothing: Szegedy et al. (2016), arXiv:1512.00567",
  };
  using statistics = Statistics<CrossEntropy<smoothing>, LogPartition>;
  static constexpr int tempered_by = temperature;
  template <class T>
  static bool transforms_with(const T* p) { return p[softcap] == p[softcap]; }
  template <class Z, class P>
  FORMULA auto logit(Z z, const P& p) const { return select(p.none(softcap), z, soft_cap(z, p[softcap])); }
  // The Hessian of the log-partition is at most I/2 everywhere (Böhning 1992, doi:10.1007/BF00048682), and at this point
  // at most its rows' absolute sums, 2 p (1 - p) (Gershgorin 1931).
  static constexpr const char* bounds_need = "z_weight=0 and no softcap";
  template <class T>
  static bool bounded_with(const T* p) { return p[z_weight] == 0 && p[softcap] != p[softcap]; }
  template <class V, class P>
  FORMULA auto majorizer(V weight, const P& p) const { return 0.5 * weight / square(p[temperature]); }
  template <class V, class P>
  FORMULA auto diagonal_bound(V weight, V probability, V others, const P& p) const {
    return 2.0 * weight * (probability * others) / square(p[temperature]);
  }
  template <class S, class P>
  FORMULA auto operator()(S cross_entropy, S log_partition, const P& p) const {
    return cross_entropy + coefficient(p[z_weight], square(log_partition));
  }
};
