// Training that is killed, interrupted, or cannot write goes on to the same bits; cli_faults_test fails single calls.
#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <thread>

#include "cli_checkpoint.h"

namespace minimand::test {
namespace {

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

}  // namespace
}  // namespace minimand::test
