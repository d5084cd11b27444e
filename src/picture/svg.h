// Figures as SVG 1.1: one file without scripts, fonts or links, light or dark as the reader's system is.
#pragma once

#include <string>

#include "picture/figure.h"

namespace minimand::picture {

std::string svg(const Figure& figure);

}  // namespace minimand::picture
