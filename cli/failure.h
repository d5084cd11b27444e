// One line on standard error for whatever went wrong, and the exit status that goes with it.
#pragma once

#include <minimand/error.hpp>

namespace minimand::cli {

enum class ErrorFormat { text, json };

// Reports a failure; returns its exit status.
int report(const error& failure, ErrorFormat format);
// Reports the exception in flight: minimand::error, exhausted memory, or an internal error.
int report_current(ErrorFormat format);

}  // namespace minimand::cli
