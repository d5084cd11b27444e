// What can be checked of a loss from outside, in f64 and through the public calls alone.
#pragma once

#include <minimand/evaluate.hpp>
#include <string>
#include <vector>

namespace minimand::cli {

struct Check {
  std::string loss, what;
  bool passed = true;
  std::int64_t points = 0;
  std::int64_t skipped = 0;  // beside a kink, where differences say nothing
  double worst = 0;          // largest abs(derivative - difference) / max(1, abs(derivative))
  double limit = 0;          // 0 where nothing is measured
  std::string note;          // what failed
};

std::vector<Check> check_loss(const Loss& loss);

}  // namespace minimand::cli
