// The C API: failures, losses from text, one evaluation.
#include "api/c_api.h"

#include <algorithm>
#include <new>

#include "api/escape.h"
#include "api/nearest.h"

namespace minimand::c_api {
namespace {

// A number for each code: a code without its line in minimand.h does not compile.
minimand_status status_of(error_code code) noexcept {
  switch (code) {
#define MINIMAND_ERROR(code, exit_status, meaning) \
  case error_code::code:                           \
    return MINIMAND_##code;
#include <minimand/error_codes.def>
#undef MINIMAND_ERROR
  }
  return MINIMAND_INT001;
}

struct LastError {
  char message[2048];
  minimand_error error;
};
thread_local constinit LastError last{{0}, {sizeof(minimand_error), MINIMAND_OK, 0, "", "", "", -1, 0}};

minimand_status keep(error_code code, const char* message, role where = role::none, std::int64_t first = -1,
                     std::int64_t count = 0) noexcept {
  constexpr const char* arguments[] = {"", "prediction", "target", "weight", "class_weight", "gradient", "hessian", "values"};
  std::size_t length = std::min(std::strlen(message), sizeof last.message - 1);
  // Not within a character of UTF-8.
  if (message[length] != '\0') {
    while (length > 0 && (static_cast<unsigned char>(message[length]) & 0xc0) == 0x80) --length;
  }
  std::memcpy(last.message, message, length);
  last.message[length] = '\0';
  last.error = {sizeof(minimand_error), status_of(code), exit_status(code), name(code), last.message,
                arguments[static_cast<int>(where)], first, count};
  return last.error.status;
}

constexpr std::string_view input_names[] = {"prediction", "target", "weight", "class_weight"};
constexpr std::string_view output_names[] = {"gradient", "hessian", "values"};

// Place of an array's name in the list.
template <std::size_t n>
std::size_t place_of(const minimand_array& a, const std::string_view (&names)[n], const char* kind) {
  if (a.name == nullptr) refuse(std::string("an ") + kind + " array has no name");
  const std::string_view wanted = a.name;
  for (std::size_t i = 0; i < n; ++i) {
    if (wanted == names[i]) return i;
  }
  const std::string meant = nearest(wanted, {names, names + n});
  std::string all;
  for (const std::string_view each : names) all.append(all.empty() ? "" : ", ").append(each);
  refuse(std::string("unknown ") + kind + " array \"" + escaped(wanted, 80) + "\"" +
         (meant.empty() ? "" : "; did you mean \"" + meant + "\"?") + " (there are " + all + ")");
}

void view(const minimand_array& from, bool writable, role argument, array& to) {
  to.data = from.data;
  to.writable = writable;
  to.present = true;
  const auto unusable = [&](const std::string& what) {
    throw error(error_code::SHP002, std::string(from.name) + " " + what, argument);
  };
  if (from.dtype < 0 || from.dtype > MINIMAND_BOOL) unusable("has an unknown dtype " + std::to_string(from.dtype));
  if (from.rank < 0 || from.rank > max_rank) {
    unusable("has " + std::to_string(from.rank) + " axes; legal: 0 to " + std::to_string(max_rank));
  }
  if (from.rank > 0 && from.shape == nullptr) unusable("has axes but no shape");
  to.type = static_cast<dtype>(from.dtype);
  to.rank = from.rank;
  std::int64_t step = static_cast<std::int64_t>(size_of(to.type));
  for (int a = to.rank; a-- > 0;) {
    to.shape[a] = from.shape[a];
    to.strides[a] = from.strides != nullptr ? from.strides[a] : step;
    // What overflows here is refused by its extents when the call is checked.
    if (from.strides == nullptr && __builtin_mul_overflow(step, to.shape[a], &step)) step = 0;
  }
}

// Each array of the list to its slot. The list's step is the size the caller's header gives the struct.
template <std::size_t n>
void read_arrays(const minimand_array* list, std::size_t count, const std::string_view (&names)[n], const char* kind,
                 array* const (&slots)[n], const role (&roles)[n], bool writable) {
  if (count > 0 && list == nullptr) refuse(std::string(kind) + "s are a null pointer");
  if (count > 64) refuse(std::to_string(count) + " " + kind + " arrays are too many");
  const auto* at = reinterpret_cast<const char*>(list);
  for (std::size_t i = 0; i < count; ++i) {
    const auto& entry = *reinterpret_cast<const minimand_array*>(at);
    minimand_array older;
    const minimand_array& from = read(entry, older, minimand_array MINIMAND_ARRAY_INIT, first_array, "a minimand_array");
    if (entry.struct_size != list->struct_size) refuse("arrays of one list differ in struct_size");
    const std::size_t place = place_of(from, names, kind);
    if (slots[place]->present) refuse(std::string(kind) + " array \"" + from.name + "\" is given twice");
    view(from, writable, roles[place], *slots[place]);
    at += entry.struct_size;
  }
}

std::int32_t choice(std::int32_t value, std::int32_t count, const char* what) {
  if (value < 0 || value >= count) {
    refuse(std::string(what) + " is " + std::to_string(value) + "; legal: 0 to " + std::to_string(count - 1));
  }
  return value;
}

static_assert(MINIMAND_BOOL == static_cast<int>(dtype::boolean) && MINIMAND_BF16 == static_cast<int>(dtype::bf16) &&
              MINIMAND_U8 == static_cast<int>(dtype::u8));
static_assert(int{MINIMAND_FLAG_UNNORMALISED} == int{unnormalised} && int{MINIMAND_FLAG_DOMAIN} == int{domain});
static_assert(MINIMAND_DIAGONAL_BOUND == static_cast<int>(curvature::diagonal_bound));

}  // namespace

minimand_status keep_failure() noexcept {
  try {
    throw;
  } catch (const error& e) {
    return keep(e.code(), e.what(), e.where(), e.first(), e.count());
  } catch (const std::bad_alloc&) {
    return keep(error_code::MEM001, "out of memory");
  } catch (const std::exception& e) {
    return keep(error_code::INT001, e.what());
  } catch (...) {
    return keep(error_code::INT001, "an unknown exception");
  }
}

void read_reduction(std::int32_t how, std::int32_t nothing, Call& to) {
  constexpr reduction reductions[] = {reduction::mean, reduction::none, reduction::sum, reduction::weighted_mean,
                                      reduction::mean_over};
  to.reduction = reductions[choice(how, 5, "reduction")];
  to.empty = static_cast<empty>(choice(nothing, 3, "empty"));
}

void read_call(const minimand_call* given_call, Arguments& to) {
  minimand_call older;
  const minimand_call& from =
      read(given(given_call, "call"), older, minimand_call MINIMAND_CALL_INIT, first_call, "minimand_call");
  Call& call = to.call;
  read_arrays(from.inputs, from.input_count, input_names, "input",
              {&to.prediction, &to.target, &call.weight, &call.class_weight},
              {role::prediction, role::target, role::weight, role::class_weight}, false);
  read_arrays(from.outputs, from.output_count, output_names, "output", {&call.gradient, &call.hessian, &call.values},
              {role::gradient, role::hessian, role::values}, true);
  if (!to.prediction.present) refuse("the inputs have no array \"prediction\"");
  if (!to.target.present) refuse("the inputs have no array \"target\"");
  if (choice(from.has_ignore, 2, "has_ignore") != 0) call.ignore = from.ignore;
  call.class_axis = from.class_axis;
  read_reduction(from.reduction, from.empty, call);
  call.mean_over = from.mean_over;
  call.curvature = static_cast<curvature>(choice(from.curvature, 5, "curvature"));
  call.curvature_scale = from.curvature_scale;
  call.floor = from.floor;
  call.strict = choice(from.strict, 2, "strict") != 0;
  call.threads = from.threads;
  if (from.reserved != 0) refuse("minimand_call.reserved is not 0");
}

void write_result(minimand_result& to, const Result& from) {
  const minimand_result result{sizeof(minimand_result), from.value, from.sum,   from.weight_sum,
                               from.count,              from.ignored, from.flags, 0};
  write(to, result, first_result, "minimand_result");
}

}  // namespace minimand::c_api

using namespace minimand::c_api;

const minimand_error* minimand_last_error(void) { return &last.error; }

minimand_loss* minimand_parse(const char* text, minimand_status* status) {
  minimand_loss* loss = nullptr;
  const minimand_status outcome = guarded([&] { loss = new minimand_loss{minimand::loss(&given(text, "text"))}; });
  if (status != nullptr) *status = outcome;
  return loss;
}

void minimand_loss_free(minimand_loss* loss) { delete loss; }

size_t minimand_loss_text(const minimand_loss* loss, char* buffer, size_t capacity) {
  std::size_t length = 0;
  const minimand_status outcome = guarded([&] {
    const std::string text = given(loss, "loss").loss.text();
    length = text.size();
    if (capacity == 0) return;
    const std::size_t fits = std::min(length, capacity - 1);
    std::memcpy(buffer, text.data(), fits);
    buffer[fits] = '\0';
  });
  return outcome == MINIMAND_OK ? length : 0;
}

minimand_status minimand_evaluate(const minimand_loss* loss, const minimand_call* call, minimand_result* result) {
  return guarded([&] {
    Arguments a;
    read_call(call, a);
    const minimand::Loss& chosen = given(loss, "loss").loss;
    // A result that cannot be written is refused before outputs are.
    known_size(result, given(result, "result").struct_size, first_result, static_cast<std::size_t>(-1), "minimand_result");
    write_result(*result, chosen(a.prediction, a.target, a.call));
  });
}
