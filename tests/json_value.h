// JSON that the command printed. nlohmann/json reads it, in json_value.cpp alone: each test that knew it took five seconds
// more to compile.
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <ostream>
#include <string>
#include <vector>

namespace minimand::test {

// A value or a part of one; what is not there or of another kind is an exception.
class JsonValue {
 public:
  static JsonValue parse(const std::string& text);
  JsonValue(const char* text);
  JsonValue(const std::string& text);
  JsonValue(const std::vector<std::string>& texts);
  JsonValue(bool value);
  JsonValue(int value);
  JsonValue(double value);

  JsonValue at(const std::string& key) const;
  JsonValue operator[](std::size_t index) const;
  std::size_t size() const;
  std::vector<JsonValue> items() const;
  std::vector<std::string> keys() const;  // in their order
  bool boolean() const;
  double number() const;
  std::int64_t count() const;
  std::string text() const;
  std::string dump() const;
  friend bool operator==(const JsonValue& a, const JsonValue& b);
  friend std::ostream& operator<<(std::ostream& out, const JsonValue& value) { return out << value.dump(); }

 private:
  explicit JsonValue(std::shared_ptr<const nlohmann::ordered_json> node) : node_(std::move(node)) {}
  JsonValue part(const nlohmann::ordered_json& of) const;

  std::shared_ptr<const nlohmann::ordered_json> node_;
};

}  // namespace minimand::test
