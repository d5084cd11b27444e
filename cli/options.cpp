// Options that several subcommands share, and the checks of their values.
#include "cli/options.h"

#include <algorithm>
#include <cmath>

#include "cli/text.h"

namespace minimand::cli {

ValueCheck word_of(std::vector<std::string> words) {
  return [words](const std::string& text) {
    if (std::find(words.begin(), words.end(), text) != words.end()) return std::string();
    return in_quotes(text) + " is not " + alternatives(words) + did_you_mean(text, words);
  };
}

ValueCheck whole_number(std::int64_t low, std::int64_t high) {
  return [=](const std::string& text) {
    std::int64_t value = 0;
    if (parse_number(text, value) && value >= low && value <= high) return std::string();
    std::string range;
    const bool above = low != std::numeric_limits<std::int64_t>::min();
    const bool below = high != std::numeric_limits<std::int64_t>::max();
    if (above && below) range = " from " + std::to_string(low) + " to " + std::to_string(high);
    else if (above) range = ", " + std::to_string(low) + " or more";
    return in_quotes(text) + " is not a whole number" + range;
  };
}

ValueCheck real_number(double low, double high, bool low_open) {
  return [=](const std::string& text) {
    double value = 0;
    if (parse_number(text, value) && (low_open ? value > low : value >= low) && value <= high) return std::string();
    std::string range = (low_open ? " above " : " from ") + shortest(low);
    if (std::isfinite(high)) range += " to " + shortest(high);
    else if (!low_open) range += " up";
    return in_quotes(text) + " is not a number" + range;
  };
}

ValueCheck reduction_text() {
  return [](const std::string& text) {
    try {
      parse_reduction(text);
      return std::string();
    } catch (const error& e) {
      return std::string(e.what());
    }
  };
}

FormatOption::FormatOption(Arguments app, const std::string& text_name) : text_(std::make_shared<std::string>(text_name)) {
  app.option("--format", *text_, "how results are printed").value(text_name + "|json")
      .check(word_of({text_name, "json"}));
}

void add_threads(Arguments app, int& threads) {
  app.option("--threads", threads, "threads; the result does not depend on it (all cores by default)")
      .value("N").check(whole_number(0, 4096));
}

void add_plot(Arguments app, std::optional<std::string>& plot) {
  const auto take = [&plot](const std::string& path) {
    plot = path;
    // "--plot data.csv" meant a flag and a file to read; that must not be overwritten.
    if (!path.empty() && !path.ends_with(".svg"))
      throw error(error_code::PAR005, "--plot: " + in_quotes(path) + " does not end in .svg");
  };
  app.option("--plot", take, "draws the loss over the epochs: in the terminal, or as a picture").value("[FILE.svg]");
}

}  // namespace minimand::cli
