#include "run/target.h"

#include <atomic>
#include <cstdlib>
#include <string>

#include <hwy/highway.h>
#include <hwy/targets.h>

#include <minimand/error.hpp>

namespace minimand::run {
namespace {

constexpr const char* names[] = {"baseline", "avx2", "avx512", "neon"};
constexpr int count = static_cast<int>(Target::count);
std::atomic<int> forced{-1};

// What the kernels are compiled for; the scalar baseline runs anywhere but on Arm, where NEON is always there.
std::int64_t highway_bit(Target target) {
  switch (target) {
    case Target::avx2: return HWY_AVX2;
    case Target::avx512: return HWY_AVX3;
    case Target::neon: return HWY_NEON;
    default: return HWY_SCALAR;
  }
}

Target choose() {
  if (const char* wanted = std::getenv("MINIMAND_TARGET"); wanted != nullptr && *wanted != '\0') {
    for (int t = 0; t < count; ++t) {
      if (std::string(wanted) != names[t]) continue;
      if (available(static_cast<Target>(t))) return static_cast<Target>(t);
      throw error(error_code::CFG001, std::string("MINIMAND_TARGET=") + wanted + ": this machine or build lacks it");
    }
    throw error(error_code::CFG001, "MINIMAND_TARGET is none of baseline, avx2, avx512, neon");
  }
  for (int t = count; t-- > 0;) {
    if (available(static_cast<Target>(t))) return static_cast<Target>(t);
  }
  throw error(error_code::INT001, "no kernels for this machine");
}

}  // namespace

const char* name(Target target) { return names[static_cast<int>(target)]; }

bool available(Target target) {
  // HWY_TARGETS is what this build compiles; the machine must have it too.
  const std::int64_t bit = highway_bit(target);
  if ((HWY_TARGETS & bit) == 0) return false;
  return target == Target::baseline || (hwy::SupportedTargets() & bit) != 0;
}

Target active_target() {
  if (const int target = forced.load(std::memory_order_relaxed); target >= 0) return static_cast<Target>(target);
  static const Target chosen = choose();
  return chosen;
}

void force_target(Target target) { forced.store(static_cast<int>(target)); }

}  // namespace minimand::run
