// The pictures that subcommands draw: of a loss, of several, of a training.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/curves.h"
#include "io/atomic_file.h"
#include "learn/model.h"
#include "picture/figure.h"

namespace minimand::cli {

// Value, gradient and second derivative of one loss, a panel each.
picture::Figure explain_figure(const Loss& loss);
// The same in two panels, for the terminal: the derivatives share one, without the second where it says nothing.
picture::Figure explain_figure_narrow(const Loss& loss, bool curvature);

// The same three of several losses. PAR005 if they run over different numbers or are too many to be told apart.
picture::Figure compare_figure(const std::vector<Loss>& losses);

// The loss over the epochs, of the rows trained on and of those kept apart, and the best epoch.
picture::Figure history_figure(const std::vector<learn::EpochResult>& history, const std::string& loss);

// Where a figure goes: a file, made at once so that a bad path is known before the work (IO003), or the terminal.
class Picture {
 public:
  Picture() = default;  // the terminal
  explicit Picture(const std::string& path) : path_(path), file_(std::in_place, path) {}
  // Writes the file and says so, or prints.
  void draw(const picture::Figure& figure);

 private:
  std::string path_;
  std::optional<io::AtomicFile> file_;
};

// Of "--plot [FILE.svg]"; nothing if it was not given.
std::unique_ptr<Picture> history_picture(const std::optional<std::string>& plot);

}  // namespace minimand::cli
