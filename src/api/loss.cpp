// Evaluation of a loss chosen at run time, and of those that losses.hpp names.
#include <algorithm>
#include <cmath>
#include <string>

#include <minimand/catalogue.hpp>
#include <minimand/detail.hpp>

#include "api/about.h"
#include "run/evaluate.h"
#include "run/target.h"

namespace minimand {

const char* flag_name(std::uint32_t bit) noexcept {
  switch (bit) {
    case nan_in: return "nan_in";
    case infinite: return "infinite";
    case overflowed: return "overflowed";
    case domain: return "domain";
    case empty_support: return "empty_support";
    case unnormalised: return "unnormalised";
    default: return "unknown";
  }
}

const char* target() { return run::name(run::active_target()); }
int numerics_version() noexcept { return 1; }

Result Loss::operator()(const array& prediction, const array& target, const Call& call) const {
  const run::Spec spec{*entry_, parameters_.data(), list_, list_index_};
  Result result = run::evaluate(spec, prediction, target, call, nullptr);
  run::finish(result, call);
  return result;
}

namespace detail {

const LossEntry& entry(const char* name) {
  if (const LossEntry* found = find_loss(name)) return *found;
  throw error(error_code::INT001, std::string("minimand/losses.hpp names \"") + name + "\", which this library lacks");
}

double number_or_none(const std::optional<double>& x, const char* what) {
  if (!x) return facts::none;
  if (std::isnan(*x)) throw error(error_code::PAR003, std::string(what) + " is NaN; leave it out instead");
  return *x;
}

Call with_inputs(Call call, std::initializer_list<array> values) {
  Input* to = call.inputs.data();
  for (const array& value : values) (to++)->value = value;
  return call;
}

Result evaluate(const LossEntry& entry, std::initializer_list<double> parameters, const array& prediction,
                const array& target, const Call& call) {
  if (parameters.size() != static_cast<std::size_t>(entry.parameter_count)) {
    throw error(error_code::INT001, "minimand/losses.hpp and the library are of different versions");
  }
  double values[facts::max_params] = {};
  std::copy(parameters.begin(), parameters.end(), values);
  check_parameters(entry, values);
  const run::Spec spec{entry, values, {}, -1};
  Result result = run::evaluate(spec, prediction, target, call, nullptr);
  run::finish(result, call);
  return result;
}

}  // namespace detail
}  // namespace minimand
