// What the parts of the C API share: failures kept for the thread, and structs of any size.
#pragma once

#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

#include <minimand/error.hpp>
#include <minimand/evaluate.hpp>
#include <minimand/minimand.h>

struct minimand_loss {
  minimand::Loss loss;
};
struct minimand_partial {
  minimand::Partial partial;
};

namespace minimand::c_api {

// Keeps the failure being handled for minimand_last_error(). Call it inside a catch block; never throws, never
// allocates.
minimand_status keep_failure() noexcept;

// Runs work(); what it throws becomes a status.
template <class F>
minimand_status guarded(F&& work) noexcept {
  try {
    work();
    return MINIMAND_OK;
  } catch (...) {
    return keep_failure();
  }
}

[[noreturn]] inline void refuse(const std::string& why) { throw error(error_code::PAR005, why); }

template <class T>
const T& given(const T* pointer, const char* what) {
  if (pointer == nullptr) refuse(std::string(what) + " is a null pointer");
  return *pointer;
}

// The bytes of a struct that the caller's header knows, refused unless what it knows beyond ours is 0.
inline std::size_t known_size(const void* from, std::size_t size, std::size_t first, std::size_t ours, const char* what) {
  if (size < first) {
    refuse(std::string(what) + " says it has " + std::to_string(size) + " bytes; legal: " + std::to_string(first) +
           " or more (set struct_size, or begin with the INIT macro)");
  }
  if (size <= ours) return size;
  if (size - ours > 4096) refuse(std::string(what) + " says it has " + std::to_string(size) + " bytes");
  for (std::size_t i = ours; i < size; ++i) {
    if (static_cast<const unsigned char*>(from)[i] != 0) {
      refuse(std::string(what) + " has an option that this version does not know");
    }
  }
  return ours;
}

// A struct as this version knows it. `defaults` stand for what the caller's header lacked; `first` is the size the
// struct had in its first version. `room` holds a copy, made only if the sizes differ.
template <class T>
const T& read(const T& from, T& room, const T& defaults, std::size_t first, const char* what) {
  static_assert(std::is_trivially_copyable_v<T>);
  if (from.struct_size == sizeof(T)) return from;
  room = defaults;
  std::memcpy(&room, &from, known_size(&from, from.struct_size, first, sizeof(T), what));
  return room;
}

// Fills the caller's struct as far as its header goes.
template <class T>
void write(T& to, T from, std::size_t first, const char* what) {
  const std::size_t size = to.struct_size;
  if (size == sizeof(T)) {
    from.struct_size = size;
    to = from;
    return;
  }
  const std::size_t known = size < sizeof(T) ? size : sizeof(T);
  if (size < first) known_size(&to, size, first, sizeof(T), what);
  from.struct_size = size;
  std::memcpy(static_cast<void*>(&to), &from, known);
}

// Sizes of the structs in the first version that had them: up to their then last member.
#define MINIMAND_SIZE_TO(type, member) (offsetof(type, member) + sizeof(type::member))
inline constexpr std::size_t first_array = MINIMAND_SIZE_TO(minimand_array, strides);
inline constexpr std::size_t first_call = MINIMAND_SIZE_TO(minimand_call, reserved);
inline constexpr std::size_t first_result = MINIMAND_SIZE_TO(minimand_result, reserved);
inline constexpr std::size_t first_facts = MINIMAND_SIZE_TO(minimand_facts, symmetric);
inline constexpr std::size_t first_parameter = MINIMAND_SIZE_TO(minimand_parameter, word_values);
#undef MINIMAND_SIZE_TO

// What the C call says, as the C++ API says it; PAR005 for anything unknown, missing or given twice.
struct Arguments {
  array prediction, target;
  Call call;
};
void read_call(const minimand_call* from, Arguments& to);
void read_reduction(std::int32_t how, std::int32_t nothing, Call& to);
void write_result(minimand_result& to, const Result& from);

}  // namespace minimand::c_api
