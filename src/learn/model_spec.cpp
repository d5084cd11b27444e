// Models by text.
#include <algorithm>
#include <charconv>
#include <minimand/error.hpp>

#include "api/escape.h"
#include "learn/network.h"
#include "learn/options_text.h"

namespace minimand::learn {
namespace {

constexpr std::int64_t max_width = 1'000'000;
constexpr std::size_t max_layers = 64;

std::vector<std::int64_t> parse_hidden(std::string_view text) {
  std::vector<std::int64_t> widths;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('x', begin), text.size());
    std::int64_t width = 0;
    const auto [at, code] = std::from_chars(text.data() + begin, text.data() + end, width);
    if (code != std::errc() || at != text.data() + end || width < 1 || width > max_width) {
      throw error(error_code::PAR005,
                  "hidden layers \"" + escaped(text) +
                      "\": write widths from 1 to 1000000 with an x between them, as in 256x128");
    }
    widths.push_back(width);
    begin = end + 1;
  }
  if (widths.size() > max_layers) {
    throw error(error_code::PAR005, std::to_string(widths.size()) + " hidden layers; at most " +
                                        std::to_string(max_layers) + " are allowed");
  }
  return widths;
}

}  // namespace

ModelSpec::ModelSpec(std::string_view text) {
  constexpr std::string_view names[] = {"linear", "mlp"};
  constexpr std::string_view keys[] = {"hidden", "activation"};
  constexpr std::string_view activations[] = {"relu", "tanh"};
  const OptionsText parsed = parse_options(text, "model");
  if (parsed.name != names[0] && parsed.name != names[1]) {
    throw error(error_code::PAR005,
                "unknown model \"" + escaped(parsed.name) + "\"" + suggestion(parsed.name, names));
  }
  if (parsed.name == "linear") {
    if (parsed.options.empty()) return;
    throw error(error_code::PAR005, "model linear has no options; mlp has hidden layers");
  }
  for (const auto& [key, value] : parsed.options) {
    if (key == "activation") {
      if (value != "relu" && value != "tanh") {
        throw error(error_code::PAR005,
                    "unknown activation \"" + escaped(value) + "\"" + suggestion(value, activations));
      }
      activation = value == "tanh" ? Activation::tanh : Activation::relu;
    } else if (key == "hidden" || key.empty()) {
      if (!hidden.empty()) throw error(error_code::PAR005, "model mlp: the hidden layers are given twice");
      hidden = parse_hidden(value);
    } else {
      throw error(error_code::PAR005,
                  "model mlp has no option \"" + escaped(key) + "\"" + suggestion(key, keys));
    }
  }
  if (hidden.empty()) hidden = {128};
}

std::string ModelSpec::text() const {
  if (hidden.empty()) return "linear";
  std::string text = "mlp:hidden=";
  for (std::size_t l = 0; l < hidden.size(); ++l) text.append(l ? "x" : "").append(std::to_string(hidden[l]));
  if (activation == Activation::tanh) text += ":activation=tanh";
  return text;
}

}  // namespace minimand::learn
