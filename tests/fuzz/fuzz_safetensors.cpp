// Bytes of safetensors files: none crash the reader, and what it accepts it writes and reads back equal.
#include <string>

#include "guard.h"
#include "learn/safetensors_file.h"
#include <minimand/error.hpp>

using namespace minimand;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const fuzz::Guard guard(size);
  learn::Safetensors header;
  try {
    header = learn::header_of(input, "input");
  } catch (const error& e) {
    MINIMAND_REQUIRE(e.code() == error_code::STF001);
    return 0;
  }
  // Every tensor lies within the input, right behind the one before.
  std::int64_t end = 0;
  std::vector<learn::TensorData> tensors;
  for (const learn::Tensor& t : header.tensors) {
    std::int64_t count = 1;
    for (const std::int64_t extent : t.shape) count *= extent;
    MINIMAND_REQUIRE(t.begin == end && t.end - t.begin == count * static_cast<std::int64_t>(size_of(t.type)));
    end = t.end;
    tensors.push_back({t.name, t.type, t.shape, input.data() + header.data + t.begin});
  }
  MINIMAND_REQUIRE(header.data + end == static_cast<std::int64_t>(size));
  const std::string again = learn::safetensors_bytes(tensors, header.metadata);
  const learn::Safetensors back = learn::header_of(again, "again");
  MINIMAND_REQUIRE(back.metadata == header.metadata && back.tensors.size() == header.tensors.size());
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const learn::Tensor &a = header.tensors[i], &b = back.tensors[i];
    MINIMAND_REQUIRE(a.name == b.name && a.type == b.type && a.shape == b.shape && a.begin == b.begin && a.end == b.end);
    MINIMAND_REQUIRE(input.substr(static_cast<std::size_t>(header.data + a.begin), static_cast<std::size_t>(a.end - a.begin)) ==
                     std::string_view(again).substr(static_cast<std::size_t>(back.data + b.begin), static_cast<std::size_t>(b.end - b.begin)));
  }
  return 0;
}
