// JSON, written and read. nlohmann/json does the work; what includes it takes seconds to compile, so only json.cpp does.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace minimand::io {

// A value to be written; objects keep the order of their keys.
class Json {
 public:
  Json();  // null
  Json(const Json& other);
  Json(Json&& other) noexcept;
  Json& operator=(Json other) noexcept;
  ~Json();

  Json(bool value);
  Json(double value);
  Json(std::int64_t value);
  Json(std::uint64_t value);
  template <std::signed_integral T>
  Json(T value) : Json(static_cast<std::int64_t>(value)) {}
  template <std::unsigned_integral T>
  Json(T value) : Json(static_cast<std::uint64_t>(value)) {}
  Json(std::string_view text);
  Json(const std::string& text) : Json(std::string_view(text)) {}
  Json(const char* text) : Json(std::string_view(text)) {}
  template <class T>
  Json(const std::vector<T>& items) : Json(array()) {
    for (const T& item : items) push_back(item);
  }
  Json(const std::map<std::string, std::string>& members);
  // An object if all are pairs that begin with a text, else a list.
  Json(std::initializer_list<Json> items);
  static Json array();
  // A number; a text where it is not finite.
  static Json finite_or_text(double value);
  // Throws JsonError.
  static Json parse(const std::string& text);

  void push_back(Json item);
  void set(const std::string& key, Json value);
  std::size_t size() const;

  // Without blanks. JsonError for a text that is not UTF-8, or U+FFFD in its place.
  std::string dump() const;
  std::string dump_replacing() const;
  // For results: one line with blanks, the shortest numbers that read back equal, texts for those that are not finite.
  std::string line() const;
  // An array with one row a line, or any other value on one line.
  std::string rows() const;

 private:
  std::unique_ptr<nlohmann::ordered_json> node_;
};

// What is no JSON, has another kind than asked for, or is not there.
struct JsonError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// A value that was read, or a part of one; copies are of the same value.
class ParsedJson {
 public:
  static ParsedJson parse(const std::string& text);
  // With the limits on untrusted JSON: depth 5, no key twice, no NUL; else std::out_of_range.
  static ParsedJson parse_strictly(const std::string& text);

  ParsedJson at(const std::string& key) const;
  ParsedJson at(std::size_t index) const;
  // Null if it is not there.
  ParsedJson find(const std::string& key) const;
  std::vector<ParsedJson> items() const;
  std::vector<std::pair<std::string, ParsedJson>> members() const;  // in the order of the keys

  // bool, std::uint64_t, std::string; vectors of std::string and std::uint32_t; a map of texts.
  template <class T>
  T get() const;
  // As Json::finite_or_text() writes it.
  double number() const;
  // 0 to 2^63 - 1, else std::out_of_range.
  std::int64_t count() const;
  std::string dump() const;
  friend bool operator==(const ParsedJson& a, const ParsedJson& b);

 private:
  explicit ParsedJson(std::shared_ptr<const nlohmann::json> node) : node_(std::move(node)) {}
  ParsedJson part(const nlohmann::json& of) const;

  std::shared_ptr<const nlohmann::json> node_;
};

// What a text of JSON holds, one after the other. Each may throw.
class JsonEvents {
 public:
  virtual ~JsonEvents() = default;
  virtual void null() = 0;
  virtual void boolean() = 0;
  virtual void negative() = 0;
  virtual void count(std::uint64_t value) = 0;
  virtual void real(const std::string& text) = 0;
  virtual void string(const std::string& value) = 0;
  virtual void start_object() = 0;
  virtual void key(const std::string& name) = 0;
  virtual void end_object() = 0;
  virtual void start_array() = 0;
  virtual void end_array() = 0;
  virtual void parse_error(std::size_t position) = 0;
};
void read_json(std::string_view text, JsonEvents& to);

}  // namespace minimand::io
