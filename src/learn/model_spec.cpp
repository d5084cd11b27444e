// Models by text.
#include <algorithm>
#include <charconv>
#include <minimand/error.hpp>

#include "api/escape.h"
#include "learn/network.h"
#include "learn/options_text.h"

namespace minimand::learn {
namespace {

constexpr std::int64_t max_width = 1'000'000, max_channels = 65'536;
constexpr std::size_t max_layers = 63;

// "256x128": `what` is "hidden layers" or "channels".
std::vector<std::int64_t> parse_widths(std::string_view text, std::string_view what, std::int64_t most) {
  std::vector<std::int64_t> widths;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('x', begin), text.size());
    std::int64_t width = 0;
    const auto [at, code] = std::from_chars(text.data() + begin, text.data() + end, width);
    if (code != std::errc() || at != text.data() + end || width < 1 || width > most) {
      throw error(error_code::PAR005, std::string(what) + " \"" + escaped(text) + "\": write widths from 1 to " +
                                          std::to_string(most) + " with an x between them, as in 256x128");
    }
    widths.push_back(width);
    begin = end + 1;
  }
  if (widths.size() > max_layers) {
    throw error(error_code::PAR005, std::to_string(widths.size()) + " " + std::string(what) + "; at most " +
                                        std::to_string(max_layers) + " are allowed");
  }
  return widths;
}

std::string widths_text(const std::vector<std::int64_t>& widths) {
  std::string text;
  for (const std::int64_t width : widths) text.append(text.empty() ? "" : "x").append(std::to_string(width));
  return text;
}

}  // namespace

ModelSpec::ModelSpec(std::string_view text) {
  constexpr std::string_view names[] = {"linear", "mlp", "cnn"};
  constexpr std::string_view keys[] = {"hidden", "activation", "channels"};
  const OptionsText parsed = parse_options(text, "model");
  if (std::find(std::begin(names), std::end(names), parsed.name) == std::end(names)) {
    throw error(error_code::PAR005,
                "unknown model \"" + escaped(parsed.name) + "\"" + suggestion(parsed.name, names));
  }
  if (parsed.name == "linear") {
    if (parsed.options.empty()) return;
    throw error(error_code::PAR005, "model linear has no options; mlp has hidden layers");
  }
  const bool images = parsed.name == "cnn";
  for (const auto& [key, value] : parsed.options) {
    std::vector<std::int64_t>& widths = key == "channels" || (key.empty() && images) ? channels : hidden;
    if (key == "activation") {
      const auto all = activation_names();
      const auto found = std::find(all.begin(), all.end(), value);
      if (found == all.end()) {
        throw error(error_code::PAR005,
                    "unknown activation \"" + escaped(value) + "\"" + suggestion(value, all));
      }
      activation = static_cast<Activation>(found - all.begin());
    } else if (key == "hidden" || key.empty() || (key == "channels" && images)) {
      if (!widths.empty()) throw error(error_code::PAR005, "model " + parsed.name + ": widths are given twice");
      const bool convolution = &widths == &channels;
      widths = parse_widths(value, convolution ? "channels" : "hidden layers", convolution ? max_channels : max_width);
    } else {
      throw error(error_code::PAR005, "model " + parsed.name + " has no option \"" + escaped(key) + "\"" +
                                          suggestion(key, std::span(keys).first(images ? 3 : 2)));
    }
  }
  if (hidden.empty()) hidden = {128};
  if (images && channels.empty()) channels = {16, 32};
  if (hidden.size() + channels.size() >= max_layers)
    throw error(error_code::PAR005, "model " + parsed.name + ": at most " + std::to_string(max_layers) + " layers are allowed");
}

std::string ModelSpec::text() const {
  if (hidden.empty()) return "linear";
  std::string text = channels.empty() ? "mlp:" : "cnn:channels=" + widths_text(channels) + ":";
  text += "hidden=" + widths_text(hidden);
  if (activation != Activation::relu)
    text.append(":activation=").append(activation_names()[static_cast<std::size_t>(activation)]);
  return text;
}

}  // namespace minimand::learn
