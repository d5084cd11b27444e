// How training is going: on a terminal one line that renews itself, elsewhere a line for every epoch.
#pragma once

#include <chrono>
#include <string>

#include "learn/trainer.h"

namespace minimand::cli {

class Progress {
 public:
  explicit Progress(bool quiet);
  void batch(const learn::BatchReport& report);
  void epoch(const learn::EpochReport& report);
  // Ends the renewed line; later messages begin on their own.
  void finish();

 private:
  void show(const std::string& line);
  std::string losses() const;

  bool quiet_, terminal_, shown_ = false;
  std::chrono::steady_clock::time_point last_;
  learn::EpochReport best_, newest_;
};

}  // namespace minimand::cli
