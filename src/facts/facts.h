// The vocabulary in which a loss states its facts: domains, parameters, properties. Plain constexpr data; the
// command line, the manual, the bindings and the tests are derived from it. Includes nothing.
#pragma once

namespace minimand::facts {

inline constexpr double infinity = __builtin_huge_val();
// 2^n for -1022 <= n <= 1023, as a constant: ldexp is none to every compiler.
constexpr double two_to(int n) { return __builtin_bit_cast(double, static_cast<unsigned long long>(1023 + n) << 52); }
inline constexpr double none = __builtin_nan("");  // value of an optional parameter that is not given

// Where a number may lie.
enum class Kind : unsigned char { interval, pair, index, distribution, index_or_distribution };
struct Domain {
  const char* text;  // as in a message: "0 or more"
  Kind kind = Kind::interval;
  double low = -infinity, high = infinity;
  bool low_open = false, high_open = false;
};
inline constexpr Domain real_line{"any real number"};
inline constexpr Domain positive{"more than 0", Kind::interval, 0, infinity, true, true};
inline constexpr Domain positive_or_inf{"more than 0, inf allowed", Kind::interval, 0, infinity, true, false};
inline constexpr Domain non_negative{"0 or more", Kind::interval, 0, infinity, false, true};
inline constexpr Domain non_positive{"0 or less", Kind::interval, -infinity, 0};
inline constexpr Domain unit_interval{"0 to 1", Kind::interval, 0, 1};
inline constexpr Domain open_unit_interval{"between 0 and 1, both excluded", Kind::interval, 0, 1, true, true};
inline constexpr Domain below_one{"0 or more and less than 1", Kind::interval, 0, 1, false, true};
inline constexpr Domain counts{"0 or more", Kind::interval, 0, infinity, false, true};
inline constexpr Domain plus_minus_one{"-1 or 1", Kind::pair, -1, 1};
inline constexpr Domain zero_or_one{"0 or 1", Kind::pair, 0, 1};
inline constexpr Domain class_index{"a class index, 0 to K-1", Kind::index, 0, infinity};
inline constexpr Domain distribution{"a distribution over the classes (entries 0 or more)", Kind::distribution, 0, infinity,
                                     false, true};
inline constexpr Domain log_distribution{"log-probabilities (0 or less)", Kind::distribution, -infinity, 0};
inline constexpr Domain class_index_or_distribution{"a class index, 0 to K-1, or a distribution over the classes",
                                                    Kind::index_or_distribution, 0, infinity, false, true};

// One word a parameter may be; it may also change the domain of the target (hinge:labels=01).
struct Choice {
  const char* word = nullptr;
  double value = 0;
  const Domain* target = nullptr;
};
inline constexpr Choice no = {"false", 0}, yes = {"true", 1};

struct Param {
  const char* name = nullptr;
  double value = 0;  // default; `none` for an optional one
  Domain range = real_line;
  const char* meaning = "";
  Choice choices[3] = {};  // if any is given, the parameter is a word, not a number
  bool list = false;       // may be a list with one entry per column: quantile:tau=0.1/0.5/0.9
  bool residual_length = false;  // a length on the axis of prediction - target: huber:delta; pictures reach beyond it
};

// An input of a pointwise loss that is differentiated like the prediction: gaussian_nll's variance.
struct Input {
  const char* name = nullptr;
  Domain domain = real_line;
  const char* meaning = "";
};
inline constexpr int max_inputs = 2;  // besides the prediction

// From a model's raw output to the prediction, and from the prediction to the expected target.
enum class Link : unsigned char { identity, logistic, softmax, log_softmax, exponential, sign };

enum class Family : unsigned char { regression, binary, count, margin, softmax, divergence };

// Which row of the accuracy contract applies: sums and products only, perhaps scaled by a parameter; exp or log inside, its
// derivatives by hand; `composite`, several such steps that round one after the other. `unbounded` promises neither digits
// nor limits at infinity.
enum class Accuracy : unsigned char { piecewise, piecewise_scaled, transcendental, composite, unbounded };

inline constexpr int max_params = 6;

// The facts of one loss. `formula` is written for readers.
struct Facts {
  Family family;
  const char* summary;
  const char* formula;
  Domain prediction = real_line;
  Domain target = real_line;
  Param params[max_params] = {};
  Input inputs[max_inputs] = {};    // differentiated too, besides the prediction
  bool convex = true;
  bool symmetric = false;           // in the sign of prediction - target
  const char* lipschitz = nullptr;  // bound of abs(gradient), or null if there is none
  const char* minimum = "0 at prediction = target";
  const char* kinks = nullptr;      // where a derivative jumps
  Accuracy accuracy = Accuracy::transcendental;
  Link activation = Link::identity;
  Link mean = Link::identity;
  const char* elsewhere = "";       // names in other frameworks
  const char* reference = "";       // the paper
  double plot_target = 0;           // target of the plot in `explain`
};
using Pointwise = Facts;
using Row = Facts;

// Where targets may lie under these values of the parameters: a choice may change it (hinge:labels=01).
constexpr const Domain& target_domain(const Facts& facts, const double* values) {
  for (int k = 0; k < max_params && facts.params[k].name != nullptr; ++k) {
    for (const Choice& c : facts.params[k].choices) {
      if (c.word != nullptr && c.target != nullptr && c.value == values[k]) return *c.target;
    }
  }
  return facts.target;
}

}  // namespace minimand::facts
