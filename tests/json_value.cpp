// Calls of nlohmann/json.
#include "json_value.h"

#include <nlohmann/json.hpp>

namespace minimand::test {

using nlohmann::ordered_json;

JsonValue JsonValue::parse(const std::string& text) {
  return JsonValue(std::make_shared<ordered_json>(ordered_json::parse(text)));
}
JsonValue::JsonValue(const char* text) : node_(std::make_shared<ordered_json>(text)) {}
JsonValue::JsonValue(const std::string& text) : node_(std::make_shared<ordered_json>(text)) {}
JsonValue::JsonValue(const std::vector<std::string>& texts) : node_(std::make_shared<ordered_json>(texts)) {}
JsonValue::JsonValue(bool value) : node_(std::make_shared<ordered_json>(value)) {}
JsonValue::JsonValue(int value) : node_(std::make_shared<ordered_json>(value)) {}
JsonValue::JsonValue(double value) : node_(std::make_shared<ordered_json>(value)) {}

JsonValue JsonValue::part(const ordered_json& of) const { return JsonValue(std::shared_ptr<const ordered_json>(node_, &of)); }
JsonValue JsonValue::at(const std::string& key) const { return part(node_->at(key)); }
JsonValue JsonValue::operator[](std::size_t index) const { return part(node_->at(index)); }
std::size_t JsonValue::size() const { return node_->size(); }
std::vector<JsonValue> JsonValue::items() const {
  std::vector<JsonValue> out;
  for (const ordered_json& item : *node_) out.push_back(part(item));
  return out;
}
std::vector<std::string> JsonValue::keys() const {
  std::vector<std::string> out;
  for (const auto& item : node_->items()) out.push_back(item.key());
  return out;
}
bool JsonValue::boolean() const { return node_->get<bool>(); }
double JsonValue::number() const { return node_->get<double>(); }
std::int64_t JsonValue::count() const { return node_->get<std::int64_t>(); }
std::string JsonValue::text() const { return node_->get<std::string>(); }
std::string JsonValue::dump() const { return node_->dump(); }
bool operator==(const JsonValue& a, const JsonValue& b) { return *a.node_ == *b.node_; }

}  // namespace minimand::test
