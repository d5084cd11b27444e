// Option values: words of a list, numbers in a range, and what several subcommands ask in the same way.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/arguments.h"
#include "cli/words.h"

namespace minimand::cli {

ValueCheck word_of(std::vector<std::string> words);
ValueCheck whole_number(std::int64_t low = std::numeric_limits<std::int64_t>::min(),
                            std::int64_t high = std::numeric_limits<std::int64_t>::max());
ValueCheck real_number(double low, double high, bool low_open = false);
ValueCheck reduction_text();

// "--format table|json"
class FormatOption {
 public:
  explicit FormatOption(Arguments app, const std::string& text_name = "table");
  Format value() const { return *text_ == "json" ? Format::json : Format::table; }

 private:
  std::shared_ptr<std::string> text_;
};

// "--plot [FILE.svg]": unset if it was not given, "" for the terminal.
void add_plot(Arguments app, std::optional<std::string>& plot);

// "--threads N", 0 for all cores the process may use.
void add_threads(Arguments app, int& threads);

}  // namespace minimand::cli
