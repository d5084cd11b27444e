// Words and what they stand for.
#include "cli/words.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "api/escape.h"
#include "cli/text.h"

namespace minimand::cli {
namespace {

template <class T>
bool parse(const std::string& text, T& value) {
  const char* end = text.data() + text.size();
  const auto [stop, failed] = std::from_chars(text.data(), end, value);
  return failed == std::errc() && stop == end && !text.empty();
}

std::size_t index_of(const std::string& word, const std::vector<std::string>& words) {
  const auto found = std::find(words.begin(), words.end(), word);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  throw error(error_code::PAR005, in_quotes(word) + " is not " + alternatives(words) + did_you_mean(word, words));
}

}  // namespace

std::string in_quotes(const std::string& text) { return '"' + escaped(text) + '"'; }
bool parse_number(const std::string& text, double& value) { return parse(text, value); }
bool parse_number(const std::string& text, std::int64_t& value) { return parse(text, value); }

std::string enumerated(const std::vector<std::string>& words, const std::string& last) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += i + 1 < words.size() ? ", " : ' ' + last + ' ';
    out += words[i];
  }
  return out;
}
std::string alternatives(const std::vector<std::string>& words) { return enumerated(words, "or"); }

Reduction parse_reduction(const std::string& text) {
  Reduction out;
  out.text = text;
  if (text.starts_with("mean_over:")) {
    out.kind = reduction::mean_over;
    if (!parse(text.substr(10), out.mean_over) || !(out.mean_over > 0) || std::isinf(out.mean_over)) {
      throw error(error_code::PAR005, in_quotes(text) + ": mean_over needs a number above 0, as in mean_over:512");
    }
    return out;
  }
  static const std::vector<std::string> words = {"none", "sum", "mean", "weighted_mean", "mean_over:N"};
  out.kind = static_cast<reduction>(index_of(text, words));
  if (out.kind == reduction::mean_over) throw error(error_code::PAR005, "mean_over needs a number, as in mean_over:512");
  return out;
}

const std::vector<std::string>& empty_words() {
  static const std::vector<std::string> words = {"nan", "zero", "error"};
  return words;
}
const std::vector<std::string>& curvature_words() {
  static const std::vector<std::string> words = {"exact", "fisher", "majorizer", "gauss_newton", "diagonal_bound"};
  return words;
}
const std::vector<std::string>& float_type_words() {
  static const std::vector<std::string> words = {"f32", "f64", "f16", "bf16"};
  return words;
}
empty parse_empty(const std::string& word) { return static_cast<empty>(index_of(word, empty_words())); }
curvature parse_curvature(const std::string& word) { return static_cast<curvature>(index_of(word, curvature_words())); }
dtype parse_float_type(const std::string& word) { return static_cast<dtype>(index_of(word, float_type_words())); }

}  // namespace minimand::cli
