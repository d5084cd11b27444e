// Reads safetensors files and checks their tensors.
#include "learn/safetensors_file.h"

#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <minimand/error.hpp>

#include "io/source.h"

namespace minimand::learn {
namespace {

[[noreturn]] void fail(std::string_view file, const std::string& why) {
  throw error(error_code::STF001, std::string(file) + ": " + why);
}

}  // namespace

std::string crc32_text(const void* data, std::size_t bytes) {
  const auto crc = static_cast<std::uint32_t>(::crc32_z(0, static_cast<const Bytef*>(data), bytes));
  char text[9];
  std::snprintf(text, sizeof text, "%08x", crc);
  return text;
}

std::map<std::string, std::string> crc32_of(const std::vector<TensorData>& tensors) {
  std::map<std::string, std::string> sums;
  for (const TensorData& tensor : tensors) {
    std::size_t bytes = size_of(tensor.type);
    for (const std::int64_t extent : tensor.shape) bytes *= static_cast<std::size_t>(extent);
    sums[tensor.name] = crc32_text(tensor.data, bytes);
  }
  return sums;
}

std::string read_safetensors(const std::string& path) {
  const std::unique_ptr<io::Source> source = io::open_source(path);
  const std::string& name = source->name();
  std::string bytes(source->peek(8));
  const std::int64_t header_size = safetensors_header_size(bytes, source->size(), name);
  const std::string_view header = source->peek(static_cast<std::size_t>(8 + header_size));
  if (static_cast<std::int64_t>(header.size()) != 8 + header_size)
    fail(name, "the file ends within its header");
  const std::int64_t size = safetensors_size(parse_safetensors_header(header.substr(8), name));
  if (source->size() >= 0 && source->size() != size) {
    fail(name, "its tensors end at byte " + std::to_string(size) + ", the file at " +
                   std::to_string(source->size()));
  }
  // Grows with what really comes: a stream does not tell its size.
  constexpr std::int64_t step = 1 << 24;
  bytes.clear();
  while (static_cast<std::int64_t>(bytes.size()) < size) {
    const std::size_t before = bytes.size();
    const auto want =
        static_cast<std::size_t>(std::min<std::int64_t>(step, size - static_cast<std::int64_t>(before)));
    bytes.resize(before + want);
    const std::size_t got = source->read(bytes.data() + before, want);
    bytes.resize(before + got);
    if (got < want)
      fail(name, "the file ends at byte " + std::to_string(bytes.size()) + ", its tensors at " +
                     std::to_string(size));
  }
  if (!source->peek(1).empty()) fail(name, "there are bytes after the last tensor");
  return bytes;
}

Safetensors header_of(std::string_view bytes, std::string_view file) {
  const auto size = static_cast<std::int64_t>(bytes.size());
  const std::int64_t header_size = safetensors_header_size(bytes.substr(0, 8), size, file);
  Safetensors header = parse_safetensors_header(bytes.substr(8, static_cast<std::size_t>(header_size)), file);
  if (safetensors_size(header) != size) {
    fail(file, "its tensors end at byte " + std::to_string(safetensors_size(header)) + ", the file at " +
                   std::to_string(size));
  }
  return header;
}

const std::string& metadata_entry(const Safetensors& header, const char* key, std::string_view file) {
  const auto found = header.metadata.find(key);
  if (found == header.metadata.end())
    fail(file, "no model of minimand: its metadata have no " + std::string(key));
  return found->second;
}

template <class T>
void read_tensor(const std::map<std::string, std::string>& crc32, const Safetensors& header, std::string_view bytes,
                 std::string_view file, const std::string& name, const std::vector<std::int64_t>& shape, bool finite,
                 T* out) {
  const Tensor* tensor = header.find(name);
  if (!tensor || tensor->type != dtype_of<T>() || tensor->shape != shape)
    fail(file, "tensor " + name + " is missing, or of another type or shape than the model's");
  const char* from = bytes.data() + header.data + tensor->begin;
  const auto size = static_cast<std::size_t>(tensor->end - tensor->begin);
  const auto sum = crc32.find(name);
  if (sum == crc32.end() || sum->second != crc32_text(from, size))
    fail(file, "tensor " + name + " is damaged: its checksum is another");
  if (size > 0) std::memcpy(out, from, size);
  for (std::size_t i = 0; finite && i < size / sizeof(T); ++i)
    if (!std::isfinite(out[i])) fail(file, "tensor " + name + " holds a number that is not finite");
}
template void read_tensor(const std::map<std::string, std::string>&, const Safetensors&, std::string_view,
                          std::string_view, const std::string&, const std::vector<std::int64_t>&, bool, float*);
template void read_tensor(const std::map<std::string, std::string>&, const Safetensors&, std::string_view,
                          std::string_view, const std::string&, const std::vector<std::int64_t>&, bool, double*);

}  // namespace minimand::learn
