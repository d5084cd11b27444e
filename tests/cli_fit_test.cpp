// The command trains and predicts: known lines are found, and the same seed gives the same bytes.
#include <cmath>

#include "cli_run.h"

namespace minimand::test {
namespace {

class CliFit : public CommandTest {
 protected:
  // y = 3 a - 2 b + 1 with a little noise, and whether that is above 1.
  void write_table() {
    const std::vector<double> x = numbers<double>(2000, 5), noise = numbers<double>(1000, 6);
    std::string text = "a,y,b,above\n";
    for (std::size_t r = 0; r < 1000; ++r) {
      const double y = 3 * x[2 * r] - 2 * x[2 * r + 1] + 1 + 0.01 * noise[r];
      char line[200];
      std::snprintf(line, sizeof line, "%.17g,%.17g,%.17g,%d\n", x[2 * r], y, x[2 * r + 1], y > 1);
      text += line;
    }
    write_text("data.csv", text);
    write_text("few.csv", "b,a\n0,0\n1,0\n0,1\n");
  }
};

TEST_F(CliFit, FindsALine) {
  write_table();
  const Outcome o = run({"fit", "data.csv", "--target", "y", "--loss", "huber:delta=2", "--epochs", "60", "--optimizer", "adam:lr=0.05",
                         "--batch", "100", "--seed", "7", "--out", "y.model", "--log", "log.jsonl", "--plot"});
  ASSERT_EQ(o.status, 0) << o.err;
  EXPECT_NE(o.err.find("1000 rows"), std::string::npos) << o.err;
  EXPECT_NE(o.err.find("3 features (standardised), huber:delta=2, identity link, linear, adam lr=0.05, seed 7\n"), std::string::npos) << o.err;
  EXPECT_NE(o.err.find("\nepoch 60/60 "), std::string::npos) << o.err;
  EXPECT_NE(o.err.find("\nwrote y.model\n"), std::string::npos) << o.err;
  EXPECT_NE(o.out.find("epoch"), std::string::npos);
  std::istringstream log(read_bytes(path("log.jsonl")));
  int epochs = 0;
  double last = 1e9;
  for (std::string line; std::getline(log, line);) {
    const auto row = JsonValue::parse(line);
    EXPECT_EQ(row.at("epoch"), ++epochs);
    last = row.at("valid_loss").number();
  }
  EXPECT_EQ(epochs, 60);
  EXPECT_LT(last, 0.01);
}

TEST_F(CliFit, PredictsByTheNamesOfColumns) {
  write_table();
  // Without the column "above", which is no feature of a new row.
  std::istringstream all(read_bytes(path("data.csv")));
  std::string text;
  for (std::string line; std::getline(all, line);) text += line.substr(0, line.rfind(',')) + '\n';
  write_text("data.csv", text);
  ASSERT_EQ(run({"fit", "data.csv", "--target", "y", "--loss", "squared_error", "--epochs", "100", "--optimizer", "adam:lr=0.05",
                 "--seed", "0", "--out", "y.model"}).status, 0);
  const Outcome o = run({"predict", "y.model", "few.csv", "--out", "p.npy"});
  ASSERT_EQ(o.status, 0) << o.err;
  const std::vector<float> p = npy_values<float>(read_bytes(path("p.npy")));
  ASSERT_EQ(p.size(), 3u);
  for (const auto& [got, wanted] : {std::pair(p[0], 1.0), {p[1], -1.0}, {p[2], 4.0}}) EXPECT_NEAR(got, wanted, 0.05);
  write_text("other.csv", "a,c\n1,2\n");
  const Outcome missing = run({"predict", "y.model", "other.csv", "--out", "q.npy"});
  EXPECT_EQ(missing.status, 65);
  EXPECT_NE(missing.err.find("has no column \"b\""), std::string::npos) << missing.err;
  write_npy("wide.npy", std::vector<float>(9, 0), {3, 3});
  EXPECT_EQ(run({"predict", "y.model", "wide.npy", "--out", "q.npy"}).status, 78);
  EXPECT_FALSE(exists("q.npy"));
}

TEST_F(CliFit, SameSeedSameBytesOnAnyThreads) {
  write_table();
  std::string model, log;
  for (const char* threads : {"1", "2", "7"}) {
    const Outcome o = run({"fit", "data.csv", "--target", "above", "--loss", "binary_cross_entropy_with_logits", "--model",
                           "mlp:hidden=64x32", "--epochs", "3", "--seed", "11", "--threads", threads, "--out", "m.model", "--log", "l.jsonl"});
    ASSERT_EQ(o.status, 0) << o.err;
    EXPECT_NE(o.err.find("logistic link"), std::string::npos) << o.err;
    if (model.empty()) model = read_bytes(path("m.model")), log = read_bytes(path("l.jsonl"));
    EXPECT_EQ(read_bytes(path("m.model")), model);
    EXPECT_EQ(read_bytes(path("l.jsonl")), log);
  }
  ASSERT_EQ(run({"fit", "data.csv", "--target", "above", "--loss", "binary_cross_entropy_with_logits", "--model", "mlp:hidden=64x32",
                 "--epochs", "3", "--seed", "12", "--out", "m.model"}).status, 0);
  EXPECT_NE(read_bytes(path("m.model")), model);
}

TEST_F(CliFit, ImagesAreDividedBy255AndAccuracyIsPrinted) {
  // Two kinds of pictures: bright above, or bright below.
  const int n = 400;
  std::string images("\0\0\x08\x03\0\0\x01\x90\0\0\0\x02\0\0\0\x02", 16), labels("\0\0\x08\x01\0\0\x01\x90", 8);
  const std::vector<double> noise = numbers<double>(4 * n, 9);
  for (int i = 0; i < n; ++i) {
    for (int k = 0; k < 4; ++k) {
      const bool bright = (k < 2) == (i % 2 == 0);
      images += static_cast<char>(static_cast<unsigned char>((bright ? 180 : 60) + 10 * noise[static_cast<std::size_t>(4 * i + k)]));
    }
    labels += static_cast<char>(i % 2);
  }
  write_text("x-ubyte", images), write_text("y-ubyte", labels);
  const Outcome o = run({"fit", "--x", "x-ubyte", "--y", "y-ubyte", "--loss", "softmax_cross_entropy", "--optimizer", "adam:lr=0.05",
                         "--epochs", "20", "--batch", "50", "--seed", "0", "--out", "m.model"});
  ASSERT_EQ(o.status, 0) << o.err;
  EXPECT_NE(o.err.find("4 features (divided by 255), softmax_cross_entropy, softmax link"), std::string::npos) << o.err;
  const Outcome p = run({"predict", "m.model", "x-ubyte", "--target", "y-ubyte", "--as", "label", "--out", "l.npy"});
  ASSERT_EQ(p.status, 0) << p.err;
  EXPECT_EQ(p.out.substr(0, 10), "test loss ");
  EXPECT_NE(p.out.find("\ntest accuracy 100.00 %\n"), std::string::npos) << p.out;
  const auto found = npy_values<std::int64_t>(read_bytes(path("l.npy")));
  ASSERT_EQ(found.size(), 400u);
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_EQ(found[i], static_cast<std::int64_t>(i % 2));
}

TEST_F(CliFit, MistakesOfTraining) {
  write_table();
  Outcome o = run({"fit", "data.csv", "--target", "yy", "--loss", "huber"});
  EXPECT_EQ(o.status, 65);
  EXPECT_EQ(o.err, "error[CSV004] data.csv: has no column \"yy\"; did you mean \"y\"?\n");
  o = run({"fit", "data.csv", "--target", "y", "--loss", "squared_error", "--optimizer", "sgd:lr=1e30", "--epochs", "3", "--seed", "0"});
  EXPECT_EQ(o.status, 1) << o.err;
  EXPECT_NE(o.err.find("error[RUN001] training diverged"), std::string::npos) << o.err;
  o = run({"fit", "data.csv", "--target", "y", "--loss", "poisson", "--out", "m.model"});
  EXPECT_EQ(o.status, 65) << o.err;
  EXPECT_FALSE(exists("m.model"));
}

}  // namespace
}  // namespace minimand::test
