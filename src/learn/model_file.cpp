// Writes and strictly reads model files.
#include "learn/model_file.h"

#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <minimand/error.hpp>

#include "io/atomic_file.h"
#include "io/source.h"
#include "kernels/entry.h"
#include "learn/model_card.h"
#include "learn/safetensors.h"

namespace minimand::learn {
namespace {

std::string crc32_text(const void* data, std::size_t bytes) {
  const auto crc = static_cast<std::uint32_t>(::crc32_z(0, static_cast<const Bytef*>(data), bytes));
  char text[9];
  std::snprintf(text, sizeof text, "%08x", crc);
  return text;
}

[[noreturn]] void fail(std::string_view file, const std::string& why) {
  throw error(error_code::STF001, std::string(file) + ": " + why);
}

std::string layer_name(std::size_t layer, const char* part) {
  return "layer" + std::to_string(layer) + "." + part;
}

std::vector<TensorData> tensors_of(const Model& model) {
  const std::int64_t features = model.network.inputs();
  std::vector<TensorData> out = {{"scaling.shift", dtype::f64, {features}, model.scaling.shift.data()},
                                 {"scaling.scale", dtype::f64, {features}, model.scaling.scale.data()}};
  for (std::size_t l = 0; l < model.network.layers().size(); ++l) {
    const Layer& layer = model.network.layers()[l];
    const bool exact = !model.exact.empty();
    const auto at = [&](std::int64_t i) -> const void* {
      if (exact) return model.exact.data() + i;
      return model.parameters.data() + i;
    };
    const dtype type = exact ? dtype::f64 : dtype::f32;
    out.push_back({layer_name(l, "weight"), type, {layer.inputs, layer.outputs}, at(layer.weight)});
    out.push_back({layer_name(l, "bias"), type, {layer.outputs}, at(layer.bias)});
  }
  return out;
}

// Copies one tensor after checking its type, shape, checksum and that its numbers are finite.
template <class T>
void read_tensor(const Card& card, const Safetensors& header, std::string_view bytes, std::string_view file,
                 const std::string& name, const std::vector<std::int64_t>& shape, T* out) {
  const Tensor* tensor = header.find(name);
  if (!tensor || tensor->type != dtype_of<T>() || tensor->shape != shape)
    fail(file, "tensor " + name + " is missing, or of another type or shape than the model's");
  const char* from = bytes.data() + header.data + tensor->begin;
  const auto size = static_cast<std::size_t>(tensor->end - tensor->begin);
  const auto sum = card.crc32.find(name);
  if (sum == card.crc32.end() || sum->second != crc32_text(from, size))
    fail(file, "tensor " + name + " is damaged: its checksum is another");
  std::memcpy(out, from, size);
  for (std::size_t i = 0; i < size / sizeof(T); ++i)
    if (!std::isfinite(out[i])) fail(file, "tensor " + name + " holds a number that is not finite");
}

// The shapes the card states, against the tensors that are there: afterwards they are bounded by the file's
// size.
void check_shapes(const Card& card, const Safetensors& header, std::string_view file) {
  std::size_t layer = 0;
  std::int64_t width = card.features;
  const auto check = [&](std::int64_t inputs, std::int64_t outputs) {
    const std::string name = layer_name(layer++, "weight");
    const Tensor* tensor = header.find(name);
    if (!tensor || inputs < 1 || outputs < 1 || tensor->shape != std::vector<std::int64_t>{inputs, outputs})
      fail(file, "tensor " + name + " is missing or of another shape than the model's");
  };
  if (!card.spec.channels.empty()) {
    Image at = card.image;
    constexpr std::int64_t most = 1 << 20;
    if (at.height > most || at.width > most || at.channels > most || at.size() != width)
      fail(file, "its images are not what its features are");
    for (const std::int64_t channels : card.spec.channels) {
      const Convolution convolution{at, channels};
      check(convolution.fan_in(), channels);
      at = convolution.pooled();
      width = at.size();
    }
  }
  for (const std::int64_t next : card.spec.hidden) check(width, next), width = next;
  check(width, card.outputs);
  if (header.tensors.size() != 2 + 2 * layer) fail(file, "there are tensors that the model does not have");
}

}  // namespace

std::string model_bytes(const Model& model) {
  std::map<std::string, std::string> sums;
  const std::vector<TensorData> tensors = tensors_of(model);
  for (const TensorData& tensor : tensors) {
    std::size_t bytes = size_of(tensor.type);
    for (const std::int64_t extent : tensor.shape) bytes *= static_cast<std::size_t>(extent);
    sums[tensor.name] = crc32_text(tensor.data, bytes);
  }
  const std::string card = card_text(model, sums);
  return safetensors_bytes(
      tensors,
      {{"format", model_format}, {"card", card}, {"card_crc32", crc32_text(card.data(), card.size())}});
}

std::string model_card(const Model& model) { return card_text(model, {}); }

Model model_from_bytes(std::string_view bytes, std::string_view file) {
  const auto size = static_cast<std::int64_t>(bytes.size());
  const std::int64_t header_size = safetensors_header_size(bytes.substr(0, 8), size, file);
  const Safetensors header =
      parse_safetensors_header(bytes.substr(8, static_cast<std::size_t>(header_size)), file);
  if (safetensors_size(header) != size) {
    fail(file, "its tensors end at byte " + std::to_string(safetensors_size(header)) + ", the file at " +
                   std::to_string(size));
  }
  const auto entry = [&](const char* key) -> const std::string& {
    const auto found = header.metadata.find(key);
    if (found == header.metadata.end())
      fail(file, "no model of minimand: its metadata have no " + std::string(key));
    return found->second;
  };
  if (entry("format") != model_format) fail(file, "no model of minimand: its format is another");
  if (header.metadata.size() != 3) fail(file, "its metadata have unknown entries");
  const std::string& text = entry("card");
  if (entry("card_crc32") != crc32_text(text.data(), text.size()))
    fail(file, "the card is damaged: its checksum is another");
  const Card card = parse_card(text, file);

  check_shapes(card, header, file);
  Model model = model_of(card, file);
  model.scaling.shift.resize(static_cast<std::size_t>(card.features));
  model.scaling.scale.resize(static_cast<std::size_t>(card.features));
  read_tensor(card, header, bytes, file, "scaling.shift", {card.features}, model.scaling.shift.data());
  read_tensor(card, header, bytes, file, "scaling.scale", {card.features}, model.scaling.scale.data());
  const auto count = static_cast<std::size_t>(model.network.parameter_count());
  model.parameters.resize(count);
  if (card.exact) model.exact.resize(count);
  for (std::size_t l = 0; l < model.network.layers().size(); ++l) {
    const Layer& layer = model.network.layers()[l];
    const auto read = [&](auto* parameters) {
      read_tensor(card, header, bytes, file, layer_name(l, "weight"), {layer.inputs, layer.outputs},
                  parameters + layer.weight);
      read_tensor(card, header, bytes, file, layer_name(l, "bias"), {layer.outputs}, parameters + layer.bias);
    };
    if (card.exact) read(model.exact.data());
    else read(model.parameters.data());
  }
  if (card.exact) model.parameters.assign(model.exact.begin(), model.exact.end());
  return model;
}

void write_model(const Model& model, const std::string& path) {
  const std::string bytes = model_bytes(model);
  io::AtomicFile file(path);
  file.write(bytes.data(), bytes.size());
  file.commit();
}

Model read_model(const std::string& path) {
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
  return model_from_bytes(bytes, name);
}

}  // namespace minimand::learn
