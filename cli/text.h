// Numbers and tables as they are printed, and results on standard output.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace minimand::cli {

// Writes results. Failures are noticed at the end of the program.
void print(std::string_view text);
// Writes anything else, as one line, to standard error.
void note(const std::string& line);

// The shortest text that reads back equal; "NaN", "Infinity", "-Infinity".
std::string shortest(double value);
// With at most so many significant digits.
std::string rounded(double value, int digits);
// For eyes: seven digits, the same number of decimals for all of them where their sizes allow it.
std::vector<std::string> seven_digits(const std::vector<double>& values);
std::string seven_digits(double value);

// Columns under their heads, two blanks apart; a column without any content is left out, and so are heads that are all
// empty.
class Table {
 public:
  enum class Side { left, right };
  explicit Table(const std::vector<std::pair<std::string, Side>>& heads);
  void add(std::vector<std::string> cells);
  std::string text() const;

 private:
  std::vector<std::string> heads_;
  std::vector<Side> sides_;
  std::vector<std::vector<std::string>> rows_;
};

// Characters of a UTF-8 text.
std::size_t width(std::string_view text);
// The text in lines of at most `columns` characters, broken at blanks; all but the first begin with `indent` blanks.
std::string wrapped(std::string_view text, std::size_t columns, std::size_t indent);

// "; did you mean "huber"?", or "" if no word is near.
std::string did_you_mean(std::string_view misspelt, const std::vector<std::string>& words);

}  // namespace minimand::cli
