// What a loss looks like over one number: a residual, a margin, a probability. Every point is an evaluation of the loss.
#pragma once

#include <minimand/evaluate.hpp>
#include <string>
#include <vector>

#include "cli/samples.h"
#include "picture/figure.h"
#include "picture/scale.h"

namespace minimand::cli {

// Where the predictions of a picture run.
struct Course {
  std::string over;           // "residual: prediction - target"; losses with the same words can share an axis
  double low = 0, high = 0;   // of the number shown
  bool low_open = false, high_open = false;
};
Course course_of(const Loss& loss);
// The course on which all of them can be seen; PAR005 if they run over different numbers.
Course common_course(const std::vector<Loss>& losses);

// One element or row at each x.
struct Points { std::vector<double> x, value, gradient, curvature; };
Points points_at(const Loss& loss, const std::vector<double>& x);
// `count` places in equal steps, away from open ends; JSON shows losses at json_places of them.
inline constexpr std::size_t json_places = 77;
std::vector<double> even_places(const Course& course, std::size_t count);

// What a panel shows of the losses: everything, except where one grows without bound towards an end of its domain.
struct Visible { picture::Range value, gradient, curvature; };
Visible visible(const std::vector<Loss>& losses, const Course& course);

// Curves with a break at every jump, and with points enough where they are steep.
struct Curves { picture::Series value, gradient, curvature; };
Curves curves_of(const Loss& loss, const Course& course, const Visible& visible);

}  // namespace minimand::cli
