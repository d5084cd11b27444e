// Checkpoints: a run that goes on has the bits of one that never stopped, and a damaged file is never taken for whole.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "files.h"
#include "learn/checkpoint.h"
#include "learn/model_file.h"
#include "learn/optimizer.h"
#include "learn/safetensors_file.h"
#include "learn_support.h"

namespace minimand::learn {
namespace {

namespace fs = std::filesystem;
using test::read_bytes;
using test::write_bytes;

class CheckpointTest : public testing::Test {
 protected:
  std::vector<fs::path> files() const {  // the newest first
    std::vector<fs::path> out;
    for (const auto& entry : fs::directory_iterator(folder / "c"))
      if (entry.path().extension() == ".safetensors") out.push_back(entry.path());
    std::sort(out.rbegin(), out.rend());
    return out;
  }
  FitOptions in_folder(FitOptions o, bool resume) const {
    o.checkpoint.folder = (folder / "c").string();
    o.checkpoint.resume = resume;
    return o;
  }
  // Two checkpoints of a run of `epochs`.
  FitOptions trained(std::int64_t epochs = 3) {
    FitOptions o = options("softmax_cross_entropy", "mlp:6:activation=tanh", "adam", epochs);
    o.patience = 5;
    fit(data.features(), data.y, in_folder(o, false));
    return o;
  }

  const test::TemporaryDirectory directory;
  const fs::path folder = directory.path();
  Data data = ring(300, 3);
};

TEST_F(CheckpointTest, EveryOptimiserGoesOnToTheSameBits) {
  for (const OptimizerEntry& entry : optimizers()) {
    if (entry.method == Method::lbfgs) continue;  // begins its history anew, and says so
    const bool batches = entry.method == Method::batches;
    FitOptions o = options(batches ? "softmax_cross_entropy" : "huber", batches ? "mlp:12x6:activation=gelu" : "linear", entry.name, 6);
    o.valid = 0.2, o.patience = 2, o.batch = 50;
    if (!batches) o.l1 = 0.01;
    if (batches) o.dropout = 0.2, o.clip = 1, o.schedule = "plateau:patience=1", o.l1 = 1e-4;
    const std::string whole = model_bytes(fit(data.features(), data.y, o));
    for (const int stop : {1, 3, 5, 7, 12}) {
      fs::remove_all(folder / "c");
      int threads = 1;
      for (bool resume = false;; resume = true) {
        int steps = 0;
        Watch watch;
        watch.batch = [&](const BatchReport&) { return ++steps < stop; };
        FitOptions part = in_folder(o, resume);
        part.threads = threads = threads % 7 + 2;
        const Model model = fit(data.features(), data.y, part, watch);
        if (model.stopped) continue;
        EXPECT_TRUE(model_bytes(model) == whole) << entry.name << ", stopped every " << stop << " steps";
        break;
      }
      EXPECT_LE(files().size(), 2u);
    }
  }
}

TEST_F(CheckpointTest, LbfgsGoesOnAndSaysThatItsHistoryIsNew) {
  const FitOptions o = options("log_cosh", "linear", "lbfgs", 300);
  Watch stop;
  stop.batch = [](const BatchReport& r) { return r.epoch < 3; };
  fit(data.features(), data.y, in_folder(o, false), stop);
  std::string told;
  Watch watch;
  watch.note = [&](const std::string& line) { told += line; };
  const Model resumed = fit(data.features(), data.y, in_folder(o, true), watch), whole = fit(data.features(), data.y, o);
  EXPECT_NE(told.find("lbfgs begins its history anew"), std::string::npos) << told;
  for (std::size_t i = 0; i < whole.exact.size(); ++i) EXPECT_NEAR(resumed.exact[i], whole.exact[i], 1e-6);
}

TEST_F(CheckpointTest, NoFlippedBitAndNoPrefixIsTakenForWhole) {
  const FitOptions o = in_folder(trained(), true);
  const std::string bytes = read_bytes(files()[0]);
  const learn::Setup setup(data.features(), data.y, o);
  const Safetensors header = header_of(bytes, "c");
  const std::string& manifest = header.metadata.at("manifest");
  const std::string identity = nlohmann::json::parse(manifest).at("identity").dump();
  const auto load = [&](const std::string& damaged) { return checkpoint_from_bytes(damaged, identity, "c"); };
  EXPECT_TRUE(checkpoint_bytes(load(bytes), nlohmann::ordered_json::parse(manifest).at("identity").dump()) == bytes);

  const Random random(1, Purpose::shuffle, 1);
  int flipped = 0, prefixes = 0;
  for (std::int64_t i = 0; i < 4096; ++i) {
    const auto bit = static_cast<std::size_t>(random.bits(i) % (8 * bytes.size()));
    std::string damaged = bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    flipped += !test::refusal(error_code::STF001, [&] { load(damaged); }, "bit " + std::to_string(bit) + " flipped").empty();
  }
  for (std::size_t n = 0; n < bytes.size(); ++n, ++prefixes)
    test::refusal(error_code::STF001, [&] { load(bytes.substr(0, n)); }, "a prefix of " + std::to_string(n) + " bytes");
  std::cout << flipped << " flipped bits and " << prefixes << " prefixes refused\n";
}

TEST_F(CheckpointTest, DamagedFilesAreSkippedWithAWarning) {
  const FitOptions o = trained();
  const std::string whole = model_bytes(fit(data.features(), data.y, o));
  ASSERT_EQ(files().size(), 2u);
  std::string damaged = read_bytes(files()[0]);
  damaged[damaged.size() - 5] ^= 1;
  write_bytes(files()[0], damaged);
  std::string told;
  Watch watch;
  watch.note = [&](const std::string& line) { told += line + '\n'; };
  EXPECT_TRUE(model_bytes(fit(data.features(), data.y, in_folder(o, true), watch)) == whole);
  EXPECT_NE(told.find("warning: skipped a damaged checkpoint"), std::string::npos) << told;
  EXPECT_NE(told.find("goes on in epoch 3"), std::string::npos) << told;
  for (const fs::path& file : files()) write_bytes(file, "x");
  EXPECT_NE(message_of(data.features(), data.y, in_folder(o, true), error_code::STF001).find("no checkpoint is whole"), std::string::npos);
}

TEST_F(CheckpointTest, OfAnotherRunIsRefused) {
  const FitOptions o = in_folder(trained(), true);
  const auto refused = [&](const char* field, auto change, error_code code = error_code::CFG002) {
    FitOptions other = o;
    change(other);
    const std::string text = message_of(data.features(), data.y, other, code);
    EXPECT_NE(text.find(field), std::string::npos) << text;
  };
  refused("seed", [](FitOptions& f) { ++f.seed; });
  refused("loss", [](FitOptions& f) { f.loss = loss("nll"); });
  refused("model", [](FitOptions& f) { f.model = "mlp:7"; });
  refused("optimizer", [](FitOptions& f) { f.optimizer = "sgd"; });
  refused("l2", [](FitOptions& f) { f.l2 = 1; });
  data.y[0] = data.y[0] == 1 ? 2 : 1;
  refused("targets_crc32", [](FitOptions&) {});
  data.y = ring(300, 3).y;
  refused("--resume", [](FitOptions& f) { f.checkpoint.resume = false; }, error_code::IO003);
  FitOptions longer = o;
  longer.epochs = 5;  // may be asked for later
  EXPECT_EQ(fit(data.features(), data.y, longer).history.size(), 5u);
}

TEST_F(CheckpointTest, OfOtherNumericsGoesOnOnlyIfAskedTo) {
  FitOptions o = in_folder(trained(), true);
  o.epochs = 5;
  for (const fs::path& file : files()) {  // as another version of this program writes them
    const std::string bytes = read_bytes(file);
    Safetensors header = header_of(bytes, "c");
    auto manifest = nlohmann::ordered_json::parse(header.metadata.at("manifest"));
    manifest["numerics_version"] = numerics_version() + 1;
    const std::string text = manifest.dump();
    header.metadata["manifest"] = text, header.metadata["manifest_crc32"] = crc32_text(text.data(), text.size());
    std::vector<TensorData> tensors;
    for (const Tensor& t : header.tensors) tensors.push_back({t.name, t.type, t.shape, bytes.data() + header.data + t.begin});
    write_bytes(file, safetensors_bytes(tensors, header.metadata));
  }
  const std::string refusal = message_of(data.features(), data.y, o, error_code::CFG003);
  EXPECT_NE(refusal.find("numerics_version is " + std::to_string(numerics_version() + 1)), std::string::npos) << refusal;
  o.checkpoint.allow_numerics_change = true;
  FitOptions other = o;
  other.l2 = 1;
  message_of(data.features(), data.y, other, error_code::CFG002);
  std::vector<std::string> told;
  Watch watch;
  watch.note = [&](const std::string& line) { told.push_back(line); };
  EXPECT_EQ(fit(data.features(), data.y, o, watch).history.size(), 5u);
  ASSERT_EQ(told.size(), 2u);
  EXPECT_TRUE(told[0].starts_with("warning: ")) << told[0];
  EXPECT_NE(told[0].find("its bits are promised no longer"), std::string::npos) << told[0];
  EXPECT_TRUE(told[1].starts_with("goes on in epoch 4")) << told[1];
  // What it then writes is of this version.
  o.checkpoint.allow_numerics_change = false;
  EXPECT_EQ(fit(data.features(), data.y, o).history.size(), 5u);
}

TEST_F(CheckpointTest, OneWriterAtATime) {
  const FitOptions o = in_folder(options("softmax_cross_entropy", "linear", "adam", 1), true);
  const learn::Setup setup(data.features(), data.y, o);
  const auto nothing = [](const std::string&) {};
  {
    const Checkpoints first(setup, nothing);
    write_bytes(folder / "c" / "checkpoint-000000000001.safetensors.tmp.1", "half");
    EXPECT_NE(message_of(data.features(), data.y, o, error_code::IO003).find("another run"), std::string::npos);
  }
  const Checkpoints second(setup, nothing);
  EXPECT_FALSE(fs::exists(folder / "c" / "checkpoint-000000000001.safetensors.tmp.1"));  // of a run that was killed
  FitOptions wrong = o;
  wrong.checkpoint.folder = (folder / "no" / "such").string();
  message_of(data.features(), data.y, wrong, error_code::IO003);
}

// What a power failure can leave of one write, when only fsync makes anything last. The calls are those that
// cli_faults_test finds the command to make:
//   open T, write T ..., fsync T, close T, rename T N, fsync folder, unlink the oldest
// After the first i of them: data that are not synced are there up to any length, or as zeros; of the changes of the
// folder that are not synced any subset has happened that makes sense.
TEST_F(CheckpointTest, AnyStateAfterAPowerFailureHasAWholeCheckpoint) {
  const FitOptions o = trained(3);
  const std::vector<fs::path> before = files();
  ASSERT_EQ(before.size(), 2u);
  const std::string newer = read_bytes(before[0]), older = read_bytes(before[1]);
  FitOptions longer = in_folder(o, true);
  longer.epochs = 4;
  fit(data.features(), data.y, longer);
  const fs::path name = files()[0].filename();
  const std::string fresh = read_bytes(files()[0]);
  ASSERT_NE(fresh, newer);
  const learn::Setup setup(data.features(), data.y, longer);

  enum Call { open_call, write_1, write_2, sync, close_call, rename_call, sync_folder, unlink_call, calls };
  std::set<std::map<std::string, std::string>> seen;
  int states = 0;
  const std::string temporary = name.string() + ".tmp.77";
  const auto check = [&](const std::map<std::string, std::string>& content, int done) {
    if (!seen.insert(content).second) return;
    ++states;
    fs::remove_all(folder / "c");
    fs::create_directory(folder / "c");
    for (const auto& [file, bytes] : content) write_bytes(folder / "c" / file, bytes);
    try {
      const Checkpoints found(setup, [](const std::string&) {});
      const std::optional<RunState> state = found.newest();
      ASSERT_TRUE(state.has_value()) << "after " << done << " calls";
      EXPECT_TRUE(state->epoch == 4 || state->epoch == 5) << state->epoch;
      if (done > sync_folder) {
        EXPECT_EQ(state->epoch, 5);
      }
    } catch (const error& e) {
      ADD_FAILURE() << "after " << done << " calls: " << e.what();
    }
  };
  for (int done = 0; done <= calls; ++done) {
    const std::size_t size = done <= write_1 ? 0 : done <= write_2 ? fresh.size() / 2 : fresh.size();
    std::vector<std::string> contents;
    if (done > sync) {
      contents = {fresh};
    } else {
      for (std::size_t n = 0; n <= size; n += std::max<std::size_t>(1, size / 200)) {
        contents.push_back(fresh.substr(0, n));
        contents.push_back(fresh.substr(0, n) + std::string(size - n, '\0'));
        contents.push_back(std::string(n, '\0') + fresh.substr(n, size - n));
      }
      contents.push_back(fresh.substr(0, size));
    }
    // Changes of the folder that may or may not have lasted.
    const bool lasting = done > sync_folder;
    for (int subset = 0; subset < 8; ++subset) {
      const bool created = lasting || (done > open_call && (subset & 1));
      const bool renamed = lasting || (done > rename_call && (subset & 2) && created);
      const bool removed = done > unlink_call && (subset & 4);
      for (const std::string& bytes : contents) {
        std::map<std::string, std::string> content = {{before[0].filename(), newer}, {"lock", ""}};
        if (!removed) content[before[1].filename()] = older;
        if (created) content[renamed ? name.string() : temporary] = bytes;
        check(content, done);
      }
    }
  }
  std::cout << states << " states after a power failure, each with a whole checkpoint\n";
  EXPECT_GT(states, 500);
}

}  // namespace
}  // namespace minimand::learn
