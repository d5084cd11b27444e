// A function per loss: parameters that can be named and completed, no text, nothing allocated that grows with
// the data. Written by tools/generate_header.cpp from the facts of the losses; do not edit.
//     mm::huber(prediction, target, {.delta = 1.5}, {.gradient = gradient, .weight = weight})
// A call is what minimand::loss("huber:delta=1.5") does, with the same bits. Arrays: see array.hpp; options: see
// call.hpp; both stay the caller's. Failures throw minimand::error, and outputs are then unspecified.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include <minimand/call.hpp>
#include <minimand/detail.hpp>

namespace minimand {

// Coding of the target.
enum class labels : std::uint8_t { pm1 = 0, zero_one = 1 };

// Quadratic everywhere; the mean.
//   (prediction - target)²
// Prediction: any real number. Target: any real number.
// Shapes: target has the shape of prediction, trailing axes of size 1 aside; values too.
// Errors: SHP001 shapes, SHP002 types, SHP003 overlapping outputs, DOM003 weights, PAR005 options.
// Elsewhere: torch.nn.MSELoss(), keras.losses.MeanSquaredError(), optax.squared_error, sklearn
//   mean_squared_error
// Gauss (1809), Theoria motus corporum coelestium
inline Result squared_error(const array& prediction, const array& target, const Call& call = {}) {
  static const LossEntry& entry = detail::entry("squared_error");
  return detail::evaluate(entry, {}, prediction, target, call);
}

// Half of the square; its gradient is the residual.
//   (prediction - target)² / 2
// Prediction: any real number. Target: any real number.
// Shapes: target has the shape of prediction, trailing axes of size 1 aside; values too.
// Errors: SHP001 shapes, SHP002 types, SHP003 overlapping outputs, DOM003 weights, PAR005 options.
// Elsewhere: optax.l2_loss, sklearn HalfSquaredError, XGBoost reg:squarederror, LightGBM regression
// Gauss (1809), Theoria motus corporum coelestium
inline Result half_squared_error(const array& prediction, const array& target, const Call& call = {}) {
  static const LossEntry& entry = detail::entry("half_squared_error");
  return detail::evaluate(entry, {}, prediction, target, call);
}

// Linear everywhere; the median.
//   |prediction - target|
// Prediction: any real number. Target: any real number.
// Shapes: target has the shape of prediction, trailing axes of size 1 aside; values too.
// Errors: SHP001 shapes, SHP002 types, SHP003 overlapping outputs, DOM003 weights, PAR005 options.
// Elsewhere: torch.nn.L1Loss(), keras.losses.MeanAbsoluteError(), sklearn AbsoluteError, LightGBM
//   regression_l1
// Boscovich (1757); Laplace (1793)
inline Result absolute_error(const array& prediction, const array& target, const Call& call = {}) {
  static const LossEntry& entry = detail::entry("absolute_error");
  return detail::evaluate(entry, {}, prediction, target, call);
}

// Quadratic near zero, linear in the tails.
//   a <= delta ? a²/2 : delta (a - delta/2), a = |prediction - target|
// Prediction: any real number. Target: any real number.
// Shapes: target has the shape of prediction, trailing axes of size 1 aside; values too.
// Errors: SHP001 shapes, SHP002 types, SHP003 overlapping outputs, DOM003 weights, PAR003 parameters, PAR005
//   options.
// Elsewhere: torch.nn.HuberLoss(delta), keras.losses.Huber(delta), optax.huber_loss(delta), sklearn
//   HuberLoss: delta from a quantile
// Huber (1964), doi:10.1214/aoms/1177703732
struct huber_parameters {
  double delta = 1;  // where the tails begin; inf gives half_squared_error; more than 0, inf allowed
};
inline Result huber(const array& prediction, const array& target,
                    const huber_parameters& parameters = {}, const Call& call = {}) {
  static const LossEntry& entry = detail::entry("huber");
  return detail::evaluate(entry, {parameters.delta}, prediction, target, call);
}

// Quadratic near zero, slope 1 in the tails.
//   a <= beta ? a²/(2 beta) : a - beta/2, a = |prediction - target|
// Prediction: any real number. Target: any real number.
// Shapes: target has the shape of prediction, trailing axes of size 1 aside; values too.
// Errors: SHP001 shapes, SHP002 types, SHP003 overlapping outputs, DOM003 weights, PAR003 parameters, PAR005
//   options.
// Elsewhere: torch.nn.SmoothL1Loss(beta), detectron2 smooth_l1_loss
// Girshick (2015), arXiv:1504.08083
struct smooth_l1_parameters {
  double beta = 1;  // where the tails begin; 0 gives absolute_error; 0 or more
};
inline Result smooth_l1(const array& prediction, const array& target,
                        const smooth_l1_parameters& parameters = {}, const Call& call = {}) {
  static const LossEntry& entry = detail::entry("smooth_l1");
  return detail::evaluate(entry, {parameters.beta}, prediction, target, call);
}

// Huber with smooth derivatives of every order.
//   delta² (sqrt(1 + u²) - 1), u = (prediction - target)/delta
// Prediction: any real number. Target: any real number.
// Shapes: target has the shape of prediction, trailing axes of size 1 aside; values too.
// Errors: SHP001 shapes, SHP002 types, SHP003 overlapping outputs, DOM003 weights, PAR003 parameters, PAR005
//   options.
// Elsewhere: XGBoost reg:pseudohubererror(huber_slope), Ceres SoftLOneLoss(a) (doubled), kornia
//   charbonnier_loss
// Hartley and Zisserman (2003), Multiple View Geometry, A6.8; Charbonnier et al. (1994),
//   doi:10.1109/ICIP.1994.413553
struct pseudo_huber_parameters {
  double delta = 1;  // where the tails begin; more than 0
};
inline Result pseudo_huber(const array& prediction, const array& target,
                           const pseudo_huber_parameters& parameters = {}, const Call& call = {}) {
  static const LossEntry& entry = detail::entry("pseudo_huber");
  return detail::evaluate(entry, {parameters.delta}, prediction, target, call);
}

// Absolute error, rounded off near zero.
//   sqrt(d² + epsilon²) - epsilon, d = prediction - target
// Prediction: any real number. Target: any real number.
// Shapes: target has the shape of prediction, trailing axes of size 1 aside; values too.
// Errors: SHP001 shapes, SHP002 types, SHP003 overlapping outputs, DOM003 weights, PAR003 parameters, PAR005
//   options.
// Elsewhere: papers leave out - epsilon
// Charbonnier et al. (1994), doi:10.1109/ICIP.1994.413553
struct charbonnier_parameters {
  double epsilon = 0.001;  // how far from zero it is round; more than 0
};
inline Result charbonnier(const array& prediction, const array& target,
                          const charbonnier_parameters& parameters = {}, const Call& call = {}) {
  static const LossEntry& entry = detail::entry("charbonnier");
  return detail::evaluate(entry, {parameters.epsilon}, prediction, target, call);
}

// Quadratic near zero, linear in the tails, smooth everywhere.
//   ln cosh(prediction - target)
// Prediction: any real number. Target: any real number.
// Shapes: target has the shape of prediction, trailing axes of size 1 aside; values too.
// Errors: SHP001 shapes, SHP002 types, SHP003 overlapping outputs, DOM003 weights, PAR005 options.
// Elsewhere: keras.losses.LogCosh(), optax.log_cosh, CatBoost LogCosh
// Green (1990), doi:10.1109/42.52985
inline Result log_cosh(const array& prediction, const array& target, const Call& call = {}) {
  static const LossEntry& entry = detail::entry("log_cosh");
  return detail::evaluate(entry, {}, prediction, target, call);
}

// Negative log-likelihood of a logistic law; log_cosh at half the residual, doubled.
//   2 ln cosh(d/2), d = prediction - target
// Prediction: any real number. Target: any real number.
// Shapes: target has the shape of prediction, trailing axes of size 1 aside; values too.
// Errors: SHP001 shapes, SHP002 types, SHP003 overlapping outputs, DOM003 weights, PAR005 options.
// Elsewhere: LossFunctions.jl LogitDistLoss
// Johnson, Kotz and Balakrishnan (1995), Continuous Univariate Distributions 2, chapter 23
inline Result logistic_distance(const array& prediction, const array& target, const Call& call = {}) {
  static const LossEntry& entry = detail::entry("logistic_distance");
  return detail::evaluate(entry, {}, prediction, target, call);
}

// Pinball; the tau-quantile.
//   max(tau u, (tau - 1) u), u = target - prediction
// Prediction: any real number. Target: any real number.
// Shapes: target has the shape of prediction, trailing axes of size 1 aside; values too.
// Errors: SHP001 shapes, SHP002 types, SHP003 overlapping outputs, DOM003 weights, PAR003 parameters, PAR005
//   options.
// Elsewhere: sklearn PinballLoss, mean_pinball_loss(alpha), XGBoost reg:quantileerror, LightGBM quantile,
//   CatBoost Quantile
// Koenker and Bassett (1978), doi:10.2307/1913643
struct quantile_parameters {
  // which quantile; a list gives one per column; between 0 and 1, both excluded; a list by
  // loss("quantile:tau=.../...")
  double tau = 0.5;
};
inline Result quantile(const array& prediction, const array& target,
                       const quantile_parameters& parameters = {}, const Call& call = {}) {
  static const LossEntry& entry = detail::entry("quantile");
  return detail::evaluate(entry, {parameters.tau}, prediction, target, call);
}

// Huber with the weights of a quantile; distributional reinforcement learning.
//   b (a <= kappa ? a²/(2 kappa) : a - kappa/2), a = |d|, d = prediction - target, b = d > 0 ? 1 - tau : tau
// Prediction: any real number. Target: any real number.
// Shapes: target has the shape of prediction, trailing axes of size 1 aside; values too.
// Errors: SHP001 shapes, SHP002 types, SHP003 overlapping outputs, DOM003 weights, PAR003 parameters, PAR005
//   options.
// Dabney et al. (2018), arXiv:1710.10044
struct quantile_huber_parameters {
  // which quantile; a list gives one per column; between 0 and 1, both excluded; a list by
  // loss("quantile_huber:tau=.../...")
  double tau = 0.5;
  double kappa = 1;  // where the tails begin; more than 0
};
inline Result quantile_huber(const array& prediction, const array& target,
                             const quantile_huber_parameters& parameters = {}, const Call& call = {}) {
  static const LossEntry& entry = detail::entry("quantile_huber");
  return detail::evaluate(entry, {parameters.tau, parameters.kappa}, prediction, target, call);
}

// Squared error with a weight for each side; the tau-expectile, at 0.5 half the mean's.
//   b d², d = prediction - target, b = d >= 0 ? 1 - tau : tau
// Prediction: any real number. Target: any real number.
// Shapes: target has the shape of prediction, trailing axes of size 1 aside; values too.
// Errors: SHP001 shapes, SHP002 types, SHP003 overlapping outputs, DOM003 weights, PAR003 parameters, PAR005
//   options.
// Elsewhere: CatBoost Expectile, XGBoost reg:expectileerror (half of it), Vowpal Wabbit expectile
// Newey and Powell (1987), doi:10.2307/1911031
struct expectile_parameters {
  // which expectile; a list gives one per column; between 0 and 1, both excluded; a list by
  // loss("expectile:tau=.../...")
  double tau = 0.5;
};
inline Result expectile(const array& prediction, const array& target,
                        const expectile_parameters& parameters = {}, const Call& call = {}) {
  static const LossEntry& entry = detail::entry("expectile");
  return detail::evaluate(entry, {parameters.tau}, prediction, target, call);
}

// 0 within a tube around the target, linear outside; support vector regression.
//   max(|prediction - target| - epsilon, 0)
// Prediction: any real number. Target: any real number.
// Shapes: target has the shape of prediction, trailing axes of size 1 aside; values too.
// Errors: SHP001 shapes, SHP002 types, SHP003 overlapping outputs, DOM003 weights, PAR003 parameters, PAR005
//   options.
// Elsewhere: sklearn epsilon_insensitive
// Vapnik (1995), doi:10.1007/978-1-4757-2440-0
struct epsilon_insensitive_parameters {
  double epsilon = 0.1;  // half the width of the tube; 0 or more
};
inline Result epsilon_insensitive(const array& prediction, const array& target,
                                  const epsilon_insensitive_parameters& parameters = {}, const Call& call = {}) {
  static const LossEntry& entry = detail::entry("epsilon_insensitive");
  return detail::evaluate(entry, {parameters.epsilon}, prediction, target, call);
}

// 0 within a tube around the target, quadratic outside.
//   max(|prediction - target| - epsilon, 0)²
// Prediction: any real number. Target: any real number.
// Shapes: target has the shape of prediction, trailing axes of size 1 aside; values too.
// Errors: SHP001 shapes, SHP002 types, SHP003 overlapping outputs, DOM003 weights, PAR003 parameters, PAR005
//   options.
// Elsewhere: sklearn squared_epsilon_insensitive
// Smola and Schölkopf (2004), doi:10.1023/B:STCO.0000035301.49549.88
struct squared_epsilon_insensitive_parameters {
  double epsilon = 0.1;  // half the width of the tube; 0 or more
};
inline Result squared_epsilon_insensitive(const array& prediction, const array& target,
                                          const squared_epsilon_insensitive_parameters& parameters = {}, const Call& call = {}) {
  static const LossEntry& entry = detail::entry("squared_epsilon_insensitive");
  return detail::evaluate(entry, {parameters.epsilon}, prediction, target, call);
}

// Linear near zero, quadratic in the tails: Huber turned round.
//   a <= c ? a : (d² + c²)/(2c), a = |d|, d = prediction - target
// Prediction: any real number. Target: any real number.
// Shapes: target has the shape of prediction, trailing axes of size 1 aside; values too.
// Errors: SHP001 shapes, SHP002 types, SHP003 overlapping outputs, DOM003 weights, PAR003 parameters, PAR005
//   options.
// Owen (2007), doi:10.1090/conm/443/08555
struct berhu_parameters {
  double c = 1;  // where the tails begin; more than 0
};
inline Result berhu(const array& prediction, const array& target,
                    const berhu_parameters& parameters = {}, const Call& call = {}) {
  static const LossEntry& entry = detail::entry("berhu");
  return detail::evaluate(entry, {parameters.c}, prediction, target, call);
}

// Half the squared error up to c, constant beyond: outliers have no pull at all.
//   min(d², c²)/2, d = prediction - target
// Prediction: any real number. Target: any real number.
// Shapes: target has the shape of prediction, trailing axes of size 1 aside; values too.
// Errors: SHP001 shapes, SHP002 types, SHP003 overlapping outputs, DOM003 weights, PAR003 parameters, PAR005
//   options.
// Elsewhere: statsmodels TrimmedMean
// Hinich and Talwar (1975), doi:10.1080/01621459.1975.10480277
struct truncated_squared_parameters {
  double c = 2;  // where the loss ends to grow; more than 0
};
inline Result truncated_squared(const array& prediction, const array& target,
                                const truncated_squared_parameters& parameters = {}, const Call& call = {}) {
  static const LossEntry& entry = detail::entry("truncated_squared");
  return detail::evaluate(entry, {parameters.c}, prediction, target, call);
}

// Negative log-likelihood of a probability; prefer the form with logits.
//   -target ln p - (1 - target) ln(1 - p), p = prediction
// Prediction: 0 to 1. Target: 0 to 1.
// Shapes: target has the shape of prediction, trailing axes of size 1 aside; values too.
// Errors: SHP001 shapes, SHP002 types, SHP003 overlapping outputs, DOM001 prediction, DOM002 target, DOM003
//   weights, PAR005 options.
// Elsewhere: torch.nn.BCELoss() (log cut at -100), keras.losses.BinaryCrossentropy() (clips at 1e-7), sklearn
//   log_loss (clips at eps)
// Good (1952), doi:10.1111/j.2517-6161.1952.tb00104.x
inline Result binary_cross_entropy(const array& prediction, const array& target, const Call& call = {}) {
  static const LossEntry& entry = detail::entry("binary_cross_entropy");
  return detail::evaluate(entry, {}, prediction, target, call);
}

// Squared error of a probability; a proper score that is bounded.
//   (prediction - target)²
// Prediction: 0 to 1. Target: 0 to 1.
// Shapes: target has the shape of prediction, trailing axes of size 1 aside; values too.
// Errors: SHP001 shapes, SHP002 types, SHP003 overlapping outputs, DOM001 prediction, DOM002 target, DOM003
//   weights, PAR005 options.
// Elsewhere: sklearn brier_score_loss, CatBoost BrierScore
// Brier (1950), doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2
inline Result brier(const array& prediction, const array& target, const Call& call = {}) {
  static const LossEntry& entry = detail::entry("brier");
  return detail::evaluate(entry, {}, prediction, target, call);
}

// Negative log-likelihood of a label given a logit.
//   (1 - t) z + (1 + (pos_weight - 1) t) ln(1 + exp(-z)), t = target (1 - smoothing) + smoothing/2
// Prediction: any real number. Target: 0 to 1.
// Shapes: target has the shape of prediction, trailing axes of size 1 aside; values too.
// Errors: SHP001 shapes, SHP002 types, SHP003 overlapping outputs, DOM002 target, DOM003 weights, PAR003
//   parameters, PAR005 options.
// Elsewhere: torch.nn.BCEWithLogitsLoss(pos_weight), keras.losses.BinaryCrossentropy(from_logits=True),
//   optax.sigmoid_binary_cross_entropy, sklearn HalfBinomialLoss, XGBoost binary:logistic, LightGBM binary
// Cox (1958), doi:10.1111/j.2517-6161.1958.tb00292.x
struct binary_cross_entropy_with_logits_parameters {
  double pos_weight = 1;  // weight of the positive class; 0 or more
  double smoothing = 0;  // moves the target towards 1/2; 0 to 1
};
inline Result binary_cross_entropy_with_logits(const array& prediction, const array& target,
                                               const binary_cross_entropy_with_logits_parameters& parameters = {}, const Call& call = {}) {
  static const LossEntry& entry = detail::entry("binary_cross_entropy_with_logits");
  return detail::evaluate(entry, {parameters.pos_weight, parameters.smoothing}, prediction, target, call);
}

// Cross-entropy that fades easy examples.
//   alpha_t (1 - p_t)^gamma (-ln p_t), p_t = target s(z) + (1 - target) s(-z)
// Prediction: any real number. Target: 0 to 1.
// Shapes: target has the shape of prediction, trailing axes of size 1 aside; values too.
// Errors: SHP001 shapes, SHP002 types, SHP003 overlapping outputs, DOM002 target, DOM003 weights, PAR003
//   parameters, PAR005 options.
// Elsewhere: torchvision.ops.sigmoid_focal_loss (alpha=0.25),
//   keras.losses.BinaryFocalCrossentropy(from_logits=True), optax.sigmoid_focal_loss
// Lin et al. (2017), arXiv:1708.02002
struct focal_parameters {
  double gamma = 2;  // how fast easy examples fade; 0 or more
  std::optional<double> alpha{};  // weight of positives, 1 - alpha of negatives; 0 to 1
};
inline Result focal(const array& prediction, const array& target,
                    const focal_parameters& parameters = {}, const Call& call = {}) {
  static const LossEntry& entry = detail::entry("focal");
  return detail::evaluate(entry,
                          {parameters.gamma, detail::number_or_none(parameters.alpha, "focal: alpha")},
                          prediction, target, call);
}

// Negative log-likelihood of a count given the log of its mean.
//   exp(z) - target z (+ ln target! if full)
// Prediction: any real number. Target: 0 or more.
// Shapes: target has the shape of prediction, trailing axes of size 1 aside; values too.
// Errors: SHP001 shapes, SHP002 types, SHP003 overlapping outputs, DOM002 target, DOM003 weights, PAR003
//   parameters, PAR005 options.
// Elsewhere: torch.nn.PoissonNLLLoss() (full by Stirling), sklearn HalfPoissonLoss, XGBoost count:poisson,
//   LightGBM poisson
// McCullagh and Nelder (1989), Generalized Linear Models
struct poisson_parameters {
  bool full = false;  // adds ln target!, which does not depend on the prediction
};
inline Result poisson(const array& prediction, const array& target,
                      const poisson_parameters& parameters = {}, const Call& call = {}) {
  static const LossEntry& entry = detail::entry("poisson");
  return detail::evaluate(entry, {parameters.full ? 1.0 : 0.0}, prediction, target, call);
}

// Negative log-likelihood of a count given its mean; prefer poisson, which takes the mean's log.
//   prediction - target ln prediction
// Prediction: more than 0. Target: 0 or more.
// Shapes: target has the shape of prediction, trailing axes of size 1 aside; values too.
// Errors: SHP001 shapes, SHP002 types, SHP003 overlapping outputs, DOM001 prediction, DOM002 target, DOM003
//   weights, PAR005 options.
// Elsewhere: keras.losses.Poisson() (adds 1e-7), torch.nn.PoissonNLLLoss(log_input=False) (adds 1e-8)
// McCullagh and Nelder (1989), Generalized Linear Models
inline Result poisson_rate(const array& prediction, const array& target, const Call& call = {}) {
  static const LossEntry& entry = detail::entry("poisson_rate");
  return detail::evaluate(entry, {}, prediction, target, call);
}

// Linear below the margin, 0 beyond it; the support vector machine.
//   max(0, 1 - t z), t = target (labels=01: 2 target - 1)
// Prediction: any real number. Target: -1 or 1.
//   labels=01: target 0 or 1.
// Shapes: target has the shape of prediction, trailing axes of size 1 aside; values too.
// Errors: SHP001 shapes, SHP002 types, SHP003 overlapping outputs, DOM002 target, DOM003 weights, PAR003
//   parameters, PAR005 options.
// Elsewhere: keras.losses.Hinge(), optax.hinge_loss, sklearn hinge_loss, XGBoost binary:hinge
// Cortes and Vapnik (1995), doi:10.1007/BF00994018
struct hinge_parameters {
  minimand::labels labels = minimand::labels::pm1;  // coding of the target
};
inline Result hinge(const array& prediction, const array& target,
                    const hinge_parameters& parameters = {}, const Call& call = {}) {
  static const LossEntry& entry = detail::entry("hinge");
  return detail::evaluate(entry, {static_cast<double>(parameters.labels)}, prediction, target, call);
}

// Quadratic below the margin, 0 beyond it.
//   max(0, 1 - t z)², t = target (labels=01: 2 target - 1)
// Prediction: any real number. Target: -1 or 1.
//   labels=01: target 0 or 1.
// Shapes: target has the shape of prediction, trailing axes of size 1 aside; values too.
// Errors: SHP001 shapes, SHP002 types, SHP003 overlapping outputs, DOM002 target, DOM003 weights, PAR003
//   parameters, PAR005 options.
// Elsewhere: keras.losses.SquaredHinge(), sklearn squared_hinge
// Lee and Mangasarian (2001), doi:10.1023/A:1011215321374
struct squared_hinge_parameters {
  minimand::labels labels = minimand::labels::pm1;  // coding of the target
};
inline Result squared_hinge(const array& prediction, const array& target,
                            const squared_hinge_parameters& parameters = {}, const Call& call = {}) {
  static const LossEntry& entry = detail::entry("squared_hinge");
  return detail::evaluate(entry, {static_cast<double>(parameters.labels)}, prediction, target, call);
}

// Hinge with a quadratic corner of width gamma.
//   m >= 1 ? 0 : m <= 1 - gamma ? 1 - m - gamma/2 : (1 - m)²/(2 gamma), m = t z, t = target (labels=01: 2
//     target - 1)
// Prediction: any real number. Target: -1 or 1.
//   labels=01: target 0 or 1.
// Shapes: target has the shape of prediction, trailing axes of size 1 aside; values too.
// Errors: SHP001 shapes, SHP002 types, SHP003 overlapping outputs, DOM002 target, DOM003 weights, PAR003
//   parameters, PAR005 options.
// Elsewhere: LossFunctions.jl SmoothedL1HingeLoss
// Shalev-Shwartz and Zhang (2013), arXiv:1209.1873
struct smooth_hinge_parameters {
  minimand::labels labels = minimand::labels::pm1;  // coding of the target
  double gamma = 1;  // width of the corner; more than 0
};
inline Result smooth_hinge(const array& prediction, const array& target,
                           const smooth_hinge_parameters& parameters = {}, const Call& call = {}) {
  static const LossEntry& entry = detail::entry("smooth_hinge");
  return detail::evaluate(entry,
                          {static_cast<double>(parameters.labels), parameters.gamma},
                          prediction, target, call);
}

// Squared hinge that turns linear for gross mistakes.
//   m >= -1 ? max(0, 1 - m)² : -4 m, m = t z, t = target (labels=01: 2 target - 1)
// Prediction: any real number. Target: -1 or 1.
//   labels=01: target 0 or 1.
// Shapes: target has the shape of prediction, trailing axes of size 1 aside; values too.
// Errors: SHP001 shapes, SHP002 types, SHP003 overlapping outputs, DOM002 target, DOM003 weights, PAR003
//   parameters, PAR005 options.
// Elsewhere: sklearn modified_huber, LossFunctions.jl ModifiedHuberLoss
// Zhang (2004), doi:10.1145/1015330.1015332
struct modified_huber_parameters {
  minimand::labels labels = minimand::labels::pm1;  // coding of the target
};
inline Result modified_huber(const array& prediction, const array& target,
                             const modified_huber_parameters& parameters = {}, const Call& call = {}) {
  static const LossEntry& entry = detail::entry("modified_huber");
  return detail::evaluate(entry, {static_cast<double>(parameters.labels)}, prediction, target, call);
}

// Linear on the wrong side, 0 on the right one.
//   max(0, -m), m = t z, t = target (labels=01: 2 target - 1)
// Prediction: any real number. Target: -1 or 1.
//   labels=01: target 0 or 1.
// Shapes: target has the shape of prediction, trailing axes of size 1 aside; values too.
// Errors: SHP001 shapes, SHP002 types, SHP003 overlapping outputs, DOM002 target, DOM003 weights, PAR003
//   parameters, PAR005 options.
// Elsewhere: optax.perceptron_loss, sklearn perceptron, LossFunctions.jl PerceptronLoss
// Rosenblatt (1958), doi:10.1037/h0042519
struct perceptron_parameters {
  minimand::labels labels = minimand::labels::pm1;  // coding of the target
};
inline Result perceptron(const array& prediction, const array& target,
                         const perceptron_parameters& parameters = {}, const Call& call = {}) {
  static const LossEntry& entry = detail::entry("perceptron");
  return detail::evaluate(entry, {static_cast<double>(parameters.labels)}, prediction, target, call);
}

// Negative log-likelihood of a signed label; binary cross-entropy with logits in another coding.
//   ln(1 + exp(-m)), m = t z, t = target (labels=01: 2 target - 1)
// Prediction: any real number. Target: -1 or 1.
//   labels=01: target 0 or 1.
// Shapes: target has the shape of prediction, trailing axes of size 1 aside; values too.
// Errors: SHP001 shapes, SHP002 types, SHP003 overlapping outputs, DOM002 target, DOM003 weights, PAR003
//   parameters, PAR005 options.
// Elsewhere: torch.nn.SoftMarginLoss, sklearn log_loss, Vowpal Wabbit logistic, LossFunctions.jl
//   LogitMarginLoss
// Cox (1958), doi:10.1111/j.2517-6161.1958.tb00292.x
struct soft_margin_parameters {
  minimand::labels labels = minimand::labels::pm1;  // coding of the target
};
inline Result soft_margin(const array& prediction, const array& target,
                          const soft_margin_parameters& parameters = {}, const Call& call = {}) {
  static const LossEntry& entry = detail::entry("soft_margin");
  return detail::evaluate(entry, {static_cast<double>(parameters.labels)}, prediction, target, call);
}

// Exponential in the margin; AdaBoost. One confident mistake outweighs all else.
//   exp(-m), m = t z, t = target (labels=01: 2 target - 1)
// Prediction: any real number. Target: -1 or 1.
//   labels=01: target 0 or 1.
// Shapes: target has the shape of prediction, trailing axes of size 1 aside; values too.
// Errors: SHP001 shapes, SHP002 types, SHP003 overlapping outputs, DOM002 target, DOM003 weights, PAR003
//   parameters, PAR005 options.
// Elsewhere: sklearn ExponentialLoss (targets 0 and 1), LossFunctions.jl ExpLoss
// Freund and Schapire (1997), doi:10.1006/jcss.1997.1504
struct exponential_parameters {
  minimand::labels labels = minimand::labels::pm1;  // coding of the target
};
inline Result exponential(const array& prediction, const array& target,
                          const exponential_parameters& parameters = {}, const Call& call = {}) {
  static const LossEntry& entry = detail::entry("exponential");
  return detail::evaluate(entry, {static_cast<double>(parameters.labels)}, prediction, target, call);
}

// Hinge with a quadratic corner; the loss whose probability is a clipped line.
//   m >= 1 ? 0 : m <= -1 ? -m : (1 - m)²/4, m = t z, t = target (labels=01: 2 target - 1)
// Prediction: any real number. Target: -1 or 1.
//   labels=01: target 0 or 1.
// Shapes: target has the shape of prediction, trailing axes of size 1 aside; values too.
// Errors: SHP001 shapes, SHP002 types, SHP003 overlapping outputs, DOM002 target, DOM003 weights, PAR003
//   parameters, PAR005 options.
// Elsewhere: optax.sparsemax_loss (targets 0 and 1)
// Martins and Astudillo (2016), arXiv:1602.02068
struct binary_sparsemax_parameters {
  minimand::labels labels = minimand::labels::pm1;  // coding of the target
};
inline Result binary_sparsemax(const array& prediction, const array& target,
                               const binary_sparsemax_parameters& parameters = {}, const Call& call = {}) {
  static const LossEntry& entry = detail::entry("binary_sparsemax");
  return detail::evaluate(entry, {static_cast<double>(parameters.labels)}, prediction, target, call);
}

// Hinge that is cut at 2: gross mistakes have no pull.
//   min(max(0, 1 - m), 2), m = t z, t = target (labels=01: 2 target - 1)
// Prediction: any real number. Target: -1 or 1.
//   labels=01: target 0 or 1.
// Shapes: target has the shape of prediction, trailing axes of size 1 aside; values too.
// Errors: SHP001 shapes, SHP002 types, SHP003 overlapping outputs, DOM002 target, DOM003 weights, PAR003
//   parameters, PAR005 options.
// Collobert et al. (2006), doi:10.1145/1143844.1143870
struct ramp_parameters {
  minimand::labels labels = minimand::labels::pm1;  // coding of the target
};
inline Result ramp(const array& prediction, const array& target,
                   const ramp_parameters& parameters = {}, const Call& call = {}) {
  static const LossEntry& entry = detail::entry("ramp");
  return detail::evaluate(entry, {static_cast<double>(parameters.labels)}, prediction, target, call);
}

// Smooth and bounded; 2 for a gross mistake.
//   1 - tanh(m), m = t z, t = target (labels=01: 2 target - 1)
// Prediction: any real number. Target: -1 or 1.
//   labels=01: target 0 or 1.
// Shapes: target has the shape of prediction, trailing axes of size 1 aside; values too.
// Errors: SHP001 shapes, SHP002 types, SHP003 overlapping outputs, DOM002 target, DOM003 weights, PAR003
//   parameters, PAR005 options.
// Elsewhere: LossFunctions.jl SigmoidLoss
// Mason et al. (2000), Advances in Neural Information Processing Systems 12
struct sigmoid_margin_parameters {
  minimand::labels labels = minimand::labels::pm1;  // coding of the target
};
inline Result sigmoid_margin(const array& prediction, const array& target,
                             const sigmoid_margin_parameters& parameters = {}, const Call& call = {}) {
  static const LossEntry& entry = detail::entry("sigmoid_margin");
  return detail::evaluate(entry, {static_cast<double>(parameters.labels)}, prediction, target, call);
}

// Squared probability of being wrong; bounded, so that outliers are given up.
//   1/(1 + exp(m))², m = t z, t = target (labels=01: 2 target - 1)
// Prediction: any real number. Target: -1 or 1.
//   labels=01: target 0 or 1.
// Shapes: target has the shape of prediction, trailing axes of size 1 aside; values too.
// Errors: SHP001 shapes, SHP002 types, SHP003 overlapping outputs, DOM002 target, DOM003 weights, PAR003
//   parameters, PAR005 options.
// Masnadi-Shirazi and Vasconcelos (2008), Advances in Neural Information Processing Systems 21
struct savage_parameters {
  minimand::labels labels = minimand::labels::pm1;  // coding of the target
};
inline Result savage(const array& prediction, const array& target,
                     const savage_parameters& parameters = {}, const Call& call = {}) {
  static const LossEntry& entry = detail::entry("savage");
  return detail::evaluate(entry, {static_cast<double>(parameters.labels)}, prediction, target, call);
}

// Negative log-likelihood of the target class.
//   Σ w q (lse(u) - u) + z_weight lse(u)², q = (1 - smoothing) target + smoothing/K
// Prediction: any real number. Target: a class index, 0 to K-1, or a distribution over the classes.
// Shapes: prediction (..., K), target (...) of class indices or (..., K) of distributions; values (...).
// Errors: SHP001 shapes, SHP002 types, SHP003 overlapping outputs, TGT001 class indices, DOM002 target,
//   DOM003 weights, PAR003 parameters, PAR005 options.
// Elsewhere: torch.nn.CrossEntropyLoss, keras.losses.CategoricalCrossentropy(from_logits=True),
//   optax.softmax_cross_entropy, sklearn HalfMultinomialLoss
// Bridle (1990), doi:10.1007/978-3-642-76153-9_28; smoothing: Szegedy et al. (2016), arXiv:1512.00567
struct softmax_cross_entropy_parameters {
  double smoothing = 0;  // share of the target spread over all classes; 0 to 1
  double z_weight = 0;  // weight of the squared log-partition; 0 or more
  double temperature = 1;  // divides the logits; more than 0
  std::optional<double> softcap{};  // bound of the logits: softcap tanh(z / softcap); more than 0
};
inline Result softmax_cross_entropy(const array& prediction, const array& target,
                                    const softmax_cross_entropy_parameters& parameters = {}, const Call& call = {}) {
  static const LossEntry& entry = detail::entry("softmax_cross_entropy");
  return detail::evaluate(entry,
                          {parameters.smoothing, parameters.z_weight, parameters.temperature,
                           detail::number_or_none(parameters.softcap, "softmax_cross_entropy: softcap")},
                          prediction, target, call);
}

// Picks the target's log-probability; prefer softmax_cross_entropy on logits.
//   -w x at the target class, x = prediction
// Prediction: 0 or less. Target: a class index, 0 to K-1.
// Shapes: prediction (..., K), target and values without the class axis: (...).
// Errors: SHP001 shapes, SHP002 types, SHP003 overlapping outputs, DOM001 prediction, TGT001 class indices,
//   DOM003 weights, PAR005 options.
// Elsewhere: torch.nn.NLLLoss, mlx nll_loss
// Fisher (1922), doi:10.1098/rsta.1922.0009
inline Result nll(const array& prediction, const array& target, const Call& call = {}) {
  static const LossEntry& entry = detail::entry("nll");
  return detail::evaluate(entry, {}, prediction, target, call);
}

// How far a distribution lies from the target's.
//   Σ target ln(target / prediction)
// Prediction: 0 to 1. Target: a distribution over the classes (entries 0 or more).
// Shapes: prediction and target (..., K); values without the class axis: (...).
// Errors: SHP001 shapes, SHP002 types, SHP003 overlapping outputs, DOM001 prediction, DOM002 target, DOM003
//   weights, PAR005 options.
// Elsewhere: keras.losses.KLDivergence() (clips to [1e-7, 1])
// Kullback and Leibler (1951), doi:10.1214/aoms/1177729694
inline Result kl_divergence(const array& prediction, const array& target, const Call& call = {}) {
  static const LossEntry& entry = detail::entry("kl_divergence");
  return detail::evaluate(entry, {}, prediction, target, call);
}

// KL divergence of a prediction given as log-probabilities.
//   Σ t (ln t - prediction), t = target (log_target: exp(target))
// Prediction: 0 or less. Target: a distribution over the classes (entries 0 or more).
//   log_target=true: target log-probabilities (0 or less).
// Shapes: prediction and target (..., K); values without the class axis: (...).
// Errors: SHP001 shapes, SHP002 types, SHP003 overlapping outputs, DOM001 prediction, DOM002 target, DOM003
//   weights, PAR003 parameters, PAR005 options.
// Elsewhere: torch.nn.KLDivLoss(log_target), optax.kl_divergence
// Kullback and Leibler (1951), doi:10.1214/aoms/1177729694
struct kl_divergence_with_log_probabilities_parameters {
  bool log_target = false;  // the target holds log-probabilities
};
inline Result kl_divergence_with_log_probabilities(const array& prediction, const array& target,
                                                   const kl_divergence_with_log_probabilities_parameters& parameters = {}, const Call& call = {}) {
  static const LossEntry& entry = detail::entry("kl_divergence_with_log_probabilities");
  return detail::evaluate(entry, {parameters.log_target ? 1.0 : 0.0}, prediction, target, call);
}

// KL divergence of a prediction given as logits.
//   Σ t (ln t - z + lse(z)), t = target
// Prediction: any real number. Target: a distribution over the classes (entries 0 or more).
// Shapes: prediction and target (..., K); values without the class axis: (...).
// Errors: SHP001 shapes, SHP002 types, SHP003 overlapping outputs, DOM002 target, DOM003 weights, PAR005
//   options.
// Elsewhere: softmax_cross_entropy with a distribution, less the target's entropy
// Kullback and Leibler (1951), doi:10.1214/aoms/1177729694
inline Result kl_divergence_with_logits(const array& prediction, const array& target, const Call& call = {}) {
  static const LossEntry& entry = detail::entry("kl_divergence_with_logits");
  return detail::evaluate(entry, {}, prediction, target, call);
}

}  // namespace minimand
