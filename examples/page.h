// What the programs with a page in docs/examples share: numbers that are the same on every machine, lines and points
// of a picture, and how a page ends.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <minimand/error.hpp>

#include "picture/figure.h"
#include "picture/svg.h"

// SplitMix64: Steele, Lea and Flood (2014), doi:10.1145/2660193.2660195.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t bits() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
  }
  // In (0, 1), both ends excluded.
  double uniform() { return (static_cast<double>(bits() >> 11) + 0.5) * 0x1p-53; }
  // Standard normal: Box and Muller (1958), doi:10.1214/aoms/1177706645.
  double normal() {
    const double radius = std::sqrt(-2 * std::log(uniform()));
    return radius * std::cos(2 * 3.141592653589793 * uniform());
  }

 private:
  std::uint64_t state_;
};

// A curve from low to high.
template <class F>
minimand::picture::Series curve(std::string name, double low, double high, F f) {
  minimand::picture::Series out{std::move(name), {}, {}};
  for (int k = 0; k <= 240; ++k) {
    out.x.push_back(low + (high - low) * k / 240);
    out.y.push_back(f(out.x.back()));
  }
  return out;
}

// Points: a line that breaks after each. Without a name they are in no legend.
inline minimand::picture::Series points(const std::vector<double>& x, const std::vector<double>& y,
                                        std::string name = "") {
  minimand::picture::Series out{std::move(name), {}, {}};
  for (std::size_t i = 0; i < x.size(); ++i) {
    out.x.insert(out.x.end(), {x[i], x[i]});
    out.y.insert(out.y.end(), {y[i], std::numeric_limits<double>::quiet_NaN()});
  }
  return out;
}

// What the page says of its numbers, each sentence with whether it is so.
class Page {
 public:
  void claim(bool holds, const char* sentence) {
    std::printf("%s%s %s\n", claims_++ == 0 ? "\n" : "", holds ? "yes:" : "NO: ", sentence);
    right_ = right_ && holds;
  }

  // The exit status: 1 if a claim does not hold. With a folder as the program's argument its picture is written there.
  int end(int argc, char** argv, const char* name, const minimand::picture::Figure& figure) const {
    if (argc > 1) {
      const std::string path = std::string(argv[1]) + '/' + name + ".svg";
      std::ofstream file(path);
      if (!(file << minimand::picture::svg(figure) << std::flush)) {
        std::fprintf(stderr, "error[IO003] cannot write %s\n", path.c_str());
        return minimand::exit_status(minimand::error_code::IO003);
      }
    }
    return right_ ? 0 : 1;
  }

 private:
  int claims_ = 0;
  bool right_ = true;
};
