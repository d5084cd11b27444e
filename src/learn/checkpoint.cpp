// Writes, finds and removes the checkpoints of a run.
#include "learn/checkpoint.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <minimand/error.hpp>

#include "api/escape.h"
#include "io/atomic_file.h"
#include "io/json.h"
#include "learn/gemm.h"
#include "learn/safetensors_file.h"

namespace minimand::learn {
namespace {

constexpr std::int64_t max_checkpoint_epochs = 100'000;  // their log fits in the header of a safetensors file
constexpr std::string_view prefix = "checkpoint-", suffix = ".safetensors";

std::string bytes_crc32(const Rows& rows) {
  return crc32_text(rows.view().data, static_cast<std::size_t>(rows.rows() * rows.row_bytes()));
}

// Everything the bits of a run depend on, and nothing that may change between two parts of it: threads may.
std::string identity_of(const Setup& setup) {
  const Model& m = setup.model;
  io::Json j = {{"loss", m.loss.text()},
                {"model", m.network.spec().text()},
                {"optimizer", m.optimizer},
                {"schedule", m.schedule},
                {"seed", m.seed},
                {"batch", m.batch},
                {"rows", m.rows},
                {"valid_rows", m.valid_rows},
                {"features", m.network.inputs()},
                {"outputs", m.outputs()},
                {"l1", m.l1},
                {"l2", m.l2},
                {"clip", m.clip},
                {"dropout", m.dropout},
                {"augment", m.augment},
                {"patience", m.patience},
                {"balanced", m.balanced},
                {"products", gemm_name()},
                {"features_crc32", bytes_crc32(setup.features)},
                {"targets_crc32", bytes_crc32(setup.targets)},
                {"weights_crc32", crc32_text(setup.weights.data(), setup.weights.size() * sizeof(double))}};
  // The cosine knows its end from the start; all others may be given more epochs later.
  if (m.schedule.starts_with("cosine")) j.set("epochs", m.epochs);
  return j.dump_replacing();
}

std::vector<std::string> entries_of(const std::string& folder) {
  std::vector<std::string> names;
  const std::unique_ptr<::DIR, int (*)(::DIR*)> entries(::opendir(folder.c_str()), ::closedir);
  while (const ::dirent* entry = entries ? ::readdir(entries.get()) : nullptr) names.emplace_back(entry->d_name);
  return names;
}

// The newest first.
std::vector<std::string> checkpoints_in(const std::string& folder) {
  std::vector<std::string> out;
  for (const std::string& name : entries_of(folder)) {
    const bool digits = name.size() == prefix.size() + 12 + suffix.size() && name.starts_with(prefix) && name.ends_with(suffix) &&
                        name.find_first_not_of("0123456789", prefix.size()) == prefix.size() + 12;
    if (digits) out.push_back(folder + '/' + name);
  }
  std::sort(out.rbegin(), out.rend());
  return out;
}

}  // namespace

std::optional<std::uint64_t> checkpoint_seed(const std::string& folder) {
  for (const std::string& file : checkpoints_in(folder)) {
    try {
      return seed_from_bytes(read_safetensors(file), escaped(file));
    } catch (const error&) {
    }
  }
  return std::nullopt;
}

Checkpoints::Checkpoints(const Setup& setup, std::function<void(const std::string&)> note)
    : setup_(setup), note_(std::move(note)), folder_(setup.options.checkpoint.folder), identity_(identity_of(setup)) {
  const auto fail = [&](const std::string& why) { throw error(error_code::IO003, escaped(folder_) + ": " + why); };
  if (setup.options.epochs > max_checkpoint_epochs)
    throw error(error_code::PAR005, "a checkpoint holds the log of at most " + std::to_string(max_checkpoint_epochs) + " epochs");
  if (folder_.find('\0') != std::string::npos) fail("no name of a folder");
  if (::mkdir(folder_.c_str(), 0777) != 0 && errno != EEXIST) fail(std::string("cannot be created: ") + std::strerror(errno));
  const std::string path = folder_ + "/lock";
  do {
    lock_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
  } while (lock_ < 0 && errno == EINTR);
  if (lock_ < 0) fail(std::string("cannot be locked: ") + std::strerror(errno));
  int status = 0;
  while ((status = ::flock(lock_, LOCK_EX | LOCK_NB)) != 0 && errno == EINTR) {
  }
  if (status != 0) {
    const int number = errno;
    ::close(std::exchange(lock_, -1));
    fail(number == EWOULDBLOCK ? "another run writes its checkpoints here" : std::string("cannot be locked: ") + std::strerror(number));
  }
  // Nobody else writes here, so any temporary is of a run that was killed.
  for (const std::string& name : entries_of(folder_))
    if (name.starts_with(prefix) && name.find(".tmp.") != name.npos) ::unlink((folder_ + '/' + name).c_str());
  if (!setup.options.checkpoint.resume && !checkpoints_in(folder_).empty()) {
    ::close(std::exchange(lock_, -1));
    fail("holds the checkpoints of another run; --resume goes on from them");
  }
}

Checkpoints::~Checkpoints() {
  if (lock_ >= 0) ::close(lock_);
}

std::optional<RunState> Checkpoints::newest() const {
  std::string why;
  for (const std::string& file : checkpoints_in(folder_)) {
    try {
      RunState state = checkpoint_from_bytes(read_safetensors(file), identity_, escaped(file),
                                             setup_.options.checkpoint.allow_numerics_change ? note_ : nullptr);
      const auto count = setup_.model.parameters.size();
      const bool batches = setup_.optimizer.entry().method == Method::batches;
      bool right = state.parameters.size() == (batches ? count : 0) && state.exact.size() == (batches ? 0 : count) &&
                   state.moments.size() == (batches ? static_cast<std::size_t>(setup_.optimizer.entry().states) : 0) &&
                   state.row <= setup_.model.rows && state.epoch >= 1;
      for (const auto& moment : state.moments) right = right && moment.size() == count;
      if (state.best_epoch > 0) right = right && (batches ? state.best.size() : state.best_exact.size()) == count;
      if (!right) throw error(error_code::STF001, escaped(file) + ": its tensors are not those of the model");
      return state;
    } catch (const error& e) {
      if (e.code() != error_code::STF001) throw;
      why = e.what();
      note_("warning: skipped a damaged checkpoint: " + why);
    }
  }
  if (!why.empty()) throw error(error_code::STF001, escaped(folder_) + ": no checkpoint is whole; the oldest: " + why);
  return std::nullopt;
}

void Checkpoints::save(const RunState& state) {
  char number[32];
  std::snprintf(number, sizeof number, "%012lld", static_cast<long long>(state.steps));
  const std::string bytes = checkpoint_bytes(state, identity_);
  io::AtomicFile file(folder_ + '/' + std::string(prefix) + number + std::string(suffix));
  file.write(bytes.data(), bytes.size());
  if (setup_.options.checkpoint.verify) file.verify(bytes);
  file.commit();
  const std::vector<std::string> all = checkpoints_in(folder_);
  for (std::size_t i = kept_checkpoints; i < all.size(); ++i) ::unlink(all[i].c_str());
}

}  // namespace minimand::learn
