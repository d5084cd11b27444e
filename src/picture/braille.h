// Figures in a terminal, drawn with braille dots (Unicode block 2800): two by four of them in every character.
#pragma once

#include <cstddef>
#include <string>

#include "picture/figure.h"

namespace minimand::picture {

struct BrailleSize {
  std::size_t columns = 38, rows = 12;  // characters of a panel, without its numbers
  std::size_t beside = 2;               // panels beside one another
  bool colour = false;                  // ANSI escapes
};
// Each row of panels: a line of titles, `rows` lines, a line of numbers and one of labels; last the legend if any.
std::string braille(const Figure& figure, const BrailleSize& size = {});

}  // namespace minimand::picture
