// Colours and sizes of the SVG figures.
#pragma once

#include <cstddef>
#include <iterator>
#include <string>
#include <vector>

namespace minimand::picture {

// Seven hues; every one has the same contrast against the page, 4.6 in light and 8 in dark mode (WCAG 2.2 asks for 3,
// success criterion 1.4.11), so that no curve weighs more than another. Hues were spread in OKLCH (Ottosson 2020).
struct Hue { const char *light, *dark; };
inline constexpr Hue hues[] = {
    {"#0675e0", "#68aafe"},  // blue
    {"#be5a0a", "#fc8c45"},  // orange
    {"#118659", "#04bf7e"},  // green
    {"#ca3f8d", "#f780bc"},  // pink
    {"#0b7f94", "#12b8d5"},  // cyan
    {"#8f700f", "#cea116"},  // gold
    {"#8e57d8", "#bd96fe"},  // violet
};
// Looks differ without colour too, and where two curves coincide the lower one shows through the gaps.
inline constexpr const char* dashes[] = {"", "7 3", "2 3", "9 3 2 3", "13 3", "5 2 1 2 1 2"};

inline constexpr std::size_t hue_of(std::size_t look) { return look % std::size(hues); }
inline constexpr std::size_t dash_of(std::size_t look) { return (look + look / std::size(hues)) % std::size(dashes); }

inline constexpr Hue page = {"#ffffff", "#0d1117"};
inline constexpr Hue ink = {"#1f2328", "#e6edf3"};    // titles, legend
inline constexpr Hue quiet = {"#59636e", "#9198a1"};  // numbers, labels
inline constexpr Hue grid = {"#eceef1", "#1f252d"};
inline constexpr Hue axis = {"#a5acb5", "#555d68"};   // the lines of 0 and the left and lower border

// The style sheet for figures with these looks.
std::string style_sheet(std::size_t looks);

}  // namespace minimand::picture
