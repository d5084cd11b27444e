// The losses of losses/catalogue.h.
#pragma once

#include "api/loss_set.h"

namespace minimand {
LossSet builtin_losses();
}
