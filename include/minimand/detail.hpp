// What the functions of losses.hpp call; not for use by hand.
#pragma once

#include <initializer_list>
#include <optional>

#include <minimand/call.hpp>

namespace minimand {

struct LossEntry;

namespace detail {

// The loss of that name; losses.hpp asks once for each.
const LossEntry& entry(const char* name);
// NaN for a parameter that is left out; PAR003 for one that is NaN.
double number_or_none(const std::optional<double>& x, const char* what);
// The call with the values of the inputs besides the prediction.
Call with_inputs(Call call, std::initializer_list<array> values);
// PAR003 if a parameter is outside its range; otherwise what Loss::operator() does.
Result evaluate(const LossEntry& entry, std::initializer_list<double> parameters, const array& prediction,
                const array& target, const Call& call);

}  // namespace detail
}  // namespace minimand
