// The C API: partial results.
#include "api/c_api.h"

using namespace minimand::c_api;

minimand_partial* minimand_partial_new(void) {
  minimand_partial* partial = nullptr;
  guarded([&] { partial = new minimand_partial; });
  return partial;
}

void minimand_partial_free(minimand_partial* partial) { delete partial; }

minimand_status minimand_evaluate_part(const minimand_loss* loss, const minimand_call* call, int64_t begin,
                                       minimand_partial* into) {
  return guarded([&] {
    Arguments a;
    read_call(call, a);
    given(into, "into");
    into->partial.merge(given(loss, "loss").loss.part(a.prediction, a.target, a.call, begin));
  });
}

minimand_status minimand_partial_merge(minimand_partial* into, const minimand_partial* from) {
  return guarded([&] {
    given(into, "into");
    into->partial.merge(given(from, "from").partial);
  });
}

minimand_status minimand_partial_finish(const minimand_partial* partial, int32_t reduction, double mean_over,
                                        int32_t empty, minimand_result* result) {
  return guarded([&] {
    minimand::Call call;
    read_reduction(reduction, empty, call);
    given(result, "result");
    write_result(*result, given(partial, "partial").partial.finish(call.reduction, mean_over, call.empty));
  });
}

void minimand_partial_range(const minimand_partial* partial, int64_t* begin, int64_t* end) {
  if (begin != nullptr) *begin = partial != nullptr ? partial->partial.begin() : 0;
  if (end != nullptr) *end = partial != nullptr ? partial->partial.end() : 0;
}

minimand_status minimand_partial_to_bytes(const minimand_partial* partial, void* buffer, size_t capacity, size_t* size) {
  return guarded([&] {
    given(size, "size");
    const std::string bytes = given(partial, "partial").partial.to_bytes();
    *size = bytes.size();
    if (buffer == nullptr) return;
    if (capacity < bytes.size()) {
      refuse("the partial result has " + std::to_string(bytes.size()) + " bytes, the buffer " + std::to_string(capacity));
    }
    std::memcpy(buffer, bytes.data(), bytes.size());
  });
}

minimand_partial* minimand_partial_from_bytes(const void* bytes, size_t size, minimand_status* status) {
  minimand_partial* partial = nullptr;
  const minimand_status outcome = guarded([&] {
    if (bytes == nullptr && size > 0) refuse("bytes is a null pointer");
    partial = new minimand_partial{minimand::Partial::from_bytes({static_cast<const char*>(bytes), size})};
  });
  if (status != nullptr) *status = outcome;
  return partial;
}
