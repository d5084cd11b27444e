// Reads the rows of tests/golden and tests/edges, evaluates one through the public API, and measures errors in ULP.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <minimand/catalogue.hpp>

#include "kernels/entry.h"

#ifndef MINIMAND_TEST_DATA
#error "MINIMAND_TEST_DATA must name the directory that holds golden/ and edges/"
#endif

namespace minimand::test {

inline std::vector<std::string> words(const std::string& text, char separator = ' ') {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string w; std::getline(in, w, separator);) {
    const auto from = w.find_first_not_of(' ');
    w = from == std::string::npos ? "" : w.substr(from, w.find_last_not_of(' ') - from + 1);
    if (!w.empty() || separator != ' ') out.push_back(w);
  }
  return out;
}

// A line of a data file; cells are found by the names of its `# columns:` line.
struct Row {
  std::string file;
  int line = 0;
  std::string text;
  std::map<std::string, std::string> cells;

  const std::string& operator[](const std::string& column) const {
    static const std::string none;
    const auto it = cells.find(column);
    return it == cells.end() ? none : it->second;
  }
  std::string loss_name() const { return (*this)["loss"].substr(0, (*this)["loss"].find(':')); }
  std::string where() const { return file + ":" + std::to_string(line) + ": " + text.substr(0, 300); }
};

inline std::vector<std::string> data_files(const std::string& directory) {
  std::vector<std::string> out;
  for (const auto& e : std::filesystem::directory_iterator(std::string(MINIMAND_TEST_DATA) + "/" + directory))
    if (e.path().extension() == ".csv") out.push_back(e.path().string());
  std::sort(out.begin(), out.end());
  return out;
}

inline std::vector<Row> read_rows(const std::string& path) {
  std::ifstream in(path);
  std::vector<Row> out;
  std::vector<std::string> columns;
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    const std::string mark = "# columns: ";
    if (line.starts_with(mark)) columns = words(line.substr(mark.size()), '|');
    if (line.empty() || line[0] == '#') continue;
    Row row{std::filesystem::path(path).filename().string(), number, line, {}};
    const auto cells = words(line, '|');
    for (std::size_t i = 0; i < columns.size() && i < cells.size(); ++i) row.cells[columns[i]] = cells[i];
    out.push_back(row);
  }
  return out;
}

// An expected number: hi + lo, or nothing to check.
struct Exact {
  double hi = 0, lo = 0;
  bool checked = true;
  int index = -1;  // class, where the row names it
};

inline Exact exact_of(std::string word) {
  Exact e;
  if (const auto colon = word.find(':'); colon != std::string::npos) {
    e.index = std::atoi(word.c_str());
    word = word.substr(colon + 1);
  }
  if (word == "-") return e.checked = false, e;
  char* end = nullptr;
  e.hi = std::strtod(word.c_str(), &end);
  if (*end == '+') e.lo = std::strtod(end + 1, nullptr);
  return e;
}

inline std::vector<double> numbers(const std::string& cell) {
  std::vector<double> out;
  if (cell.starts_with("ramp:")) {
    const int n = std::atoi(cell.c_str() + 5);
    for (std::int64_t j = 0; j < n; ++j) out.push_back(static_cast<double>(j * 40503 % 65536) / 4096 - 8);
    return out;
  }
  for (const auto& w : words(cell)) out.push_back(std::strtod(w.c_str(), nullptr));
  return out;
}

// `v=1 g=2,3` -> {v: {1}, g: {2, 3}}
inline std::map<char, std::vector<double>> per_output(const std::string& cell) {
  std::map<char, std::vector<double>> out;
  for (const auto& w : words(cell))
    for (const auto& n : words(w.substr(2), ',')) out[w[0]].push_back(std::strtod(n.c_str(), nullptr));
  return out;
}
inline double at(const std::map<char, std::vector<double>>& m, char output, std::size_t i) {
  const auto it = m.find(output);
  if (it == m.end() || it->second.empty()) return 0;
  return it->second[it->second.size() == 1 ? 0 : i];
}

// ---- Element types. f16 comes with conversions of its own: the library's are under test.

inline double f16_to_double(std::uint16_t bits) {
  const int e = bits >> 10 & 31, m = bits & 1023;
  const double v = e == 31 ? (m ? std::numeric_limits<double>::quiet_NaN() : std::numeric_limits<double>::infinity())
                           : e ? std::ldexp(1024 + m, e - 25) : std::ldexp(m, -24);
  return bits >> 15 ? -v : v;
}
template <class T>
T from_double(double v) {
  if constexpr (std::is_same_v<T, f16>) {  // by search: exact, and independent of any bit trick
    std::uint16_t best = 0x7e00;
    for (std::uint32_t b = 0; b < 65536 && !std::isnan(v); ++b)
      if (f16_to_double(static_cast<std::uint16_t>(b)) == v && (b >> 15) == std::signbit(v)) best = static_cast<std::uint16_t>(b);
    return f16{best};
  } else {
    return static_cast<T>(v);
  }
}
template <class T>
double to_double(T v) {
  if constexpr (std::is_same_v<T, f16>) return f16_to_double(v.bits);
  else return static_cast<double>(v);
}
template <class T>
std::uint64_t bits_of(T v) {
  if constexpr (std::is_same_v<T, f16>) return v.bits;
  else if constexpr (sizeof(T) == 4) return std::bit_cast<std::uint32_t>(v);
  else return std::bit_cast<std::uint64_t>(v);
}
template <class T>
constexpr std::uint64_t canonical_nan() {
  return std::is_same_v<T, f16> ? 0x7e00 : sizeof(T) == 4 ? 0x7fc00000 : 0x7ff8000000000000;
}

// Precision and least exponent of an element type.
struct Format {
  int digits, least, most;  // least subnormal 2^least; overflow at 2^most
  double overflow() const { return std::ldexp(1.0, most) ; }
};
template <class T>
constexpr Format format_of() {
  if constexpr (std::is_same_v<T, f16>) return {11, -24, 16};
  else if constexpr (sizeof(T) == 4) return {24, -149, 128};
  else return {53, -1074, 1024};
}

inline long double ulp(long double exact, Format f) {
  int e = 0;
  std::frexp(exact, &e);
  return std::ldexp(1.0L, std::max(e - f.digits, f.least));
}
// Whether the exact number rounds to infinity in the format.
inline bool rounds_to_inf(const Exact& e, Format f) {
  const long double x = std::fabs(static_cast<long double>(e.hi) + e.lo);
  return x >= std::ldexp(2.0L - std::ldexp(1.0L, -f.digits), f.most - 1);
}

// ---- A call.

template <class T>
struct Outcome {
  std::string error;  // code, or empty
  std::string message;
  Result result;
  std::vector<T> values, gradient, hessian;
};

// order 1: value; 2: and gradient; 3: and curvature and per-element values.
template <class T>
Outcome<T> evaluate(const Row& row, int order) {
  Outcome<T> out;
  const auto z = numbers(row["prediction"]);
  const auto k = static_cast<std::int64_t>(z.size());
  std::vector<T> x, t, class_weight, weight;
  for (double v : z) x.push_back(from_double<T>(v));
  std::vector<std::int64_t> index;
  const std::string& target = row["target"];
  const bool is_index = target.size() > 1 && target[0] == 'i' && target != "inf";
  const bool is_float_index = target[0] == 'f';
  if (is_index) index.push_back(std::atoll(target.c_str() + 1));
  else if (is_float_index) t.push_back(from_double<T>(std::strtod(target.c_str() + 1, nullptr)));
  else
    for (double v : numbers(target)) t.push_back(from_double<T>(v));
  const LossEntry* entry = find_loss(row.loss_name());
  const bool row_loss = entry != nullptr && entry->engine == Engine::statistics;

  Call call;
  call.reduction = reduction::sum;
  for (const auto& option : words(row["options"])) {
    const auto equals = option.find('=');
    const std::string key = option.substr(0, equals), value = option.substr(equals + 1);
    if (key == "ignore") call.ignore = std::atoll(value.c_str());
    if (key == "weight") weight.push_back(from_double<T>(std::strtod(value.c_str(), nullptr)));
    if (key == "class_weight")
      for (const auto& w : words(value, ',')) class_weight.push_back(from_double<T>(std::strtod(w.c_str(), nullptr)));
  }
  if (!weight.empty()) call.weight = array(weight);
  if (!class_weight.empty()) call.class_weight = array(class_weight);

  // Outputs begin as something no result is, so that an unwritten one shows.
  const T junk = from_double<T>(-1234.5);
  if (order > 1) out.gradient.assign(x.size(), junk);
  if (order > 2) out.hessian.assign(x.size(), junk), out.values.assign(1, junk);
  const auto shaped = [&](std::vector<T>& v) -> array { return row_loss ? array(matrix<T>(v.data(), 1, k)) : array(v); };
  if (order > 1) call.gradient = shaped(out.gradient);
  if (order > 2) call.hessian = shaped(out.hessian), call.values = array(out.values);
  try {
    const Loss f = loss(row["loss"]);
    out.result = f(shaped(x), is_index ? array(index) : is_float_index ? array(t) : shaped(t), call);
  } catch (const error& e) {
    out.error = name(e.code());
    out.message = e.what();
  }
  return out;
}

}  // namespace minimand::test
