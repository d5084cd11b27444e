// What a prediction says about classes, for losses whose targets are classes.
#pragma once

#include <cstdint>
#include <minimand/evaluate.hpp>

#include "facts/facts.h"

namespace minimand::learn {

enum class ClassKind {
  none,
  rows,  // a row of predictions per target: the largest names the class
  pair   // a prediction per target: one of two numbers
};
struct Classes {
  ClassKind kind = ClassKind::none;
  facts::Link mean = facts::Link::identity;
  double low = 0, high = 1;  // the two
};
Classes classes_of(const Loss& loss);
// A row loss: a prediction is a row of classes.
bool is_row_loss(const Loss& loss);

// T is float or double.
// columns > 0: the largest of each row to out[rows]; the first of equals.
template <class T>
void largest_of_rows(const T* prediction, std::int64_t rows, std::int64_t columns, std::int64_t* out);
template <class T>
bool is_high(const Classes& classes, T prediction);

// How many of the targets the prediction names: prediction is (rows, columns), targets as the loss takes
// them. `count` becomes the number of targets compared. Allocates nothing.
template <class T>
std::int64_t count_hits(const Classes& classes, const T* prediction, std::int64_t rows, std::int64_t columns,
                        const array& targets, std::int64_t& count);
// Whether each target is one of the two numbers of a pair; labels that may be measured by accuracy.
bool all_two_valued(const Classes& classes, const array& targets);

}  // namespace minimand::learn
