// Checkpoints of a training run.
#pragma once

#include <cstdint>
#include <string>

namespace minimand::learn {

struct CheckpointOptions {
  std::string folder;
  std::int64_t every_epochs = 1;
  double every_seconds = 0;  // > 0: instead
  bool resume = false;
};

}  // namespace minimand::learn
