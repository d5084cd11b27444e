// Tables with texts and holes, labels that are words, test rows, and the card of a model.
#include <cmath>

#include "cli_run.h"

namespace minimand::test {
namespace {

class CliTable : public CommandTest {
 protected:
  // y = 2 x + (red 0, green 5, blue -3); kind is "big" where y > 2.
  void write_table(const char* name, std::size_t rows, std::uint64_t seed, bool holes = false) {
    const std::vector<double> x = numbers<double>(rows, seed);
    const char* colours[] = {"red", "green", "blue"};
    const double offsets[] = {0, 5, -3};
    std::string text = "x,colour,y,kind,w\n";
    for (std::size_t r = 0; r < rows; ++r) {
      const std::size_t k = r * 7 % 3;
      const double y = 2 * x[r] + offsets[k];
      char line[200];
      std::snprintf(line, sizeof line, "%.17g,%s,%.17g,%s,%d\n", x[r], colours[k], y, y > 2 ? "big" : "small", 1 + static_cast<int>(r % 3));
      if (holes && r % 10 == 3) std::snprintf(line, sizeof line, "NA,%s,%.17g,%s,1\n", colours[k], y, y > 2 ? "big" : "small");
      if (holes && r % 10 == 5) std::snprintf(line, sizeof line, "%.17g,,%.17g,%s,1\n", x[r], y, y > 2 ? "big" : "small");
      text += line;
    }
    write_text(name, text);
  }
  std::string without(const char* name, std::vector<std::size_t> columns) {
    std::istringstream in(read_bytes(path(name)));
    std::string out;
    for (std::string line; std::getline(in, line); out += '\n') {
      std::istringstream cells(line);
      std::string kept, cell;
      for (std::size_t c = 0; std::getline(cells, cell, ','); ++c)
        if (std::find(columns.begin(), columns.end(), c) == columns.end()) kept += (kept.empty() ? "" : ",") + cell;
      out += kept;
    }
    return out;
  }
};

TEST_F(CliTable, TextsAreCategories) {
  write_table("all.csv", 300, 3);
  write_text("t.csv", without("all.csv", {3, 4}));
  const Outcome o = run({"fit", "t.csv", "--target", "y", "--loss", "squared_error", "--optimizer", "lbfgs", "--l2", "1e-9", "--seed", "0", "--out", "m"});
  ASSERT_EQ(o.status, 0) << o.err;
  EXPECT_NE(o.err.find("4 features (standardised), squared_error, identity link, linear, lbfgs, seed 0"), std::string::npos) << o.err;
  write_text("new.csv", "colour,x\ngreen,1\nred,1\nblue,1\n");
  const Outcome p = run({"predict", "m", "new.csv"});
  ASSERT_EQ(p.status, 0) << p.err;
  double green = 0, red = 0, blue = 0;
  ASSERT_EQ(std::sscanf(p.out.c_str(), "%lf %lf %lf", &green, &red, &blue), 3) << p.out;
  EXPECT_NEAR(green, 7, 1e-3);
  EXPECT_NEAR(red, 2, 1e-3);
  EXPECT_NEAR(blue, -1, 1e-3);
  write_text("unseen.csv", "colour,x\nviolet,1\n");
  EXPECT_EQ(run({"predict", "m", "unseen.csv"}).status, 0);

  const Outcome card = run({"inspect", "m"});
  ASSERT_EQ(card.status, 0) << card.err;
  for (const char* word : {"squared_error", "linear, 5 parameters in f64", "categories: colour (3)", "lbfgs, l2 1e-09", "colour=green", "(bias)", "epoch"})
    EXPECT_NE(card.out.find(word), std::string::npos) << word << "\n" << card.out;
  const auto json = json_of({"inspect", "m"});
  EXPECT_EQ(json.at("coefficients")[0].at("weights").size(), 4u);
  EXPECT_NEAR(json.at("coefficients")[0].at("weights")[0].number(), 2, 1e-6);
  EXPECT_EQ(json.at("columns")[1].at("levels"), (std::vector<std::string>{"blue", "green", "red"}));
}

TEST_F(CliTable, LabelsMayBeWords) {
  write_table("all.csv", 400, 4);
  write_text("t.csv", without("all.csv", {2, 4}));
  write_table("more.csv", 50, 5);
  write_text("new.csv", without("more.csv", {2, 3, 4}));
  for (const char* loss : {"softmax_cross_entropy", "binary_cross_entropy_with_logits", "hinge"}) {
    const Outcome o = run({"fit", "t.csv", "--target", "kind", "--loss", loss, "--epochs", "60", "--optimizer", "adam:lr=0.1", "--seed", "0", "--out", "m", "--test", "0.2"});
    ASSERT_EQ(o.status, 0) << o.err;
    double accuracy = 0;
    ASSERT_EQ(std::sscanf(o.out.c_str(), "test loss %*f\ntest accuracy %lf", &accuracy), 1) << o.out;
    EXPECT_GE(accuracy, 95) << loss;
    const Outcome p = run({"predict", "m", "new.csv", "--as", "label"});
    ASSERT_EQ(p.status, 0) << p.err;
    std::istringstream truth(read_bytes(path("more.csv"))), found(p.out);
    std::string line, label;
    std::getline(truth, line);
    int hits = 0, count = 0;
    while (std::getline(truth, line) && std::getline(found, label)) ++count, hits += line.find("," + label + ",") != line.npos;
    EXPECT_EQ(count, 50);
    EXPECT_GE(hits, 46) << loss << "\n" << p.out;
    ASSERT_EQ(run({"predict", "m", "new.csv", "--as", "label", "--out", "l.csv"}).status, 0);
    EXPECT_EQ(read_bytes(path("l.csv")), "kind\n" + p.out);
    const Outcome measured = run({"predict", "m", "new.csv", "--target", "more.csv:kind"});
    EXPECT_NE(measured.out.find("test accuracy"), std::string::npos) << measured.err;
  }
  const Outcome three = run({"fit", "t.csv", "--target", "colour", "--loss", "hinge"});
  EXPECT_EQ(three.status, 65);
  EXPECT_EQ(three.err, "error[TGT001] t.csv: column \"colour\" has 3 classes; hinge takes 2\n");
  const Outcome words = run({"fit", "t.csv", "--target", "colour", "--loss", "squared_error"});
  EXPECT_EQ(words.status, 65);
  EXPECT_EQ(words.err, "error[CSV001] t.csv:2:2: \"red\" is not a number\n");
}

TEST_F(CliTable, MissingCellsAreCountedFilledOrDropped) {
  write_table("all.csv", 200, 6, true);
  write_text("t.csv", without("all.csv", {3, 4}));
  const std::vector<std::string> fit = {"fit", "t.csv", "--target", "y", "--loss", "squared_error", "--optimizer", "newton", "--out", "m"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), fit.begin(), fit.end());
    return run(more);
  };
  EXPECT_EQ(with({}).err, "error[CSV001] t.csv:5:1: 40 cells are missing in 2 columns, the first in \"x\"; --missing mean fills "
                          "features, --missing drop leaves such rows out\n");
  EXPECT_EQ(with({}).status, 65);
  const Outcome mean = with({"--missing", "mean"});
  EXPECT_EQ(mean.status, 0) << mean.err;
  EXPECT_EQ(mean.err.substr(0, 8), "200 rows") << mean.err;
  write_text("hole.csv", "x,colour\n,red\n");
  EXPECT_EQ(run({"predict", "m", "hole.csv"}).status, 0);
  const Outcome drop = with({"--missing", "drop"});
  EXPECT_EQ(drop.status, 0) << drop.err;
  EXPECT_EQ(drop.err.substr(0, 8), "160 rows") << drop.err;
  EXPECT_EQ(run({"predict", "m", "hole.csv"}).status, 65);
  write_text("u.csv", "x,y\n1,2\n2,\n3,4\n");
  const Outcome target = run({"fit", "u.csv", "--target", "y", "--loss", "squared_error", "--missing", "mean"});
  EXPECT_EQ(target.err, "error[CSV001] u.csv:3:2: 1 cell is missing in 1 column, the first in \"y\"; --missing drop leaves such rows out\n");
}

TEST_F(CliTable, SeveralTargetsWeightsAndTestFiles) {
  write_table("all.csv", 300, 7);
  write_text("t.csv", without("all.csv", {3}));
  write_table("more.csv", 60, 8);
  const Outcome o = run({"fit", "t.csv", "--target", "y,x", "--sample-weight", "w", "--loss", "squared_error", "--optimizer", "newton", "--out", "m", "--test", "more.csv"});
  ASSERT_EQ(o.status, 0) << o.err;
  EXPECT_EQ(o.out.substr(0, 10), "test loss ") << o.out;
  const auto json = json_of({"inspect", "m"});
  EXPECT_EQ(json.at("outputs"), 2);
  EXPECT_EQ(json.at("weighted"), true);
  EXPECT_EQ(json.at("coefficients")[0].at("weights").size(), 3u);  // colour alone: neither targets nor weight
  write_text("bad.csv", "x,y,w\n1,2,1\n2,3,-1\n3,4,1\n");
  const Outcome bad = run({"fit", "bad.csv", "--target", "y", "--sample-weight", "w", "--loss", "squared_error"});
  EXPECT_EQ(bad.status, 65);
  EXPECT_EQ(bad.err, "error[DOM003] weight of row 2 is -1; weights are 0 or more and finite (1 are not)\n");
}

TEST_F(CliTable, RemediesAreRefusedWhereTheyDoNotCombine) {
  write_table("all.csv", 50, 9);
  write_text("t.csv", without("all.csv", {3, 4}));
  const std::pair<std::vector<std::string>, const char*> cases[] = {
      {{"--dropout", "0.5"}, "dropout needs hidden layers; model linear has none"},
      {{"--augment", "flip"}, "augmentation flip needs images: features of shape (rows, height, width)"},
      {{"--model", "cnn"}, "model cnn:channels=16x32:hidden=128 needs images: features of shape (rows, height, width) or (rows, height, width, channels)"},
      {{"--patience", "3", "--valid", "0"}, "patience needs rows to measure the loss; keep some for validation"},
      {{"--class-weight", "balanced"}, "balanced class weights need one class per row; targets of squared_error are none here"},
      {{"--optimizer", "newton", "--model", "mlp:3"}, "optimiser newton is for linear models"},
      {{"--optimizer", "lbfgs", "--clip", "1"}, "optimiser lbfgs takes all rows at once; clipping goes with batches"},
      {{"--optimizer", "gd", "--schedule", "cosine"}, "optimiser gd finds its own steps; a schedule needs a learning rate"},
  };
  for (const auto& [more, message] : cases) {
    std::vector<std::string> arguments = {"fit", "t.csv", "--target", "y", "--loss", "squared_error"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Outcome o = run(arguments);
    EXPECT_EQ(o.status, 2) << o.err;
    EXPECT_EQ(o.err, std::string("error[PAR005] ") + message + '\n');
  }
}

}  // namespace
}  // namespace minimand::test
