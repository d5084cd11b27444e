// The links of facts.h with their derivatives: from a model's output to the loss's prediction and back.
#pragma once

#include <cstdint>

#include "facts/facts.h"

namespace minimand::learn {

using facts::Link;

// in and out are (rows, columns), row-major; out may be in. Softmax and log-softmax run along a row.
template <class T>
void link_forward(Link link, std::int64_t rows, std::int64_t columns, const T* in, T* out);

// From d/d(prediction) in `gradient` to d/d(output), in place. `output` and `prediction` are the argument and
// the result of link_forward; all are (rows, columns). INT001 for sign, which has no derivative.
template <class T>
void link_backward(Link link, std::int64_t rows, std::int64_t columns, const T* output, const T* prediction,
                   T* gradient);

const char* link_name(Link link);

}  // namespace minimand::learn
