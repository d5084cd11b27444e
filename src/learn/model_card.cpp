// Writes and reads the card. Numbers that are not finite are texts, as everywhere in the project's JSON.
#include "learn/model_card.h"

#include <cmath>
#include <minimand/error.hpp>
#include <nlohmann/json.hpp>
#include <set>

#include "api/escape.h"
#include "kernels/entry.h"
#include "learn/json_number.h"
#include "learn/link.h"
#include "learn/model_file.h"

namespace minimand::learn {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

// Names may come from files in any encoding; the card is UTF-8.
json names_of(const std::vector<std::string>& names) {
  json out = json::array();
  for (const std::string& name : names) out.push_back(name);
  return out;
}

// Runs `read` and turns whatever it finds wrong into STF001.
template <class F>
auto reading(std::string_view file, F&& read) {
  const auto fail = [&](const char* why) {
    throw error(error_code::STF001,
                std::string(file) + ": the card of the model is malformed: " + escaped(why));
  };
  try {
    return read();
  } catch (const json::exception& e) {
    fail(e.what());
  } catch (const std::out_of_range& e) {
    fail(e.what());
  }
  __builtin_unreachable();
}

}  // namespace

std::string card_text(const Model& model, const std::map<std::string, std::string>& crc32) {
  ordered_json card;
  card["format_version"] = model_format_version;
  card["numerics_version"] = numerics_version();
  card["loss"] = model.loss.text();
  card["link"] = link_name(model.facts().activation);
  card["mean_link"] = link_name(model.facts().mean);
  card["model"] = model.network.spec().text();
  card["features"] = model.network.inputs();
  card["outputs"] = model.network.outputs();
  card["listed"] = model.listed;
  card["feature_names"] = names_of(model.feature_names);
  card["target_names"] = names_of(model.target_names);
  card["image"] = {model.network.image().height, model.network.image().width, model.network.image().channels};
  card["exact"] = !model.exact.empty();
  ordered_json columns = ordered_json::array();
  for (const Column& c : model.columns)
    columns.push_back({{"name", c.name}, {"levels", c.levels}, {"fill", json_number(c.fill)}, {"filled", c.filled}});
  card["columns"] = std::move(columns);
  card["class_names"] = names_of(model.class_names);
  card["products"] = model.products;
  card["optimizer"] = model.optimizer;
  card["schedule"] = model.schedule;
  card["augment"] = model.augment;
  card["seed"] = model.seed;
  card["rows"] = model.rows;
  card["valid_rows"] = model.valid_rows;
  card["batch"] = model.batch;
  card["epochs"] = model.epochs;
  card["l1"] = json_number(model.l1);
  card["l2"] = json_number(model.l2);
  card["clip"] = json_number(model.clip);
  card["dropout"] = json_number(model.dropout);
  card["patience"] = model.patience;
  card["balanced"] = model.balanced;
  card["weighted"] = model.weighted;
  card["best_epoch"] = model.best_epoch;
  card["stopped"] = model.stopped;
  ordered_json history = ordered_json::array();
  const std::size_t n = model.history.size();
  for (std::size_t i = n > max_card_epochs ? n - max_card_epochs : 0; i < n; ++i) {
    const EpochResult& e = model.history[i];
    history.push_back({{"epoch", e.epoch},
                       {"train_loss", json_number(e.train_loss)},
                       {"valid_loss", json_number(e.valid_loss)},
                       {"train_accuracy", json_number(e.train_accuracy)},
                       {"valid_accuracy", json_number(e.valid_accuracy)}});
  }
  card["history"] = std::move(history);
  if (!crc32.empty()) card["crc32"] = crc32;
  std::string text = card.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  if (text.size() > max_card) {
    throw error(error_code::MEM001, "the names of features and targets make the model's card larger than " +
                                        std::to_string(max_card) + " bytes");
  }
  return text;
}

Card parse_card(const std::string& text, std::string_view file) {
  if (text.size() > max_card)
    throw error(error_code::STF001, std::string(file) + ": the card of the model is too large");
  return reading(file, [&] {
    const json card = parse_strictly(text);
    if (const std::int64_t version = count_of(card.at("format_version")); version != model_format_version) {
      throw error(error_code::CFG003, std::string(file) + ": the model's format is version " +
                                          std::to_string(version) + "; this program knows version " +
                                          std::to_string(model_format_version));
    }
    Card out;
    out.loss = card.at("loss").get<std::string>();
    out.link = card.at("link").get<std::string>();
    out.features = count_of(card.at("features"));
    out.outputs = count_of(card.at("outputs"));
    out.exact = card.at("exact").get<bool>();
    const auto image = card.at("image").get<std::vector<std::uint32_t>>();
    if (image.size() != 3) throw std::out_of_range("the image has not three extents");
    out.image = {image[0], image[1], image[2]};
    try {
      out.spec = ModelSpec(card.at("model").get<std::string>());
    } catch (const error& e) {
      throw error(error_code::CFG003, std::string(file) + ": " + e.what());
    }
    out.crc32 = card.at("crc32").get<std::map<std::string, std::string>>();
    out.text = text;
    return out;
  });
}

Model model_of(const Card& parsed, std::string_view file) {
  const auto chosen = [&] {
    try {
      return loss(parsed.loss);
    } catch (const error& e) {
      throw error(error_code::CFG003, std::string(file) + ": " + e.what());
    }
  };
  Model model(chosen());
  if (parsed.link != link_name(model.facts().activation)) {
    throw error(error_code::CFG003, std::string(file) + ": the model was trained with the link \"" +
                                        escaped(parsed.link) + "\"; here " + parsed.loss + " has " +
                                        link_name(model.facts().activation));
  }
  model.network = Network(parsed.spec, parsed.features, parsed.outputs, parsed.image);
  return reading(file, [&]() -> Model {
    const json card = json::parse(parsed.text);
    model.listed = card.at("listed").get<bool>();
    if (!model.listed && parsed.outputs != 1)
      throw std::out_of_range("a number per row from a list of outputs");
    model.feature_names = card.at("feature_names").get<std::vector<std::string>>();
    model.target_names = card.at("target_names").get<std::vector<std::string>>();
    model.class_names = card.at("class_names").get<std::vector<std::string>>();
    std::int64_t made = 0;
    for (const json& c : card.at("columns")) {
      model.columns.push_back({c.at("name").get<std::string>(), c.at("levels").get<std::vector<std::string>>(),
                               number_of(c.at("fill")), c.at("filled").get<bool>()});
      made += model.columns.back().features();
    }
    if (!model.columns.empty() && made != parsed.features)
      throw std::out_of_range("its columns make another number of features");
    model.products = card.at("products").get<std::string>();
    model.optimizer = card.at("optimizer").get<std::string>();
    model.schedule = card.at("schedule").get<std::string>();
    model.augment = card.at("augment").get<std::string>();
    model.seed = card.at("seed").get<std::uint64_t>();
    model.rows = count_of(card.at("rows"));
    model.valid_rows = count_of(card.at("valid_rows"));
    model.batch = count_of(card.at("batch"));
    model.epochs = count_of(card.at("epochs"));
    model.l1 = number_of(card.at("l1"));
    model.l2 = number_of(card.at("l2"));
    model.clip = number_of(card.at("clip"));
    model.dropout = number_of(card.at("dropout"));
    model.patience = count_of(card.at("patience"));
    model.balanced = card.at("balanced").get<bool>();
    model.weighted = card.at("weighted").get<bool>();
    model.best_epoch = count_of(card.at("best_epoch"));
    model.stopped = card.at("stopped").get<bool>();
    for (const json& e : card.at("history")) {
      model.history.push_back({count_of(e.at("epoch")), number_of(e.at("train_loss")),
                               number_of(e.at("valid_loss")), number_of(e.at("train_accuracy")),
                               number_of(e.at("valid_accuracy"))});
    }
    return std::move(model);
  });
}

}  // namespace minimand::learn
