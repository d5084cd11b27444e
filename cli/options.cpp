// Option values and their checks.
#include "cli/options.h"

#include <algorithm>
#include <charconv>

#include "api/escape.h"
#include "cli/text.h"

namespace minimand::cli {
namespace {

std::string in_quotes(const std::string& text) { return '"' + escaped(text) + '"'; }

template <class T>
bool parse(const std::string& text, T& value) {
  const char* end = text.data() + text.size();
  const auto [stop, failed] = std::from_chars(text.data(), end, value);
  return failed == std::errc() && stop == end && !text.empty();
}

std::string list(const std::vector<std::string>& words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) out += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + words[i];
  return out;
}

std::size_t index_of(const std::string& word, const std::vector<std::string>& words) {
  const auto found = std::find(words.begin(), words.end(), word);
  if (found == words.end()) {
    throw error(error_code::PAR005, in_quotes(word) + " is not " + list(words) + did_you_mean(word, words));
  }
  return static_cast<std::size_t>(found - words.begin());
}

const std::vector<std::string> reductions = {"none", "sum", "mean", "weighted_mean"};
const std::vector<std::string> float_types = {"f32", "f64", "f16", "bf16"};

}  // namespace

CLI::Validator word_of(std::vector<std::string> words) {
  return {[words](std::string& text) {
            if (std::find(words.begin(), words.end(), text) != words.end()) return std::string();
            return in_quotes(text) + " is not " + list(words) + did_you_mean(text, words);
          }, ""};
}

CLI::Validator whole_number(std::int64_t low, std::int64_t high) {
  return {[=](std::string& text) {
            std::int64_t value = 0;
            if (parse(text, value) && value >= low && value <= high) return std::string();
            std::string range;
            const bool above = low != std::numeric_limits<std::int64_t>::min();
            const bool below = high != std::numeric_limits<std::int64_t>::max();
            if (above && below) range = " from " + std::to_string(low) + " to " + std::to_string(high);
            else if (above) range = ", " + std::to_string(low) + " or more";
            return in_quotes(text) + " is not a whole number" + range;
          }, ""};
}

CLI::Validator real_number(double low, double high, bool low_open) {
  return {[=](std::string& text) {
            double value = 0;
            if (parse(text, value) && (low_open ? value > low : value >= low) && value <= high) return std::string();
            return in_quotes(text) + " is not a number " + (low_open ? "above " : "from ") + shortest(low) +
                   (high < HUGE_VAL ? " to " + shortest(high) : low_open ? "" : " up");
          }, ""};
}

void need(const CLI::App& app, const std::string& option) {
  if (app.count(option) == 0) {
    throw error(error_code::PAR005, option + " is missing (minimand " + app.get_name() + " --help shows the options)");
  }
}

FormatOption::FormatOption(CLI::App& app, const std::string& text_name) : text_(std::make_shared<std::string>(text_name)) {
  app.add_option("--format", *text_, "how results are printed")->option_text(text_name + "|json")
      ->check(word_of({text_name, "json"}));
}

void add_threads(CLI::App& app, int& threads) {
  app.add_option("--threads", threads, "threads; the result does not depend on it (all cores by default)")
      ->option_text("N")->check(whole_number(0, 4096));
}

Reduction parse_reduction(const std::string& text) {
  Reduction out;
  out.text = text;
  if (text.starts_with("mean_over:")) {
    out.kind = reduction::mean_over;
    if (!parse(text.substr(10), out.mean_over) || !(out.mean_over > 0) || out.mean_over == HUGE_VAL) {
      throw error(error_code::PAR005, in_quotes(text) + ": mean_over needs a number above 0, as in mean_over:512");
    }
    return out;
  }
  std::vector<std::string> words = reductions;
  words.push_back("mean_over:N");
  out.kind = static_cast<reduction>(index_of(text, words));
  if (out.kind == reduction::mean_over) throw error(error_code::PAR005, "mean_over needs a number, as in mean_over:512");
  return out;
}

CLI::Validator reduction_text() {
  return {[](std::string& text) {
            try {
              parse_reduction(text);
              return std::string();
            } catch (const error& e) {
              return std::string(e.what());
            }
          }, ""};
}

const std::vector<std::string>& empty_words() {
  static const std::vector<std::string> words = {"nan", "zero", "error"};
  return words;
}
const std::vector<std::string>& curvature_words() {
  static const std::vector<std::string> words = {"exact", "fisher", "majorizer", "gauss_newton", "diagonal_bound"};
  return words;
}
empty parse_empty(const std::string& word) { return static_cast<empty>(index_of(word, empty_words())); }
curvature parse_curvature(const std::string& word) {
  return static_cast<curvature>(index_of(word, curvature_words()));
}
dtype parse_float_type(const std::string& word) { return static_cast<dtype>(index_of(word, float_types)); }

}  // namespace minimand::cli
