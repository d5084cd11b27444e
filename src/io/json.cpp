// Calls of nlohmann/json.
#include "io/json.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

namespace minimand::io {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

template <class F>
auto unless_refused(F&& call) {
  try {
    return call();
  } catch (const json::exception& e) {
    throw JsonError(e.what());
  }
}

// All texts are read by the same parser: it is instantiated for each kind of iterator.
struct Characters {
  const char *begin, *end;
  Characters(std::string_view text) : begin(text.data()), end(text.data() + text.size()) {}
};

std::string not_finite(double x) { return std::isnan(x) ? "NaN" : x > 0 ? "Infinity" : "-Infinity"; }

std::string line_of(const ordered_json& value) {
  std::string out;
  const auto join = [&](const char* ends, const auto& write_items) {
    out += ends[0];
    bool first = true;
    for (auto item = value.begin(); item != value.end(); ++item, first = false) {
      if (!first) out += ", ";
      write_items(item);
    }
    out += ends[1];
  };
  if (value.is_object()) {
    join("{}", [&](const auto& item) { out += ordered_json(item.key()).dump() + ": " + line_of(item.value()); });
  } else if (value.is_array()) {
    join("[]", [&](const auto& item) { out += line_of(*item); });
  } else if (value.is_number_float()) {
    const double number = value.get<double>();
    if (!std::isfinite(number)) return '"' + not_finite(number) + '"';
    char digits[32];
    out.assign(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
  } else {
    out = value.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  }
  return out;
}

class Events : public nlohmann::json_sax<json> {
 public:
  explicit Events(JsonEvents& to) : to_(to) {}
  bool null() override { return to_.null(), true; }
  bool boolean(bool) override { return to_.boolean(), true; }
  bool number_integer(number_integer_t) override { return to_.negative(), true; }
  bool number_unsigned(number_unsigned_t value) override { return to_.count(value), true; }
  bool number_float(number_float_t, const string_t& text) override { return to_.real(text), true; }
  bool string(string_t& value) override { return to_.string(value), true; }
  bool binary(binary_t&) override { return false; }  // JSON has none
  bool start_object(std::size_t) override { return to_.start_object(), true; }
  bool key(string_t& name) override { return to_.key(name), true; }
  bool end_object() override { return to_.end_object(), true; }
  bool start_array(std::size_t) override { return to_.start_array(), true; }
  bool end_array() override { return to_.end_array(), true; }
  bool parse_error(std::size_t position, const std::string&, const json::exception&) override {
    return to_.parse_error(position), false;
  }

 private:
  JsonEvents& to_;
};

}  // namespace

Json::Json() : node_(std::make_unique<ordered_json>()) {}
Json::Json(const Json& other) : node_(std::make_unique<ordered_json>(*other.node_)) {}
Json::Json(Json&& other) noexcept = default;
Json& Json::operator=(Json other) noexcept {
  node_ = std::move(other.node_);
  return *this;
}
Json::~Json() = default;

Json::Json(bool value) : node_(std::make_unique<ordered_json>(value)) {}
Json::Json(double value) : node_(std::make_unique<ordered_json>(value)) {}
Json::Json(std::int64_t value) : node_(std::make_unique<ordered_json>(value)) {}
Json::Json(std::uint64_t value) : node_(std::make_unique<ordered_json>(value)) {}
Json::Json(std::string_view text) : node_(std::make_unique<ordered_json>(std::string(text))) {}
Json::Json(const std::map<std::string, std::string>& members) : node_(std::make_unique<ordered_json>(members)) {}
Json::Json(std::initializer_list<Json> items) : Json(array()) {
  const bool object = std::all_of(items.begin(), items.end(), [](const Json& item) {
    return item.node_->is_array() && item.node_->size() == 2 && item.node_->front().is_string();
  });
  if (object) *node_ = ordered_json::object();
  for (const Json& item : items) {
    if (object) node_->emplace(item.node_->front().get<std::string>(), ordered_json(item.node_->back()));
    else node_->push_back(*item.node_);
  }
}
Json Json::array() {
  Json out;
  *out.node_ = ordered_json::array();
  return out;
}
Json Json::finite_or_text(double value) { return std::isfinite(value) ? Json(value) : Json(not_finite(value)); }
Json Json::parse(const std::string& text) {
  Json out;
  const Characters all(text);
  unless_refused([&] { *out.node_ = ordered_json::parse(all.begin, all.end); });
  return out;
}

void Json::push_back(Json item) { node_->push_back(std::move(*item.node_)); }
void Json::set(const std::string& key, Json value) { (*node_)[key] = std::move(*value.node_); }
std::size_t Json::size() const { return node_->size(); }

std::string Json::dump() const {
  return unless_refused([&] { return node_->dump(); });
}
std::string Json::dump_replacing() const { return node_->dump(-1, ' ', false, ordered_json::error_handler_t::replace); }
std::string Json::line() const { return line_of(*node_); }
std::string Json::rows() const {
  if (!node_->is_array() || node_->empty()) return line() + '\n';
  std::string out;
  for (const ordered_json& row : *node_) out += (out.empty() ? "[" : ",\n ") + line_of(row);
  return out + "]\n";
}

ParsedJson ParsedJson::parse(const std::string& text) {
  const Characters all(text);
  return ParsedJson(unless_refused([&] { return std::make_shared<json>(json::parse(all.begin, all.end)); }));
}
ParsedJson ParsedJson::parse_strictly(const std::string& text) {
  if (text.find('\0') != text.npos) throw std::out_of_range("it holds a NUL byte");  // the parser would stop there
  std::vector<std::set<std::string>> keys;
  const auto check = [&](int depth, json::parse_event_t event, json& parsed) {
    if (depth > 5) throw std::out_of_range("it is nested too deeply");
    if (event == json::parse_event_t::object_start) keys.emplace_back();
    if (event == json::parse_event_t::object_end) keys.pop_back();
    if (event == json::parse_event_t::key && !keys.back().insert(parsed.get<std::string>()).second)
      throw std::out_of_range("a key is there twice");
    return true;
  };
  const Characters all(text);
  return ParsedJson(unless_refused([&] { return std::make_shared<json>(json::parse(all.begin, all.end, check)); }));
}

ParsedJson ParsedJson::part(const json& of) const { return ParsedJson(std::shared_ptr<const json>(node_, &of)); }
ParsedJson ParsedJson::at(const std::string& key) const {
  return unless_refused([&] { return part(node_->at(key)); });
}
ParsedJson ParsedJson::at(std::size_t index) const {
  return unless_refused([&] { return part(node_->at(index)); });
}
ParsedJson ParsedJson::find(const std::string& key) const {
  return ParsedJson(unless_refused([&] { return std::make_shared<json>(node_->value(key, json())); }));
}
std::vector<ParsedJson> ParsedJson::items() const {
  std::vector<ParsedJson> out;
  for (const json& item : *node_) out.push_back(part(item));
  return out;
}
std::vector<std::pair<std::string, ParsedJson>> ParsedJson::members() const {
  std::vector<std::pair<std::string, ParsedJson>> out;
  for (const auto& [key, value] : node_->items()) out.emplace_back(key, part(value));
  return out;
}

template <class T>
T ParsedJson::get() const {
  return unless_refused([&] { return node_->get<T>(); });
}
template bool ParsedJson::get() const;
template std::uint64_t ParsedJson::get() const;
template std::string ParsedJson::get() const;
template std::vector<std::string> ParsedJson::get() const;
template std::vector<std::uint32_t> ParsedJson::get() const;
template std::map<std::string, std::string> ParsedJson::get() const;

double ParsedJson::number() const {
  if (*node_ == "NaN") return std::nan("");
  if (*node_ == "Infinity") return HUGE_VAL;
  if (*node_ == "-Infinity") return -HUGE_VAL;
  return unless_refused([&] { return node_->get<double>(); });
}
std::int64_t ParsedJson::count() const {
  if (!node_->is_number_unsigned() || node_->get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX))
    throw std::out_of_range("a count is no count");
  return node_->get<std::int64_t>();
}
std::string ParsedJson::dump() const {
  return unless_refused([&] { return node_->dump(); });
}
bool operator==(const ParsedJson& a, const ParsedJson& b) { return *a.node_ == *b.node_; }

void read_json(std::string_view text, JsonEvents& to) {
  Events events(to);
  const Characters all(text);
  json::sax_parse(all.begin, all.end, &events);
}

}  // namespace minimand::io
