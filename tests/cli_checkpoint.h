// A small training with a folder of checkpoints, run by the command.
#pragma once

#include <algorithm>
#include <cstdio>

#include "cli_run.h"

namespace minimand::test {

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

}  // namespace minimand::test
