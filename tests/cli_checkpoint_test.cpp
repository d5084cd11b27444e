// Training that is killed, interrupted, or cannot write goes on to the same bits.
#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <thread>

#include "cli_run.h"

namespace minimand::test {
namespace {

class CliCheckpoint : public CommandTest {
 protected:
  void SetUp() override {
    CommandTest::SetUp();
    const std::vector<double> x = numbers<double>(3 * 1500, 5);
    std::string text = "a,b,c,y\n";
    for (std::size_t r = 0; r < 1500; ++r) {
      char line[200];
      std::snprintf(line, sizeof line, "%.9g,%.9g,%.9g,%.9g\n", x[3 * r], x[3 * r + 1], x[3 * r + 2],
                    3 * x[3 * r] - x[3 * r + 1] * x[3 * r + 2]);
      text += line;
    }
    write_text("data.csv", text);
  }

  std::vector<std::string> fit(std::vector<std::string> more = {}, const char* epochs = "30") const {
    std::vector<std::string> all = {"fit", "data.csv", "--target", "y", "--loss", "squared_error", "--model", "mlp:48x24", "--epochs",
                                    epochs, "--dropout", "0.1", "--patience", "30", "--schedule", "plateau:patience=2", "--no-progress",
                                    "--out", "m.model", "--log", "m.jsonl"};
    if (std::find(more.begin(), more.end(), "--seed") == more.end()) all.insert(all.end(), {"--seed", "20"});
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  std::vector<std::string> going_on(std::vector<std::string> more = {}, const char* epochs = "30") const {
    more.insert(more.end(), {"--checkpoint", "checkpoint-folder", "--resume"});
    return fit(more, epochs);
  }
  // Model and log of an undisturbed run.
  std::pair<std::string, std::string> undisturbed(const char* epochs = "30") {
    const Outcome o = run(fit({}, epochs));
    EXPECT_EQ(o.status, 0) << o.err;
    return written();
  }
  std::pair<std::string, std::string> written() const { return {read_bytes(path("m.model")), read_bytes(path("m.jsonl"))}; }
  void forget() {
    std::filesystem::remove_all(path("checkpoint-folder"));
    for (const char* name : {"m.model", "m.jsonl"}) std::filesystem::remove(path(name));
  }
  bool temporaries() const {
    for (const auto& entry : std::filesystem::directory_iterator(path("checkpoint-folder")))
      if (entry.path().filename().string().find(".tmp.") != std::string::npos) return true;
    return false;
  }
};

long wanted_kills() {
  const char* text = std::getenv("MINIMAND_KILLS");
  return text != nullptr ? std::atol(text) : 20;
}

TEST_F(CliCheckpoint, KilledRunsGoOnToTheSameBits) {
  const auto whole = undisturbed();
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_EQ(run(going_on()).status, 0);
  const double lasts = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  EXPECT_EQ(written(), whole);
  std::uint64_t state = 20240611;
  const auto uniform = [&] {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<double>(state >> 11) * 0x1p-53;
  };
  long kills = 0, runs = 0;
  const char* threads[] = {"1", "2", "7"};
  while (kills < wanted_kills()) {
    forget();
    for (int tries = 0;; ++tries) {
      const pid_t child = start(going_on({"--threads", threads[tries % 3]}));
      if (tries < 40) std::this_thread::sleep_for(std::chrono::duration<double>(lasts * (0.05 + 0.9 * uniform())));
      if (tries < 40) ::kill(child, SIGKILL);
      const Outcome o = wait_for(child);
      if (o.status == 128 + SIGKILL) {
        ++kills;
        continue;
      }
      ASSERT_EQ(o.status, 0) << o.err;
      break;
    }
    EXPECT_EQ(written(), whole);
    EXPECT_FALSE(temporaries());
    ++runs;
  }
  std::cout << kills << " kills survived, " << runs << " runs compared in bits\n";
}

TEST_F(CliCheckpoint, SignalsSaveAndEndTheProcessAsTheyAlwaysDo) {
  const auto whole = undisturbed("300");
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    forget();
    pid_t child = start(going_on({"--every", "1000"}, "300"));  // no checkpoint but the one the signal asks for
    while (!exists("checkpoint-folder/lock")) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    ::kill(child, signal);
    const Outcome o = wait_for(child);
    EXPECT_EQ(o.status, 128 + signal) << o.err;
    EXPECT_NE(o.err.find("saved in checkpoint-folder; --resume goes on from there\n"), std::string::npos) << o.err;
    EXPECT_FALSE(exists("m.model"));
    const Outcome again = run(going_on({}, "300"));
    EXPECT_EQ(again.status, 0) << again.err;
    EXPECT_NE(again.err.find("goes on in epoch"), std::string::npos) << again.err;
    EXPECT_EQ(written(), whole);
  }
}

TEST_F(CliCheckpoint, TheSecondWriterIsTurnedAway) {
  const pid_t child = start(going_on({}, "100000"));
  while (!exists("checkpoint-folder/lock")) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  std::this_thread::sleep_for(std::chrono::milliseconds(30));
  const Outcome second = run(going_on());
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_EQ(second.status, 73);
  EXPECT_EQ(second.err, "error[IO003] checkpoint-folder: another run writes its checkpoints here\n");
}

// Without --seed one is drawn and printed; a run that goes on takes its checkpoint's.
TEST_F(CliCheckpoint, ASeedThatIsNotNamedIsDrawnAndKept) {
  const std::vector<std::string> plain = {"fit", "data.csv", "--target", "y", "--loss", "squared_error", "--test", "0.1",
                                          "--no-progress", "--out", "m.model"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), plain.begin(), plain.end());
    const Outcome o = run(more);
    EXPECT_EQ(o.status, 0) << o.err;
    return o.err;
  };
  const auto seed_of = [](const std::string& err) {
    const std::size_t at = err.find(", seed ");
    return at == err.npos ? "" : err.substr(at + 7, err.find_first_not_of("0123456789", at + 7) - at - 7);
  };
  const std::string first = with({"--checkpoint", "checkpoint-folder", "--epochs", "2"}), drawn = seed_of(first);
  EXPECT_NE(first.find(", seed " + drawn + " (drawn)\n"), std::string::npos) << first;
  EXPECT_NE(drawn, seed_of(with({"--epochs", "1"})));
  const std::string on = with({"--checkpoint", "checkpoint-folder", "--resume", "--epochs", "4"});
  EXPECT_NE(on.find("goes on in epoch 3"), std::string::npos) << on;
  EXPECT_NE(on.find(", seed " + drawn + "\n"), std::string::npos) << on;
  const std::string resumed = read_bytes(path("m.model"));
  EXPECT_EQ(with({"--epochs", "4", "--seed", drawn}).find("(drawn)"), std::string::npos);
  EXPECT_EQ(read_bytes(path("m.model")), resumed);
  // One that is named, on the command line or in a file of options, must be the checkpoint's.
  write_text("run.toml", "seed = " + drawn + "\n");
  with({"--checkpoint", "checkpoint-folder", "--resume", "--config", "run.toml", "--epochs", "4"});
  std::vector<std::string> other = plain;
  write_text("run.toml", "seed = 1\n");
  other.insert(other.end(), {"--checkpoint", "checkpoint-folder", "--resume", "--config", "run.toml"});
  EXPECT_EQ(run(other).status, 78);
}

TEST_F(CliCheckpoint, MistakesAreNamed) {
  EXPECT_EQ(run(fit({"--resume"})).err, "error[PAR005] --resume goes with --checkpoint DIR\n");
  EXPECT_EQ(run(fit({"--verify-checkpoint"})).err, "error[PAR005] --verify-checkpoint goes with --checkpoint DIR\n");
  EXPECT_EQ(run(fit({"--checkpoint", "checkpoint-folder", "--allow-numerics-change"})).err,
            "error[PAR005] --allow-numerics-change goes with --resume\n");
  EXPECT_EQ(run(going_on({"--every", "0"})).status, 2);
  EXPECT_EQ(run(going_on({"--every", "xs"})).status, 2);
  ASSERT_EQ(run(going_on({"--every", "0.01s"}, "3")).status, 0);
  EXPECT_EQ(run(fit({"--checkpoint", "checkpoint-folder"})).status, 73);
  EXPECT_EQ(run(going_on({"--seed", "9"})).status, 78);
  for (const auto& entry : std::filesystem::directory_iterator(path("checkpoint-folder"))) write_bytes(entry.path(), "damaged");
  EXPECT_EQ(run(going_on()).status, 65);
}

TEST_F(CliCheckpoint, DivergenceKeepsTheLastGoodCheckpoint) {
  const auto names = [&] {
    std::vector<std::string> out;
    for (const auto& entry : std::filesystem::directory_iterator(path("checkpoint-folder"))) out.push_back(entry.path().filename());
    std::sort(out.begin(), out.end());
    return out;
  };
  // The rate is multiplied by a million after two epochs.
  const Outcome o = run({"fit", "data.csv", "--target", "y", "--loss", "squared_error", "--optimizer", "sgd:lr=0.01", "--schedule",
                         "step:every=2:factor=1e6", "--epochs", "12", "--seed", "0", "--checkpoint", "checkpoint-folder"});
  EXPECT_EQ(o.status, 1) << o.err;
  EXPECT_NE(o.err.find("error[RUN001] training diverged in epoch"), std::string::npos) << o.err;
  EXPECT_NE(o.err.find("checkpoint-folder keeps the last good checkpoint"), std::string::npos) << o.err;
  EXPECT_EQ(names(), (std::vector<std::string>{"checkpoint-000000000011.safetensors", "checkpoint-000000000022.safetensors", "lock"}));
  EXPECT_FALSE(temporaries());
}

TEST_F(CliCheckpoint, AFullDiskEndsTheRunAndKeepsWhatThereIs) {
  const auto whole = undisturbed("6");
  forget();
  ASSERT_EQ(run(going_on({}, "3")).status, 0);
  const auto before = read_bytes(path("checkpoint-folder/checkpoint-000000000033.safetensors"));
  // No file may be longer than 4 KiB: SIGXFSZ is ignored, so that the write fails.
  rlimit old{};
  ::getrlimit(RLIMIT_FSIZE, &old);
  rlimit low = old;
  low.rlim_cur = 4096;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &low), 0);
  const pid_t child = start(going_on({}, "6"));
  ::setrlimit(RLIMIT_FSIZE, &old);
  const Outcome o = wait_for(child);
  EXPECT_EQ(o.status, 74) << o.err;
  EXPECT_EQ(read_bytes(path("checkpoint-folder/checkpoint-000000000033.safetensors")), before);
  EXPECT_FALSE(temporaries());
  ASSERT_EQ(run(going_on({}, "6")).status, 0);
  EXPECT_EQ(written(), whole);
  // A log that cannot be written is an error too.
  const Outcome log = run({"fit", "data.csv", "--target", "y", "--loss", "squared_error", "--log", "/dev/full"});
  EXPECT_EQ(log.status, 74) << log.err;
}

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
