// Figures as SVG 1.1: one file without scripts, fonts or links, light or dark as the reader's system is.
#pragma once

#include <string>
#include <string_view>

#include "picture/figure.h"

namespace minimand::picture {

std::string svg(const Figure& figure);

// Text for XML 1.0: markup characters as entities; what is no UTF-8 or no character of XML as U+FFFD.
std::string escape_xml(std::string_view text);

}  // namespace minimand::picture
