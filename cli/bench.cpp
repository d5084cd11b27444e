// minimand bench: nanoseconds an element of each loss, beside what the memory allows, measured in turns.
#include <algorithm>
#include <chrono>
#include <cmath>

#include "api/about.h"
#include "cli/command.h"
#include "cli/control.h"
#include "cli/convert.h"
#include "cli/options.h"
#include "cli/process.h"
#include "cli/samples.h"
#include "cli/text.h"
#include "io/json.h"

namespace minimand::cli {
namespace {

struct Options {
  std::vector<std::string> losses;
  std::int64_t n = 0;
  std::string shape, type = "f32";
  int threads = 0, order = -1, repetitions = 9;
};

struct Case {
  Loss loss;
  std::int64_t rows, classes;  // classes 0: single elements
  dtype type;
  int order, threads;
  std::int64_t elements() const { return rows * std::max<std::int64_t>(1, classes); }
};

// Inputs and outputs of a case, in its type.
struct Data {
  io::Owned prediction, target, gradient, hessian;

  explicit Data(const Case& c) {
    const Sample sample = draw_sample(c.loss, c.rows, c.classes, 1);
    prediction = converted(sample.prediction_view(), c.type);
    if (sample.index) {
      const std::int64_t shape[] = {c.rows};
      target = zeros(dtype::i64, shape);
      auto* labels = reinterpret_cast<std::int64_t*>(target.bytes.data());
      std::transform(sample.target.begin(), sample.target.end(), labels, [](double x) { return static_cast<std::int64_t>(x); });
    } else {
      target = converted(sample.target_view(), c.type);
    }
    const std::span<const std::int64_t> shape(prediction.view.shape, static_cast<std::size_t>(prediction.view.rank));
    if (c.order >= 1) gradient = zeros(c.type, shape);
    if (c.order >= 2) hessian = zeros(c.type, shape);
  }
  Call call(const Case& c) const {
    Call out;
    out.gradient = gradient.view, out.hessian = hessian.view;
    out.threads = c.threads;
    return out;
  }
  bool index_target() const { return target.view.type == dtype::i64; }
};

// The same numbers in f64 give the same value and gradient, as near as the type allows.
void verify(const Case& whole) {
  Case c = whole;
  c.rows = std::min<std::int64_t>(c.rows, std::max<std::int64_t>(1, 65536 / std::max<std::int64_t>(1, c.classes)));
  c.order = std::max(1, c.order);
  const Data data(c);
  const double value = c.loss(data.prediction.view, data.target.view, data.call(c)).value;
  const io::Owned wide = converted(data.prediction.view, dtype::f64);
  const io::Owned target = data.index_target() ? io::Owned() : converted(data.target.view, dtype::f64);
  io::Owned gradient = zeros(dtype::f64, {wide.view.shape, static_cast<std::size_t>(wide.view.rank)});
  Call call;
  call.gradient = gradient.view;
  const double exact = c.loss(wide.view, target.view.present ? target.view : data.target.view, call).value;
  const double unit = c.type == dtype::f64 ? 1e-12 : c.type == dtype::f32 ? 1e-5 : c.type == dtype::f16 ? 4e-3 : 2e-2;
  const io::Owned mine = converted(data.gradient.view, dtype::f64);
  const auto* a = reinterpret_cast<const double*>(mine.bytes.data());
  const auto* b = reinterpret_cast<const double*>(gradient.bytes.data());
  double largest = 0;  // differences that cancel are as good as what they come from
  for (std::int64_t i = 0; i < c.elements(); ++i) largest = std::max(largest, std::abs(b[i]));
  const double least = unit * largest + (c.type == dtype::f16 ? 1e-7 : 0);  // f16 has few exponents, the mean divides by many
  bool right = std::abs(value - exact) <= unit * std::max(1.0, std::abs(exact));
  for (std::int64_t i = 0; i < c.elements() && right; ++i) right = std::abs(a[i] - b[i]) <= least;
  if (!right) throw error(error_code::INT001, c.loss.text() + " in " + name(c.type) + " is not what it is in f64; nothing was timed");
}

struct Timing { double loss_seconds, control_seconds, ratio; };

double median(std::vector<double> numbers) {
  const auto middle = numbers.begin() + static_cast<std::ptrdiff_t>(numbers.size() / 2);
  std::nth_element(numbers.begin(), middle, numbers.end());
  return *middle;
}

// In turns, so that what disturbs one disturbs the other; a repetition lasts a millisecond or more.
template <class A, class B>
Timing measure(A&& loss, B&& control, int repetitions) {
  const auto seconds = [](auto& work, int times) {
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < times; ++i) work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() / times;
  };
  const auto calibrated = [&](auto& work) {
    const double once = std::max(1e-9, std::min(seconds(work, 1), seconds(work, 1)));
    return std::max(1, static_cast<int>(2e-3 / once));
  };
  const int loss_times = calibrated(loss), control_times = calibrated(control);
  std::vector<double> a, b, ratio;
  for (int r = -2; r < repetitions; ++r) {  // two rounds to warm up
    const bool loss_first = r % 2 == 0;
    double x = 0, y = 0;
    if (loss_first) x = seconds(loss, loss_times);
    y = seconds(control, control_times);
    if (!loss_first) x = seconds(loss, loss_times);
    if (r >= 0) a.push_back(x), b.push_back(y), ratio.push_back(y / x);
  }
  return {median(a), median(b), median(ratio)};
}

struct Speed {
  std::string shape;
  double ns_per_element, gb_per_s, control, percent_of_control;
};

Speed speed_of(const Case& c, int repetitions) {
  verify(c);
  const Data data(c);
  const Call call = data.call(c);
  const std::int64_t bytes = c.elements() * static_cast<std::int64_t>(size_of(c.type));
  const int reads = c.classes > 0 && data.index_target() ? 1 : 2;  // a label is small beside its row
  Control control(reads, c.order, bytes, c.threads);
  double sink = 0;
  const Timing t = measure([&] { sink += c.loss(data.prediction.view, data.target.view, call).sum; },
                           [&] { control.run(); }, repetitions);
  if (!std::isfinite(sink)) throw error(error_code::INT001, c.loss.text() + ": a repetition gave no number");
  const double gb = static_cast<double>(control.moved_bytes()) / 1e9;
  const std::string shape = c.classes > 0 ? std::to_string(c.rows) + 'x' + std::to_string(c.classes) : std::to_string(c.rows);
  return {shape, t.loss_seconds / static_cast<double>(c.elements()) * 1e9, gb / t.loss_seconds, gb / t.control_seconds,
          100 * t.ratio};
}

void set_shape(const Options& o, Case& c) {
  const bool rows = is_row_loss(c.loss.entry());
  std::int64_t r = 0, k = 0;
  if (!o.shape.empty()) {
    const std::size_t x = o.shape.find('x');
    r = std::stoll(o.shape.substr(0, x)), k = std::stoll(o.shape.substr(x + 1));
  }
  if (rows) {
    c.classes = k > 0 ? k : o.n > 0 ? std::min<std::int64_t>(o.n, 1000) : 50257;
    c.rows = r > 0 ? r : o.n > 0 ? std::max<std::int64_t>(1, o.n / c.classes) : 256;
  } else {
    c.rows = o.n > 0 ? o.n : r > 0 ? r * k : 10'000'000;
    c.classes = 0;
  }
}

std::vector<Case> cases_of(const Options& o, bool threads_given) {
  const bool named = !o.losses.empty();
  const std::vector<std::string> suite = {"squared_error", "huber", "quantile:tau=0.9", "log_cosh", "poisson",
                                          "binary_cross_entropy_with_logits", "softmax_cross_entropy"};
  std::vector<int> orders = o.order >= 0 ? std::vector<int>{o.order} : named ? std::vector<int>{0, 1, 2} : std::vector<int>{1};
  std::vector<int> threads = {threads_given && o.threads > 0 ? o.threads : processors()};
  if (!threads_given && threads[0] > 1) threads.insert(threads.begin(), 1);
  std::vector<Case> out;
  for (const std::string& text : named ? o.losses : suite) {
    for (const Loss& l : losses(text)) {
      for (const int order : orders) {
        for (const int t : threads) {
          Case c{l, 0, 0, parse_float_type(o.type), order, t};
          set_shape(o, c);
          out.push_back(c);
        }
      }
    }
  }
  return out;
}

int run(const Options& o, bool threads_given, Format format) {
  io::Json rows = io::Json::array();
  using Side = Table::Side;
  Table table({{"loss", Side::left}, {"shape", Side::right}, {"dtype", Side::left}, {"order", Side::right},
               {"threads", Side::right}, {"target", Side::left}, {"ns/element", Side::right}, {"GB/s", Side::right},
               {"control GB/s", Side::right}, {"% of control", Side::right}});
  const auto fixed = [](double number, int decimals) {
    char text[32];
    std::snprintf(text, sizeof text, "%.*f", decimals, number);
    return std::string(text);
  };
  for (const Case& c : cases_of(o, threads_given)) {
    const Speed s = speed_of(c, o.repetitions);
    rows.push_back({{"loss", c.loss.text()}, {"shape", s.shape}, {"dtype", name(c.type)}, {"order", c.order},
                    {"threads", c.threads}, {"target", target()}, {"ns_per_element", s.ns_per_element},
                    {"gb_per_s", s.gb_per_s}, {"control", s.control}, {"percent_of_control", s.percent_of_control}});
    table.add({c.loss.text(), s.shape, name(c.type), std::to_string(c.order), std::to_string(c.threads), target(),
               fixed(s.ns_per_element, 3), fixed(s.gb_per_s, 1), fixed(s.control, 1), fixed(s.percent_of_control, 1)});
  }
  print(format == Format::json ? rows.rows() : table.text());
  return 0;
}

std::string two_sizes(const std::string& text) {
  const std::size_t x = text.find('x');
  const ValueCheck whole = whole_number(1, std::int64_t{1} << 40);
  if (x != std::string::npos && whole(text.substr(0, x)).empty() && whole(text.substr(x + 1)).empty()) return "";
  return in_quotes(text) + " is not ROWSxCLASSES, as in 256x50257";
}

}  // namespace

Command bench_command(Arguments& parent) {
  Arguments app = parent.subcommand("bench", "Measures losses against the memory of this machine.");
  app.examples(
      "minimand bench\n"
      "minimand bench squared_error huber --n 10000000 --threads 1\n"
      "minimand bench softmax_cross_entropy --shape 256x50257 --order 1 --format json\n"
      "MINIMAND_TARGET=avx2 minimand bench huber --n 1000");
  auto o = std::make_shared<Options>();
  app.option("losses", o->losses, "the losses; a small suite without any");
  app.option("--n", o->n, "elements (10000000)").value("N").check(whole_number(1, std::int64_t{1} << 40));
  app.option("--shape", o->shape, "of losses of rows (256x50257)").value("RxC").check(two_sizes);
  app.option("--dtype", o->type, "f32, f64, f16 or bf16").value("T").check(word_of(float_type_words()));
  app.option("--order", o->order, "0 value, 1 with gradient, 2 with second derivative (all three for losses that are named)")
      .value("0|1|2").check(whole_number(0, 2));
  app.option("--repetitions", o->repetitions, "of each measurement; the median counts (9)").value("N")
      .check(whole_number(9, 10'000));
  const Option threads = app.option("--threads", o->threads, "threads (one, then all cores)").value("N")
      .check(whole_number(0, 4096));
  const FormatOption format(app);
  return {app, [=] { return run(*o, threads.given(), format.value()); }};
}

}  // namespace minimand::cli
