// Strokes as braille dots. Looks differ by the rhythm of their dots, and by colour where the terminal has any.
#include "picture/braille.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include "picture/scale.h"
#include "picture/strokes.h"
#include "picture/text.h"

namespace minimand::picture {
namespace {

constexpr std::size_t rows_for_a_tick = 2;
constexpr int plain = -1;

// Which dots along a stroke are set: '1', in turn.
constexpr std::string_view rhythms[] = {"1", "100", "11110000", "1111001000", "111111111000", "10000"};
constexpr int ansi[] = {34, 33, 32, 35, 36, 31};

std::string_view rhythm(std::size_t look) { return rhythms[look % std::size(rhythms)]; }
int colour_of(std::size_t look) { return ansi[look % std::size(ansi)]; }

// A line of characters, each with a colour.
struct Text {
  std::vector<std::string> glyphs;
  std::vector<int> colours;

  void add(std::string_view utf8, int colour = plain) {
    for (std::size_t i = 0; i < utf8.size();) {
      std::size_t next = i + 1;
      while (next < utf8.size() && (utf8[next] & 0xC0) == 0x80) ++next;
      glyphs.emplace_back(utf8.substr(i, next - i));
      colours.push_back(colour);
      i = next;
    }
  }
  void add(const Text& other) {
    glyphs.insert(glyphs.end(), other.glyphs.begin(), other.glyphs.end());
    colours.insert(colours.end(), other.colours.begin(), other.colours.end());
  }
  void pad(std::size_t to) {
    while (glyphs.size() < to) add(" ");
  }
  // Writes a word over blanks, its middle at `at`.
  void put(const std::string& utf8, std::size_t at) {
    Text word;
    word.add(utf8);
    const std::size_t size = word.glyphs.size();
    const std::size_t start = at > size / 2 ? at - size / 2 : 0;
    pad(start + size);
    std::copy(word.glyphs.begin(), word.glyphs.end(), glyphs.begin() + static_cast<std::ptrdiff_t>(start));
  }
  std::string str(bool coloured) const {
    std::string out;
    std::size_t end = glyphs.size();
    while (end > 0 && glyphs[end - 1] == " ") --end;
    int now = plain;
    for (std::size_t i = 0; i < end; ++i) {
      if (coloured && colours[i] != now && glyphs[i] != " ") {
        out += colours[i] == plain ? "\x1b[0m" : "\x1b[" + std::to_string(colours[i]) + 'm';
        now = colours[i];
      }
      out += glyphs[i];
    }
    return now == plain ? out : out + "\x1b[0m";
  }
};

class Canvas {
 public:
  Canvas(std::size_t columns, std::size_t rows)
      : columns_(columns), rows_(rows), cells_(columns * rows), colours_(columns * rows, plain) {}

  void draw(const Stroke& stroke, std::size_t look) {
    const auto across = [&](double x) { return std::lround(x * static_cast<double>(2 * columns_ - 1)); };
    const auto down = [&](double y) { return std::lround((1 - y) * static_cast<double>(4 * rows_ - 1)); };
    const std::string_view turn = rhythm(look);
    std::size_t step = 0;
    long x = across(stroke[0].x), y = down(stroke[0].y);
    dot(x, y, look);
    for (const Point& p : stroke) {
      const long to_x = across(p.x), to_y = down(p.y);
      const long dx = to_x - x, dy = to_y - y, steps = std::max(std::abs(dx), std::abs(dy));
      for (long s = 1; s <= steps; ++s) {
        if (turn[++step % turn.size()] != '1') continue;
        const double part = static_cast<double>(s) / static_cast<double>(steps);
        dot(x + std::lround(part * static_cast<double>(dx)), y + std::lround(part * static_cast<double>(dy)), look);
      }
      x = to_x, y = to_y;
    }
  }

  Text row(std::size_t r) const {
    Text out;
    for (std::size_t c = 0; c < columns_; ++c) {
      const unsigned char bits = cells_[r * columns_ + c];
      const char glyph[] = {'\xE2', static_cast<char>(0xA0 | (bits >> 6)), static_cast<char>(0x80 | (bits & 0x3F))};
      out.add(bits == 0 ? std::string_view(" ") : std::string_view(glyph, 3), colours_[r * columns_ + c]);
    }
    return out;
  }

 private:
  void dot(long x, long y, std::size_t look) {  // y from the top
    static constexpr unsigned char bits[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    const std::size_t cell = static_cast<std::size_t>(y / 4) * columns_ + static_cast<std::size_t>(x / 2);
    cells_[cell] |= bits[y % 4][x % 2];
    colours_[cell] = colour_of(look);
  }

  std::size_t columns_, rows_;
  std::vector<unsigned char> cells_;
  std::vector<int> colours_;
};

std::vector<Text> lines_of(const Figure& figure, const Panel& panel, const BrailleSize& size) {
  const Scale x = x_scale(panel), y = y_scale(panel);
  Canvas canvas(size.columns, size.rows);
  for (const Series& s : panel.series) {
    for (const Stroke& stroke : strokes(s, x, y)) canvas.draw(stroke, look(figure, s.name));
  }
  std::vector<std::string> numbers(size.rows);
  std::size_t margin = 0;
  for (const Tick& t : ticks(y, size.rows / rows_for_a_tick)) {
    numbers[static_cast<std::size_t>(std::lround((1 - y.place(t.value)) * static_cast<double>(size.rows - 1)))] = t.label;
    margin = std::max(margin, characters(t.label));
  }
  std::vector<Text> out(1);
  out[0].pad(margin + 2);
  out[0].add(panel.title);
  for (std::size_t r = 0; r < size.rows; ++r) {
    Text line;
    line.pad(margin - characters(numbers[r]));
    line.add(numbers[r]);
    line.add(numbers[r].empty() ? " │" : " ┤");
    line.add(canvas.row(r));
    out.push_back(line);
  }
  const auto width = static_cast<double>(size.columns);
  Text below, label;
  for (const Tick& t : fitting_ticks(x, 8, width, 2, characters)) {
    below.put(t.label, margin + 2 + static_cast<std::size_t>(std::lround(x.place(t.value) * (width - 1))));
  }
  label.put(panel.x.label, margin + 2 + size.columns / 2);
  out.push_back(below);
  out.push_back(label);
  return out;
}

// "⣀⣀⣀⣀ huber", each with its rhythm.
Text legend_line(const Figure& figure) {
  Text out;
  for (const std::string& name : legend(figure)) {
    const std::size_t seen = look(figure, name);
    Canvas canvas(6, 1);
    canvas.draw({{0, 0.34}, {1, 0.34}}, seen);
    if (!out.glyphs.empty()) out.add("   ");
    out.add(canvas.row(0));
    out.add(' ' + name);
  }
  return out;
}

std::string indented(const std::string& line) { return (line.empty() ? "" : "  " + line) + '\n'; }

}  // namespace

std::string braille(const Figure& figure, const BrailleSize& size) {
  std::string out;
  for (std::size_t first = 0; first < figure.panels.size(); first += size.beside) {
    std::vector<Text> lines(size.rows + 3);
    for (std::size_t p = first; p < std::min(first + size.beside, figure.panels.size()); ++p) {
      std::size_t widest = 0;
      for (const Text& line : lines) widest = std::max(widest, line.glyphs.size());
      const std::vector<Text> own = lines_of(figure, figure.panels[p], size);
      for (std::size_t l = 0; l < lines.size(); ++l) {
        if (p > first) lines[l].pad(widest + 3);
        lines[l].add(own[l]);
      }
    }
    for (const Text& line : lines) out += indented(line.str(size.colour));
  }
  const Text names = legend_line(figure);
  if (!names.glyphs.empty()) out += indented(names.str(size.colour));
  return out;
}

}  // namespace minimand::picture
