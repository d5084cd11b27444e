// The losses of losses/catalogue.h.
#pragma once

#include <vector>

#include "kernels/loss_set.h"

namespace minimand {
std::vector<LossSet> builtin_losses();
}
