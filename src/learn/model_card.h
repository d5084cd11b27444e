// The JSON card of a model file.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "learn/model.h"

namespace minimand::learn {

inline constexpr const char* model_format = "minimand.model";
inline constexpr std::size_t max_card = 4 << 20;        // B
inline constexpr std::size_t max_card_epochs = 10'000;  // of the history, the last ones

// What the card says, before the tensors are looked at.
struct Card {
  ModelSpec spec;
  std::string loss, link;
  std::int64_t features = 0, outputs = 0;
  Image image;
  bool exact = false;                        // parameters are in f64
  std::map<std::string, std::string> crc32;  // of each tensor, eight hexadecimal digits
  std::string text;                          // all of it
};

// MEM001 if it would be larger than max_card.
std::string card_text(const Model& model, const std::map<std::string, std::string>& crc32);
// STF001, CFG003.
Card parse_card(const std::string& text, std::string_view file);
// A model without its numbers; its shapes must have been checked.
Model model_of(const Card& card, std::string_view file);

}  // namespace minimand::learn
