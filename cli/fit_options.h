// What `minimand fit` is asked for.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "cli/arguments.h"
#include "learn/trainer.h"

namespace minimand::cli {

struct FitRequest {
  std::string data, target, x, y, weight, test, missing = "error";
  std::string loss, model = "linear", optimizer = "adam", schedule = "constant", augment, class_weight;
  std::string out, log, checkpoint, every;
  std::int64_t epochs = 0, batch = 128, classes = 0, patience = 0;
  std::optional<std::uint64_t> seed;  // unset: one is drawn, or that of the run that is resumed
  double valid = 0.1, l1 = 0, l2 = 0, clip = 0, dropout = 0;
  int threads = 0;
  bool no_header = false, no_progress = false, timing = false, resume = false;
  bool allow_numerics_change = false, verify_checkpoint = false;
  std::optional<std::string> plot;  // "" for the terminal
};

// The options of the subcommand, written into the request.
void add_fit_options(Arguments app, const std::shared_ptr<FitRequest>& request);
// As the trainer takes them, without the data. PAR errors for what does not combine.
learn::FitOptions fit_options(const FitRequest& request);

}  // namespace minimand::cli
