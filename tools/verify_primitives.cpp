// Judges the f32 primitives of one argument on every float there is, against f64 libm, and compares the bits
// of the targets. Prints a Markdown table; exit status 1 if bits differ or a result is infinite or NaN where
// it must not be.
//   verify_primitives [--stride N] [--threads N] [name...]     N: every Nth block of 2^16 floats (default 1,
//   all)
#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "primitives_exact.h"
#include "primitives_kernels.h"

namespace minimand::primitives {
namespace {

constexpr uint32_t block = 1u << 16, blocks = 1u << 16;
constexpr uint32_t slow_every = 256;  // SCALAR emulates fma: it sees every 256th block

struct Three {
  double v, d, h;
};
struct Case {
  const char* title;
  const char* function;
  float second;
  Three (*exact)(double);
};
// Where f32 has long reached the limit, libm spends its time on errno.
double exp_of(double x) { return x < -700 ? 0 : x > 200 ? HUGE_VAL : std::exp(x); }
double expm1_of(double x) { return x < -700 ? -1 : x > 200 ? HUGE_VAL : std::expm1(x); }
Three logistic_loss(double m) {  // ln(1 + e^m)
  const double e = exp_of(-std::abs(m)), near = 1 / (1 + e), far = e * near;
  return {std::max(m, 0.0) + std::log1p(e), m >= 0 ? near : far, near * far};
}
const Case cases[] = {
    {"exp", "exp", 0,
     [](double x) {
       return Three{exp_of(x), 0, 0};
     }},
    {"expm1", "expm1", 0,
     [](double x) {
       return Three{expm1_of(x), 0, 0};
     }},
    {"log", "log", 0,
     [](double x) {
       return Three{std::log(x), 0, 0};
     }},
    {"log1p", "log1p", 0,
     [](double x) {
       return Three{std::log1p(x), 0, 0};
     }},
    {"tanh", "tanh", 0,
     [](double x) {
       return Three{std::tanh(x), 0, 0};
     }},
    {"softplus", "rule_softplus", 0, logistic_loss},
    {"sigmoid", "rule_sigmoid", 0,
     [](double x) {
       const Three f = logistic_loss(x);
       return Three{f.d, f.h, -f.h * std::tanh(x / 2)};
     }},
    {"log_cosh", "rule_log_cosh", 0,
     [](double x) {
       const double e = exp_of(-2 * std::abs(x));
       const double s = std::abs(x) < 1 ? std::sinh(x) : 0;
       const double v =
           std::abs(x) < 1 ? std::log1p(s * s) / 2 : std::abs(x) + std::log1p(e) - 0.6931471805599453;
       return Three{v, std::tanh(x), 4 * e / ((1 + e) * (1 + e))};
     }},
    {"logistic_nll, y=0", "rule_logistic_nll", 0, logistic_loss},
    {"logistic_nll, y=1", "rule_logistic_nll", 1,
     [](double x) {
       const Three f = logistic_loss(-x);
       return Three{f.v, -f.d, f.h};
     }},
};

// In ULP of f32 at `exact`, not below the least subnormal; negative where only one is infinite or NaN.
double error_of(float got, double exact) {
  const float rounded = static_cast<float>(exact);
  if (!std::isfinite(rounded) || !std::isfinite(got)) {
    return rounded == got || (std::isnan(rounded) && std::isnan(got)) ? 0 : -1;
  }
  const int64_t field = static_cast<int64_t>(std::bit_cast<uint64_t>(exact) >> 52 & 2047);
  const int64_t exponent = std::max<int64_t>(field, 1023 - 126);
  return std::abs(got - exact) * std::bit_cast<double>(static_cast<uint64_t>(2 * 1023 + 23 - exponent) << 52);
}

struct Worst {
  double error = 0;
  float at = 0;
  uint64_t wrong = 0;  // infinite or NaN
};
struct Report {
  Worst worst[3];
  uint64_t differ = 0;  // floats whose bits differ between targets
};

class Sweep {
 public:
  Sweep(const Case& c, uint32_t stride) : case_(c), stride_(stride) {
    for (const Target& target : targets()) {
      for (const Function<float>& f : target.functions<float>()) {
        if (std::string_view(f.name) == c.function)
          functions_.push_back({f, std::string_view(target.name) == "SCALAR"});
      }
    }
  }
  int outputs() const { return functions_.back().f.outputs; }
  const Report& run(unsigned threads) {
    std::vector<std::thread> crew;
    for (unsigned t = 0; t < threads; ++t) crew.emplace_back([this] { work(); });
    for (std::thread& t : crew) t.join();
    return total_;
  }

 private:
  struct Candidate {
    Function<float> f;
    bool slow;
  };

  void work() {
    std::vector<float> in(block), second(block, case_.second), got[3], other[3];
    for (int k = 0; k < 3; ++k) got[k].resize(block), other[k].resize(block);
    const float* const from[3] = {in.data(), second.data(), second.data()};
    float* const to[3] = {got[0].data(), got[1].data(), got[2].data()};
    float* const beside[3] = {other[0].data(), other[1].data(), other[2].data()};
    Report mine;
    for (uint32_t b; (b = next_.fetch_add(stride_)) < blocks;) {
      for (uint32_t i = 0; i < block; ++i) in[i] = std::bit_cast<float>(b * block + i);
      functions_.back().f.run(from, to, block);
      for (size_t c = 0; c + 1 < functions_.size(); ++c) {
        if (functions_[c].slow && b / stride_ % slow_every != 0) continue;
        functions_[c].f.run(from, beside, block);
        for (int k = 0; k < outputs(); ++k) {
          if (std::memcmp(got[k].data(), other[k].data(), block * sizeof(float)) == 0) continue;
          for (uint32_t i = 0; i < block; ++i)
            mine.differ += std::memcmp(&got[k][i], &other[k][i], sizeof(float)) != 0;
        }
      }
      for (uint32_t i = 0; i < block; ++i) {
        const Three want = case_.exact(in[i]);
        judge(mine.worst[0], got[0][i], want.v, in[i]);
        if (outputs() == 1) continue;
        judge(mine.worst[1], got[1][i], want.d, in[i]);
        judge(mine.worst[2], got[2][i], want.h, in[i]);
      }
    }
    const std::lock_guard lock(mutex_);
    total_.differ += mine.differ;
    for (int k = 0; k < 3; ++k) {
      total_.worst[k].wrong += mine.worst[k].wrong;
      if (mine.worst[k].error > total_.worst[k].error) {
        total_.worst[k].error = mine.worst[k].error, total_.worst[k].at = mine.worst[k].at;
      }
    }
  }
  static void judge(Worst& worst, float got, double exact, float at) {
    const double error = error_of(got, exact);
    if (error < 0) ++worst.wrong;
    if (error > worst.error) worst.error = error, worst.at = at;
  }

  const Case& case_;
  uint32_t stride_;
  std::vector<Candidate> functions_;
  std::atomic<uint32_t> next_{0};
  std::mutex mutex_;
  Report total_;
};

int main_of(int argc, char** argv) {
  uint32_t stride = 1;
  unsigned threads = 2;
  std::vector<std::string_view> names;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--stride" && i + 1 < argc) {
      stride = static_cast<uint32_t>(std::max(1, std::atoi(argv[++i])));
    } else if (word == "--threads" && i + 1 < argc) {
      threads = static_cast<unsigned>(std::max(1, std::atoi(argv[++i])));
    } else {
      names.push_back(word);
    }
  }
  std::string compared;
  for (const Target& target : targets())
    compared += (compared.empty() ? "" : " = ") + std::string(target.name);
  std::printf("| f32 | output | max ULP | at | %s |\n|---|---|---|---|---|\n", compared.c_str());
  bool good = true;
  for (const Case& c : cases) {
    if (!names.empty() && std::find(names.begin(), names.end(), c.title) == names.end()) continue;
    Sweep sweep(c, stride);
    const Report& report = sweep.run(threads);
    for (int k = 0; k < sweep.outputs(); ++k) {
      const Worst& worst = report.worst[k];
      std::printf("| %s | %c | %.3f%s | %a | %s |\n", c.title, "vdh"[k], worst.error,
                  worst.wrong ? (" and " + std::to_string(worst.wrong) + " wrong").c_str() : "",
                  static_cast<double>(worst.at),
                  report.differ ? (std::to_string(report.differ) + " differ").c_str() : "yes");
      good = good && worst.wrong == 0 && report.differ == 0;
    }
    std::fflush(stdout);
  }
  return good ? 0 : 1;
}

}  // namespace
}  // namespace minimand::primitives

int main(int argc, char** argv) { return minimand::primitives::main_of(argc, argv); }
