// A model as one safetensors file: weights and scaling as tensors, everything else as a JSON card in its
// metadata.
#pragma once

#include <string>
#include <string_view>

#include "learn/model.h"

namespace minimand::learn {

inline constexpr int model_format_version = 2;

// The card: loss, model, links, features, how it was trained; keys in a fixed order, no times, so that the
// same training gives the same bytes.
std::string model_card(const Model& model);

std::string model_bytes(const Model& model);
// `file` is for messages, already safe to print. STF001 for anything malformed or damaged; CFG003 for a model
// of a later format or with a loss that is not here.
Model model_from_bytes(std::string_view bytes, std::string_view file = "model");

// Whole or not at all: io::AtomicFile.
void write_model(const Model& model, const std::string& path);
Model read_model(const std::string& path);

}  // namespace minimand::learn
