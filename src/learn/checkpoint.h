// A folder of checkpoints: whole files only, the newest two of one run, and one writer at a time.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "learn/run_state.h"

namespace minimand::learn {

inline constexpr const char* checkpoint_format = "minimand.checkpoint";
inline constexpr int checkpoint_format_version = 1;
inline constexpr int kept_checkpoints = 2;

class Checkpoints {
 public:
  // Makes the folder if need be and locks it. IO003 (exit status 73) if another run writes there, or if it holds
  // checkpoints and is not to be resumed. `note` is told what is skipped. Temporaries of killed runs are removed.
  Checkpoints(const Setup& setup, std::function<void(const std::string&)> note);
  ~Checkpoints();
  Checkpoints(const Checkpoints&) = delete;
  Checkpoints& operator=(const Checkpoints&) = delete;

  // The newest state that is whole; damaged files are skipped with a note. STF001 if all are damaged, CFG002 if they
  // are of another model, other data or other options, CFG003 for another version.
  std::optional<RunState> newest() const;
  // Whole or not at all: IO004, and the older ones are untouched. Then removes what is older than the newest two.
  void save(const RunState& state);
  const std::string& folder() const noexcept { return folder_; }

 private:
  const Setup& setup_;
  std::function<void(const std::string&)> note_;
  std::string folder_, identity_;
  int lock_ = -1;
};

// The seed of the newest checkpoint in a folder that tells it; what is damaged there is not told yet.
std::optional<std::uint64_t> checkpoint_seed(const std::string& folder);

// The bytes of one checkpoint and back. `identity` is a JSON object of what a run depends on; `file` is for messages. With
// `warn`, a checkpoint of another numerics_version is taken too, and told of; else it is CFG003.
std::string checkpoint_bytes(const RunState& state, const std::string& identity);
RunState checkpoint_from_bytes(std::string_view bytes, const std::string& identity, std::string_view file,
                               const std::function<void(const std::string&)>& warn = {});
std::uint64_t seed_from_bytes(std::string_view bytes, std::string_view file);

}  // namespace minimand::learn
