// What is settled before the first step: options, the number of outputs, the constant to start from.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "learn/data.h"
#include "learn/trainer.h"

namespace minimand::learn {

// PAR005 for anything outside its range.
void check_options(const FitOptions& options);

// SHP001 if features and targets differ in rows. Outputs: for a row loss the largest label + 1 or the columns
// of a distribution, else the columns of the targets.
std::int64_t output_count(const Rows& features, const Rows& targets, const FitOptions& options);

// The constant model output with the least loss over `rows`, (outputs); `weights` of all rows, or empty. Where the
// best one is infinite (all labels alike), that of half a target more of the other kind.
std::vector<double> best_constant(const Loss& loss, const Rows& targets, std::span<const double> weights,
                                  std::span<const std::int64_t> rows, std::int64_t outputs);

// Evaluates the loss of a constant over all targets, so that a bad one is reported by its place in the
// data and not in some batch. DOM002 also for targets that are not finite.
void check_targets(const Loss& loss, const Rows& targets, std::span<const float> constant, bool listed);

}  // namespace minimand::learn
