// The command as a whole: its subcommands and options, and what a line of arguments asks for.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cli/arguments.h"
#include "cli/command.h"

namespace minimand::cli {

class Application {
 public:
  Application();
  Application(const Application&) = delete;
  Application& operator=(const Application&) = delete;

  // What the arguments ask for, to be called while this lives and before others are parsed; it returns the exit status.
  // Until then nothing is read, written or computed. PAR005 for a mistake.
  std::function<int()> parse(int argc, const char* const* argv);

 private:
  std::optional<Arguments> chosen() const;
  void refuse_leftovers() const;
  std::string manual(const std::string& topic) const;

  Arguments app_;
  bool version_ = false, man_ = false;
  std::string errors_ = "text", shell_;
  std::vector<Command> commands_;
};

}  // namespace minimand::cli
