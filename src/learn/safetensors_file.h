// Whole safetensors files: their bytes, and tensors with checksums.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "learn/safetensors.h"

namespace minimand::learn {

// Eight hexadecimal digits (zlib's CRC-32).
std::string crc32_text(const void* data, std::size_t bytes);
std::map<std::string, std::string> crc32_of(const std::vector<TensorData>& tensors);

// All bytes of a file or stream, whose header and size are checked before they are read. STF001
std::string read_safetensors(const std::string& path);
// The header of such bytes, which must end where the last tensor ends.
Safetensors header_of(std::string_view bytes, std::string_view file);
// An entry of the metadata; STF001 if it is not there.
const std::string& metadata_entry(const Safetensors& header, const char* key, std::string_view file);

// Copies one tensor of f32 or f64 after checking its type, shape, checksum, and, if asked, that its numbers are finite.
template <class T>
void read_tensor(const std::map<std::string, std::string>& crc32, const Safetensors& header, std::string_view bytes,
                 std::string_view file, const std::string& name, const std::vector<std::int64_t>& shape, bool finite,
                 T* out);

}  // namespace minimand::learn
