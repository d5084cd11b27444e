// Writes and reads the card. Numbers that are not finite are texts, as everywhere in the project's JSON.
#include "learn/model_card.h"

#include <cmath>
#include <minimand/error.hpp>

#include "api/escape.h"
#include "io/json.h"
#include "kernels/entry.h"
#include "learn/link.h"
#include "learn/model_file.h"

namespace minimand::learn {
namespace {

using io::Json;
using io::ParsedJson;

// Runs `read` and turns whatever it finds wrong into STF001.
template <class F>
auto reading(std::string_view file, F&& read) {
  const auto fail = [&](const char* why) {
    throw error(error_code::STF001,
                std::string(file) + ": the card of the model is malformed: " + escaped(why));
  };
  try {
    return read();
  } catch (const io::JsonError& e) {
    fail(e.what());
  } catch (const std::out_of_range& e) {
    fail(e.what());
  }
  __builtin_unreachable();
}

}  // namespace

std::string card_text(const Model& model, const std::map<std::string, std::string>& crc32) {
  const auto number = Json::finite_or_text;
  Json card;
  card.set("format_version", model_format_version);
  card.set("numerics_version", numerics_version());
  card.set("loss", model.loss.text());
  card.set("link", link_name(model.facts().activation));
  card.set("mean_link", link_name(model.facts().mean));
  card.set("model", model.network.spec().text());
  card.set("features", model.network.inputs());
  card.set("outputs", model.network.outputs());
  card.set("listed", model.listed);
  card.set("feature_names", model.feature_names);
  card.set("target_names", model.target_names);
  card.set("image", {model.network.image().height, model.network.image().width, model.network.image().channels});
  card.set("exact", !model.exact.empty());
  Json columns = Json::array();
  for (const Column& c : model.columns)
    columns.push_back({{"name", c.name}, {"levels", c.levels}, {"fill", number(c.fill)}, {"filled", c.filled}});
  card.set("columns", std::move(columns));
  card.set("class_names", model.class_names);
  card.set("products", model.products);
  card.set("optimizer", model.optimizer);
  card.set("schedule", model.schedule);
  card.set("augment", model.augment);
  card.set("seed", model.seed);
  card.set("rows", model.rows);
  card.set("valid_rows", model.valid_rows);
  card.set("batch", model.batch);
  card.set("epochs", model.epochs);
  card.set("l1", number(model.l1));
  card.set("l2", number(model.l2));
  card.set("clip", number(model.clip));
  card.set("dropout", number(model.dropout));
  card.set("patience", model.patience);
  card.set("balanced", model.balanced);
  card.set("weighted", model.weighted);
  card.set("best_epoch", model.best_epoch);
  card.set("stopped", model.stopped);
  Json history = Json::array();
  const std::size_t n = model.history.size();
  for (std::size_t i = n > max_card_epochs ? n - max_card_epochs : 0; i < n; ++i) {
    const EpochResult& e = model.history[i];
    history.push_back({{"epoch", e.epoch},
                       {"train_loss", number(e.train_loss)},
                       {"valid_loss", number(e.valid_loss)},
                       {"train_accuracy", number(e.train_accuracy)},
                       {"valid_accuracy", number(e.valid_accuracy)}});
  }
  card.set("history", std::move(history));
  if (!crc32.empty()) card.set("crc32", crc32);
  std::string text = card.dump_replacing();  // names may come from files in any encoding
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
    const ParsedJson card = ParsedJson::parse_strictly(text);
    if (const std::int64_t version = card.at("format_version").count(); version != model_format_version) {
      throw error(error_code::CFG003, std::string(file) + ": the model's format is version " +
                                          std::to_string(version) + "; this program knows version " +
                                          std::to_string(model_format_version));
    }
    Card out;
    out.loss = card.at("loss").get<std::string>();
    out.link = card.at("link").get<std::string>();
    out.features = card.at("features").count();
    out.outputs = card.at("outputs").count();
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
    const ParsedJson card = ParsedJson::parse(parsed.text);
    model.listed = card.at("listed").get<bool>();
    if (!model.listed && parsed.outputs != 1)
      throw std::out_of_range("a number per row from a list of outputs");
    model.feature_names = card.at("feature_names").get<std::vector<std::string>>();
    model.target_names = card.at("target_names").get<std::vector<std::string>>();
    model.class_names = card.at("class_names").get<std::vector<std::string>>();
    std::int64_t made = 0;
    for (const ParsedJson& c : card.at("columns").items()) {
      model.columns.push_back({c.at("name").get<std::string>(), c.at("levels").get<std::vector<std::string>>(),
                               c.at("fill").number(), c.at("filled").get<bool>()});
      made += model.columns.back().features();
    }
    if (!model.columns.empty() && made != parsed.features)
      throw std::out_of_range("its columns make another number of features");
    model.products = card.at("products").get<std::string>();
    model.optimizer = card.at("optimizer").get<std::string>();
    model.schedule = card.at("schedule").get<std::string>();
    model.augment = card.at("augment").get<std::string>();
    model.seed = card.at("seed").get<std::uint64_t>();
    model.rows = card.at("rows").count();
    model.valid_rows = card.at("valid_rows").count();
    model.batch = card.at("batch").count();
    model.epochs = card.at("epochs").count();
    model.l1 = card.at("l1").number();
    model.l2 = card.at("l2").number();
    model.clip = card.at("clip").number();
    model.dropout = card.at("dropout").number();
    model.patience = card.at("patience").count();
    model.balanced = card.at("balanced").get<bool>();
    model.weighted = card.at("weighted").get<bool>();
    model.best_epoch = card.at("best_epoch").count();
    model.stopped = card.at("stopped").get<bool>();
    for (const ParsedJson& e : card.at("history").items()) {
      model.history.push_back({e.at("epoch").count(), e.at("train_loss").number(),
                               e.at("valid_loss").number(), e.at("train_accuracy").number(),
                               e.at("valid_accuracy").number()});
    }
    return std::move(model);
  });
}

}  // namespace minimand::learn
