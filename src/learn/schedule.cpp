// The schedules as formulas of the share of training that is done, and one that watches the loss.
#include "learn/schedule.h"

#include <algorithm>
#include <cmath>
#include <minimand/error.hpp>
#include <numbers>

#include "api/escape.h"
#include "learn/options_text.h"

namespace minimand::learn {
namespace {

constexpr facts::Domain count{"1 or more", facts::Kind::interval, 1, 1e9};
enum Kind { constant_rate, step_rate, cosine_rate, plateau_rate };
namespace step {
enum { every, factor };
constexpr facts::Param params[] = {{"every", 10, count, "epochs between two changes"},
                                   {"factor", 0.1, facts::positive, "what the rate is multiplied by"}};
}  // namespace step
namespace cosine {
enum { warmup, floor };
constexpr facts::Param params[] = {
    {"warmup", 0, facts::below_one, "share of training in which the rate rises from 0"},
    {"floor", 0, facts::unit_interval, "where it ends, as a share of the rate"}};
}  // namespace cosine
namespace plateau {
enum { patience, factor, threshold };
constexpr facts::Param params[] = {
    {"patience", 10, facts::non_negative, "epochs without a better loss before the rate falls"},
    {"factor", 0.1, facts::open_unit_interval, "what the rate is multiplied by"},
    {"threshold", 1e-4, facts::unit_interval, "by what share a loss must be lower to be better"}};
}  // namespace plateau
constexpr ScheduleEntry entries[] = {
    {"constant", "The same rate throughout.", {}},
    {"step", "Multiplied by a factor every so many epochs.", step::params},
    {"cosine", "Half a cosine down to the floor; Loshchilov & Hutter (2017), arXiv:1608.03983.", cosine::params},
    {"plateau", "Multiplied by a factor when the loss no longer falls.", plateau::params},
};

}  // namespace

std::span<const ScheduleEntry> schedules() { return entries; }

Schedule::Schedule(std::string_view text) : kind_(-1) {
  const OptionsText spec = parse_options(text, "schedule");
  std::vector<std::string_view> names;
  for (const ScheduleEntry& entry : entries) {
    if (spec.name == entry.name) kind_ = static_cast<int>(names.size());
    names.push_back(entry.name);
  }
  if (kind_ < 0) {
    throw error(error_code::PAR005,
                "unknown schedule \"" + escaped(spec.name) + "\"" + suggestion(spec.name, names));
  }
  values_ = parameter_values(spec, entries[kind_].params, "schedule");
}

std::string Schedule::text() const {
  return parameters_text(entries[kind_].name, entries[kind_].params, values_);
}

double Schedule::factor(std::int64_t now, std::int64_t steps, std::int64_t each, const Memory& memory) const {
  switch (kind_) {
    case step_rate:  // factor^floor(epoch / every), epochs counted from 0
      return std::pow(values_[step::factor],
                      std::floor(static_cast<double>(now / each) / std::floor(values_[step::every])));
    case cosine_rate: {  // floor + (1 - floor) (1 + cos(pi s)) / 2, s from 0 to 1 after the warm-up
      const double share = static_cast<double>(now) / static_cast<double>(steps), warmup = values_[cosine::warmup];
      if (share < warmup) return static_cast<double>(now + 1) / (warmup * static_cast<double>(steps) + 1);
      const double s = (share - warmup) / (1 - warmup), low = values_[cosine::floor];
      return low + (1 - low) * (1 + std::cos(std::numbers::pi * s)) / 2;
    }
    case plateau_rate:
      return memory.factor;
    default:
      return 1;
  }
}

void Schedule::measured(double loss, Memory& memory) const {
  if (kind_ != plateau_rate) return;
  // Better: lower by the threshold's share of its size, whatever the sign.
  if (!(loss >= memory.best - values_[plateau::threshold] * std::abs(memory.best)) || std::isinf(memory.best)) {
    memory.best = std::isnan(loss) ? memory.best : loss;
    memory.waited = 0;
  } else if (static_cast<double>(++memory.waited) > values_[plateau::patience]) {
    memory.factor *= values_[plateau::factor];
    memory.waited = 0;
  }
}

}  // namespace minimand::learn
