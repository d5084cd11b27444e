// Numbers in JSON: what is not finite is a text, as everywhere in the project.
#pragma once

#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <string>

namespace minimand::learn {

inline nlohmann::ordered_json json_number(double x) {
  if (std::isnan(x)) return "NaN";
  if (std::isinf(x)) return x > 0 ? "Infinity" : "-Infinity";
  return x;
}
// Throws nlohmann::json::exception or std::out_of_range, as the others here.
inline double number_of(const nlohmann::json& value) {
  if (value == "NaN") return std::nan("");
  if (value == "Infinity") return HUGE_VAL;
  if (value == "-Infinity") return -HUGE_VAL;
  return value.get<double>();
}
inline std::int64_t count_of(const nlohmann::json& value) {
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX))
    throw std::out_of_range("a count is no count");
  return value.get<std::int64_t>();
}

// With the limits on untrusted JSON: depth 5, no key twice, no NUL.
inline nlohmann::json parse_strictly(const std::string& text) {
  using nlohmann::json;
  if (text.find('\0') != text.npos) throw std::out_of_range("it holds a NUL byte");  // the parser would stop there
  std::vector<std::set<std::string>> keys;
  return json::parse(text, [&](int depth, json::parse_event_t event, json& parsed) {
    if (depth > 5) throw std::out_of_range("it is nested too deeply");
    if (event == json::parse_event_t::object_start) keys.emplace_back();
    if (event == json::parse_event_t::object_end) keys.pop_back();
    if (event == json::parse_event_t::key && !keys.back().insert(parsed.get<std::string>()).second)
      throw std::out_of_range("a key is there twice");
    return true;
  });
}

}  // namespace minimand::learn
