// The format of one checkpoint: a safetensors file whose metadata hold a manifest with checksums of everything.
#include <minimand/error.hpp>

#include "api/escape.h"
#include "io/json.h"
#include "learn/checkpoint.h"
#include "learn/safetensors_file.h"

namespace minimand::learn {
namespace {

using io::Json;
using io::ParsedJson;

std::string moment_name(std::size_t k) { return "moment" + std::to_string(k); }

std::vector<TensorData> tensors_of(const RunState& s) {
  std::vector<TensorData> out;
  const auto add = [&](const std::string& name, const auto& numbers, dtype type) {
    if (!numbers.empty()) out.push_back({name, type, {static_cast<std::int64_t>(numbers.size())}, numbers.data()});
  };
  add("parameters", s.parameters, dtype::f32);
  for (std::size_t k = 0; k < s.moments.size(); ++k) add(moment_name(k), s.moments[k], dtype::f32);
  add("exact", s.exact, dtype::f64);
  add("best", s.best, dtype::f32);
  add("best_exact", s.best_exact, dtype::f64);
  return out;
}

Json json_of(const RunState& s) {
  const auto number = io::Json::finite_or_text;
  Json history = Json::array();
  for (const EpochResult& e : s.history)
    history.push_back({e.epoch, number(e.train_loss), number(e.valid_loss), number(e.train_accuracy),
                       number(e.valid_accuracy)});
  return {{"epoch", s.epoch},
          {"row", s.row},
          {"steps", s.steps},
          {"tally", {number(s.tally.sum), number(s.tally.weight), s.tally.hits, s.tally.compared}},
          {"schedule", {number(s.schedule.factor), number(s.schedule.best), s.schedule.waited}},
          {"step_length", number(s.step_length)},
          {"first_loss", number(s.first_loss)},
          {"best_loss", number(s.best_loss)},
          {"best_epoch", s.best_epoch},
          {"waited", s.waited},
          {"converged", s.converged},
          {"finished", s.finished},
          {"history", std::move(history)}};
}

RunState state_of(const ParsedJson& j) {
  RunState s;
  s.epoch = j.at("epoch").count(), s.row = j.at("row").count(), s.steps = j.at("steps").count();
  const ParsedJson tally = j.at("tally");
  s.tally = {tally.at(0).number(), tally.at(1).number(), tally.at(2).count(), tally.at(3).count()};
  const ParsedJson schedule = j.at("schedule");
  s.schedule = {schedule.at(0).number(), schedule.at(1).number(), schedule.at(2).count()};
  s.step_length = j.at("step_length").number();
  s.first_loss = j.at("first_loss").number(), s.best_loss = j.at("best_loss").number();
  s.best_epoch = j.at("best_epoch").count(), s.waited = j.at("waited").count();
  s.converged = j.at("converged").get<bool>(), s.finished = j.at("finished").get<bool>();
  for (const ParsedJson& e : j.at("history").items())
    s.history.push_back({e.at(0).count(), e.at(1).number(), e.at(2).number(), e.at(3).number(), e.at(4).number()});
  return s;
}

// The first field in which two identities differ.
void compare(const ParsedJson& found, const ParsedJson& wanted, std::string_view file) {
  for (const auto& [key, value] : wanted.members()) {
    const ParsedJson other = found.find(key);
    if (other == value) continue;
    throw error(error_code::CFG002, std::string(file) + ": the checkpoint is of another run: its " + key + " is " +
                                        escaped(other.dump()) + ", here it is " + escaped(value.dump()));
  }
}

[[noreturn]] void refuse(std::string_view file, const std::string& why) {
  throw error(error_code::STF001, std::string(file) + ": " + why);
}

// What `read` returns of a manifest; STF001 where an entry is missing or of another kind.
template <class F>
auto unless_malformed(std::string_view file, F&& read) {
  try {
    return read();
  } catch (const io::JsonError& e) {
    refuse(file, "the manifest is malformed: " + escaped(e.what()));
  } catch (const std::out_of_range& e) {
    refuse(file, "the manifest is malformed: " + escaped(e.what()));
  }
}

// Whole and of the format's version.
ParsedJson manifest_of(const Safetensors& header, std::string_view file) {
  if (metadata_entry(header, "format", file) != checkpoint_format || header.metadata.size() != 3)
    refuse(file, "no checkpoint of minimand");
  const std::string& text = metadata_entry(header, "manifest", file);
  if (metadata_entry(header, "manifest_crc32", file) != crc32_text(text.data(), text.size()))
    refuse(file, "the manifest is damaged: its checksum is another");
  return unless_malformed(file, [&] {
    ParsedJson manifest = ParsedJson::parse_strictly(text);
    const std::int64_t version = manifest.at("format_version").count();
    if (version != checkpoint_format_version) {
      throw error(error_code::CFG003, std::string(file) + ": the checkpoint's format is version " + std::to_string(version) +
                                          "; this program knows version " + std::to_string(checkpoint_format_version));
    }
    return manifest;
  });
}

}  // namespace

std::string checkpoint_bytes(const RunState& state, const std::string& identity) {
  const std::vector<TensorData> tensors = tensors_of(state);
  const Json manifest = {{"format_version", checkpoint_format_version},
                         {"numerics_version", numerics_version()},
                         {"identity", Json::parse(identity)},
                         {"state", json_of(state)},
                         {"crc32", crc32_of(tensors)}};
  const std::string text = manifest.dump();
  return safetensors_bytes(tensors, {{"format", checkpoint_format},
                                     {"manifest", text},
                                     {"manifest_crc32", crc32_text(text.data(), text.size())}});
}

RunState checkpoint_from_bytes(std::string_view bytes, const std::string& identity, std::string_view file,
                               const std::function<void(const std::string&)>& warn) {
  const auto damaged = [&](const std::string& why) { refuse(file, why); };
  const Safetensors header = header_of(bytes, file);
  const ParsedJson manifest = manifest_of(header, file);
  return unless_malformed(file, [&] {
    compare(manifest.at("identity"), ParsedJson::parse(identity), file);
    const std::int64_t numerics = manifest.at("numerics_version").count();
    const std::string versions = std::string(file) + ": the checkpoint's numerics_version is " + std::to_string(numerics) +
                                 ", here it is " + std::to_string(numerics_version());
    if (numerics != numerics_version() && !warn)
      throw error(error_code::CFG003, versions + ": it would go on with other bits (--allow-numerics-change)");
    RunState state = state_of(manifest.at("state"));
    const auto sums = manifest.at("crc32").get<std::map<std::string, std::string>>();
    std::size_t read = 0;
    const auto take = [&](const std::string& name, auto& numbers) {
      const Tensor* tensor = header.find(name);
      if (!tensor) return false;
      if (tensor->shape.size() != 1) damaged("tensor " + name + " has another shape");
      numbers.resize(static_cast<std::size_t>(tensor->shape[0]));
      read_tensor(sums, header, bytes, file, name, tensor->shape, false, numbers.data());
      ++read;
      return true;
    };
    take("parameters", state.parameters);
    for (AlignedVector<float> moment; take(moment_name(state.moments.size()), moment);) state.moments.push_back(moment);
    take("exact", state.exact);
    take("best", state.best);
    take("best_exact", state.best_exact);
    if (read != header.tensors.size() || sums.size() != read) damaged("there are tensors that a checkpoint does not have");
    if (numerics != numerics_version()) warn("warning: " + versions + ": its bits are promised no longer");
    return state;
  });
}

std::uint64_t seed_from_bytes(std::string_view bytes, std::string_view file) {
  const ParsedJson manifest = manifest_of(header_of(bytes, file), file);
  return unless_malformed(file, [&] { return static_cast<std::uint64_t>(manifest.at("identity").at("seed").count()); });
}

}  // namespace minimand::learn
