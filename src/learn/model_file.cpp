// Writes and strictly reads model files.
#include "learn/model_file.h"

#include <minimand/error.hpp>

#include "api/escape.h"
#include "io/atomic_file.h"
#include "learn/model_card.h"
#include "learn/safetensors_file.h"

namespace minimand::learn {
namespace {

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
  const std::vector<TensorData> tensors = tensors_of(model);
  const std::string card = card_text(model, crc32_of(tensors));
  return safetensors_bytes(
      tensors,
      {{"format", model_format}, {"card", card}, {"card_crc32", crc32_text(card.data(), card.size())}});
}

std::string model_card(const Model& model) { return card_text(model, {}); }

Model model_from_bytes(std::string_view bytes, std::string_view file) {
  const Safetensors header = header_of(bytes, file);
  const auto entry = [&](const char* key) -> const std::string& { return metadata_entry(header, key, file); };
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
  read_tensor(card.crc32, header, bytes, file, "scaling.shift", {card.features}, true, model.scaling.shift.data());
  read_tensor(card.crc32, header, bytes, file, "scaling.scale", {card.features}, true, model.scaling.scale.data());
  const auto count = static_cast<std::size_t>(model.network.parameter_count());
  model.parameters.resize(count);
  if (card.exact) model.exact.resize(count);
  for (std::size_t l = 0; l < model.network.layers().size(); ++l) {
    const Layer& layer = model.network.layers()[l];
    const auto read = [&](auto* parameters) {
      read_tensor(card.crc32, header, bytes, file, layer_name(l, "weight"), {layer.inputs, layer.outputs}, true,
                  parameters + layer.weight);
      read_tensor(card.crc32, header, bytes, file, layer_name(l, "bias"), {layer.outputs}, true, parameters + layer.bias);
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
  return model_from_bytes(read_safetensors(path), escaped(path));
}

}  // namespace minimand::learn
