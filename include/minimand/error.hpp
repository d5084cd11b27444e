// minimand::error: every failure has a code that never changes, one clear line, and where it happened.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace minimand {

enum class error_code : int {
#define MINIMAND_ERROR(code, exit_status, meaning) code,
#include <minimand/error_codes.def>
#undef MINIMAND_ERROR
};

// "NPY004"
const char* name(error_code code) noexcept;
// The exit status of the command for this code (sysexits numbers; 2 is usage).
int exit_status(error_code code) noexcept;

// Which argument of a call an error speaks of; the command turns it into a file name and a row.
enum class role : int { none, prediction, target, weight, class_weight, gradient, hessian, values };

class error : public std::runtime_error {
 public:
  error(error_code code, const std::string& message, role where = role::none, std::int64_t first = -1,
        std::int64_t count = 0)
      : std::runtime_error(message), code_(code), role_(where), first_(first), count_(count) {}

  error_code code() const noexcept { return code_; }
  role where() const noexcept { return role_; }
  // Position of the first offender in row-major order of its array, or -1.
  std::int64_t first() const noexcept { return first_; }
  // How many offenders there are, or 0 where that has no meaning.
  std::int64_t count() const noexcept { return count_; }

 private:
  error_code code_;
  role role_;
  std::int64_t first_, count_;
};

}  // namespace minimand
