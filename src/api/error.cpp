// Names and exit statuses of the error codes, read from their one table, and the names of element types.
#include <minimand/array.hpp>
#include <minimand/error.hpp>

namespace minimand {

const char* name(error_code code) noexcept {
  switch (code) {
#define MINIMAND_ERROR(code, exit_status, meaning) \
  case error_code::code:                           \
    return #code;
#include <minimand/error_codes.def>
#undef MINIMAND_ERROR
  }
  return "INT001";
}

int exit_status(error_code code) noexcept {
  switch (code) {
#define MINIMAND_ERROR(code, exit_status, meaning) \
  case error_code::code:                           \
    return exit_status;
#include <minimand/error_codes.def>
#undef MINIMAND_ERROR
  }
  return 70;
}

const char* name(dtype t) noexcept {
  constexpr const char* names[] = {"f32", "f64", "f16", "bf16", "i8",  "i16", "i32",
                                   "i64", "u8",  "u16", "u32",  "u64", "bool"};
  return names[static_cast<int>(t)];
}

}  // namespace minimand
