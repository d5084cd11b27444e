// Options from a TOML file, and the options of a run as such a file.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "cli/arguments.h"

namespace minimand::cli {

class ConfigOption {
 public:
  // Adds --config FILE and --print-config.
  explicit ConfigOption(Arguments app);

  // Sets every option the file names and the command line does not. CFG004 for what is no option or has no such value,
  // IO001 and IO002 for a file that cannot be read.
  void apply() const;
  // The same for the text of such a file; `file` names it in messages.
  void apply(std::string_view text, const std::string& file) const;
  // The options that are set, as such a file.
  std::string text() const;
  // Whether --print-config was given: then the options were printed, and nothing else is to be done.
  bool printed() const;

 private:
  Arguments app_;
  std::shared_ptr<std::string> path_ = std::make_shared<std::string>();
  std::shared_ptr<bool> print_ = std::make_shared<bool>(false);
};

}  // namespace minimand::cli
