// Calls of the operating system that fail, fall short, keep other bytes or are the last of a process: faults/calls.c is
// loaded into the command that trains.
#include <cerrno>
#include <csignal>

#include "cli_checkpoint.h"

namespace minimand::test {
namespace {

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // a sanitizer must be loaded first
class CliFaults : public CliCheckpoint {
 protected:
  static constexpr const char* epochs = "3";
  Outcome run_with(const std::vector<std::string>& settings) const {
    std::vector<std::string> environment = {"LD_PRELOAD=" MINIMAND_FAULT_CALLS, "MINIMAND_WATCH=checkpoint-"};
    environment.insert(environment.end(), settings.begin(), settings.end());
    return run(going_on(more, epochs), environment);
  }
  std::vector<std::string> more;  // options
  std::vector<std::string> recorded(std::vector<std::string> settings = {}) {
    settings.push_back("MINIMAND_CALLS=calls");
    EXPECT_EQ(run_with(settings).status, 0);
    std::istringstream in(read_bytes(path("calls")));
    std::filesystem::remove(path("calls"));
    std::vector<std::string> out;
    for (std::string line; std::getline(in, line);) out.push_back(line);
    return out;
  }
};

// The order that makes a checkpoint whole or not there: what learn_checkpoint_test replays.
TEST_F(CliFaults, CallsAreInTheOrderThatLasts) {
  std::vector<std::string> kinds;
  for (const std::string& line : recorded()) {
    const std::string kind = line.substr(0, line.find(' '));
    if (line.find("/lock") != line.npos) continue;
    if (kind != "write" || kinds.empty() || kinds.back() != "write") kinds.push_back(kind);
  }
  const std::vector<std::string> one = {"open", "write", "fsync", "close", "rename", "opendir", "fsync", "close"};
  std::vector<std::string> all;
  for (int epoch = 1; epoch <= 3; ++epoch) {
    all.insert(all.end(), one.begin(), one.end());
    if (epoch > 2) all.push_back("unlink");
  }
  EXPECT_EQ(kinds, all);
}

// A device that keeps another byte than it was given: found out when it is read back, and never later than that.
TEST_F(CliFaults, AByteWrittenWronglyIsFoundOnReadingBack) {
  const auto whole = undisturbed(epochs);
  more = {"--verify-checkpoint"};
  const std::vector<std::string> calls = recorded();
  int found = 0;
  for (std::size_t k = 1; k <= calls.size(); ++k) {
    if (!calls[k - 1].starts_with("write")) continue;
    const std::string corrupt = "MINIMAND_CORRUPT=" + std::to_string(k);
    forget();
    Outcome o = run_with({corrupt});
    EXPECT_EQ(o.status, 74) << o.err;
    EXPECT_NE(o.err.find("error[IO004] checkpoint-folder/checkpoint-0000000000"), std::string::npos) << o.err;
    EXPECT_NE(o.err.find(": reads back other bytes than were written, from byte "), std::string::npos) << o.err;
    EXPECT_FALSE(temporaries());
    o = run(going_on({}, epochs));  // the older ones are whole
    EXPECT_EQ(o.status, 0) << o.err;
    EXPECT_EQ(o.err.find("warning"), std::string::npos) << o.err;
    EXPECT_EQ(written(), whole);
    ++found;
  }
  EXPECT_GE(found, 3);
  // Without the option nobody looks before the file is needed.
  more.clear(), forget();
  const std::vector<std::string> unread = recorded();
  forget();
  const auto last = std::find_if(unread.rbegin(), unread.rend(), [](const std::string& call) { return call.starts_with("write"); });
  EXPECT_EQ(run_with({"MINIMAND_CORRUPT=" + std::to_string(unread.rend() - last)}).status, 0);
  EXPECT_NE(run(going_on({}, epochs)).err.find("warning: skipped a damaged checkpoint"), std::string::npos);
  std::cout << found << " bytes written wrongly, and found\n";
}

TEST_F(CliFaults, AnyCallMayFail) {
  more = {"--verify-checkpoint"};  // makes all the calls of a run without it, and more
  const auto whole = undisturbed(epochs);
  const std::size_t calls = recorded().size();
  EXPECT_EQ(written(), whole);
  ASSERT_GE(calls, 16u);
  int failed = 0, ignored = 0;
  for (std::size_t k = 1; k <= calls; ++k) {
    for (const int number : {EIO, ENOSPC}) {
      for (const char* on : {"0", "1"}) {
        forget();
        const Outcome o = run_with({"MINIMAND_FAIL=" + std::to_string(k), "MINIMAND_ERRNO=" + std::to_string(number),
                                    std::string("MINIMAND_FAIL_ON=") + on});
        // What only tidies up may fail: the removal of an older checkpoint.
        EXPECT_TRUE(o.status == 74 || o.status == 73 || o.status == 0) << o.status << " " << o.err;
        if (o.status != 0) {
          EXPECT_EQ(o.err.find("error[IO00"), o.err.rfind("error[")) << o.err;
          ++failed;
        } else {
          EXPECT_EQ(written(), whole);
          ++ignored;
        }
        if (std::string(on) == "0") {
          EXPECT_FALSE(temporaries()) << k;
        }
        const Outcome again = run(going_on({}, epochs));
        EXPECT_EQ(again.status, 0) << again.err;
        EXPECT_EQ(again.err.find("warning"), std::string::npos) << again.err;
        EXPECT_FALSE(temporaries());
        EXPECT_EQ(written(), whole) << "call " << k;
      }
    }
  }
  std::cout << calls << " calls failed in turn: " << failed << " runs ended by an error, " << ignored << " did not need the call\n";
}

TEST_F(CliFaults, InterruptedAndShortCallsAreTriedAgain) {
  const auto whole = undisturbed(epochs);
  more = {"--verify-checkpoint"};
  const std::vector<std::string> calls = recorded();
  int tried = 0;
  for (std::size_t k = 1; k <= calls.size(); ++k) {
    const std::string kind = calls[k - 1].substr(0, calls[k - 1].find(' '));
    if (kind != "open" && kind != "open64" && kind != "write" && kind != "pread" && kind != "fsync") continue;
    forget();
    const Outcome o = run_with({"MINIMAND_FAIL=" + std::to_string(k), "MINIMAND_ERRNO=" + std::to_string(EINTR)});
    EXPECT_EQ(o.status, 0) << calls[k - 1] << ": " << o.err;
    EXPECT_EQ(written(), whole);
    ++tried;
  }
  forget();
  EXPECT_GT(recorded({"MINIMAND_SHORT=1"}).size(), calls.size());
  EXPECT_EQ(written(), whole);
  std::cout << tried << " calls interrupted, all writes and reads short\n";
}

TEST_F(CliFaults, KilledAtAnyCallTheNewestWholeCheckpointLoads) {
  const auto whole = undisturbed(epochs);
  const std::size_t calls = recorded().size();
  for (std::size_t k = 1; k <= calls; ++k) {
    forget();
    EXPECT_EQ(run_with({"MINIMAND_KILL=" + std::to_string(k)}).status, 128 + SIGKILL);
    const Outcome o = run(going_on({}, epochs));
    EXPECT_EQ(o.status, 0) << o.err;
    EXPECT_EQ(o.err.find("warning"), std::string::npos) << o.err;
    EXPECT_EQ(written(), whole) << "killed at call " << k;
    EXPECT_FALSE(temporaries());
  }
  std::cout << calls << " kills between two calls survived\n";
}
#endif

}  // namespace
}  // namespace minimand::test
