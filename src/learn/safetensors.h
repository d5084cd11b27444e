// The safetensors format, strictly: https://github.com/huggingface/safetensors#format
#pragma once

#include <cstdint>
#include <map>
#include <minimand/array.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace minimand::learn {

struct Tensor {
  std::string name;
  dtype type = dtype::f32;
  std::vector<std::int64_t> shape;
  std::int64_t begin = 0, end = 0;  // bytes of the data, which follow the header
};
struct Safetensors {
  std::map<std::string, std::string> metadata;
  std::vector<Tensor> tensors;  // as they lie in the data
  std::int64_t data = 0;        // offset of the data in the file

  // Null if there is none of that name.
  const Tensor* find(std::string_view name) const;
};

inline constexpr std::int64_t max_safetensors_header = 16 << 20;  // B
inline constexpr std::int64_t max_tensors = 1'000'000;
inline constexpr std::int64_t max_tensor_name = 4096;  // B

// The first 8 bytes: the length of the header, checked against its limit and, unless that is -1, the file's
// size.
std::int64_t safetensors_header_size(std::string_view first8, std::int64_t file_size, std::string_view file);
// `header` is the JSON text after the first 8 bytes. Offsets begin at 0 and leave no hole; no key is there
// twice. STF001 with the file's name on anything else.
Safetensors parse_safetensors_header(std::string_view header, std::string_view file);
// End of the last tensor from the beginning of the file.
std::int64_t safetensors_size(const Safetensors& header);

// A tensor to be written, row-major.
struct TensorData {
  std::string name;
  dtype type;
  std::vector<std::int64_t> shape;
  const void* data;
};
// The whole file.
std::string safetensors_bytes(const std::vector<TensorData>& tensors,
                              const std::map<std::string, std::string>& metadata);

}  // namespace minimand::learn
