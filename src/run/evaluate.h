// One call of one loss: shapes and options checked, memory walked block by block, sums in the fixed order.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include <minimand/call.hpp>

#include "kernels/entry.h"
#include "run/layout.h"
#include "run/tree.h"

namespace minimand::run {

// A loss with its parameters.
struct Spec {
  const LossEntry& entry;
  const double* parameters;       // [max_params]
  std::span<const double> list;   // one value per column for parameter list_index, or empty
  int list_index;
};

// Where a part of the data lies in the whole, and where its sums go.
struct PartOf {
  Segments* sums;
  std::int64_t begin;
};

// Evaluates the whole, or a part (then Result's value, sum and weight_sum are of the part as if it stood alone).
Result evaluate(const Spec& spec, const array& prediction, const array& target, const Call& call, const PartOf* part);

// value, from the sums: PAR005 for mean_over without a divisor, DOM004 for an empty mean under empty::error.
double reduce(const Result& sums, reduction how, double mean_over, empty nothing);
// Adds what the reduced numbers alone show, and turns flags into STR001 under strict.
void finish(Result& result, const Call& call);
// "nan_in, infinite"
std::string flags_text(std::uint32_t flags);

}  // namespace minimand::run
