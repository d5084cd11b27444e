// Learning-rate schedules by text: "cosine", "step:every=10:factor=0.5". A schedule is a factor of the optimiser's
// learning rate.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "facts/facts.h"

namespace minimand::learn {

struct ScheduleEntry {
  const char* name;
  const char* summary;
  std::span<const facts::Param> params;
};
std::span<const ScheduleEntry> schedules();

class Schedule {
 public:
  // What a schedule that watches the loss remembers.
  struct Memory {
    double factor = 1, best = facts::infinity;
    std::int64_t waited = 0;  // epochs without a better loss
  };

  explicit Schedule(std::string_view text);  // PAR005
  std::string text() const;
  bool constant() const noexcept { return kind_ == 0; }

  // At step `step` = 0, 1, ... of `steps` in all, `each` of them an epoch.
  double factor(std::int64_t step, std::int64_t steps, std::int64_t each, const Memory& memory) const;
  // After an epoch: the loss that is watched.
  void measured(double loss, Memory& memory) const;

 private:
  int kind_;
  std::vector<double> values_;
};

}  // namespace minimand::learn
