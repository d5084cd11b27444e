// The command: help, list, explain, and one line with the right exit status for every kind of mistake.
#include <cmath>
#include <csignal>
#include <minimand/catalogue.hpp>
#include <thread>

#include "cli_run.h"

namespace minimand::test {
namespace {

struct Mistake {
  std::vector<std::string> arguments;
  int status;
  std::string message;  // begins with this, after "error["
};

class Cli : public CommandTest {
 protected:
  void SetUp() override {
    write_npy("p.npy", std::vector<float>{1.5f, 2.25f, -0.5f, 3.75f});
    write_npy("t.npy", std::vector<float>{1, 2, 0, 4});
  }
  void expect(const Mistake& m) const {
    const Outcome o = run(m.arguments);
    EXPECT_EQ(o.status, m.status) << o.err;
    EXPECT_EQ(o.out, "") << m.message;
    EXPECT_EQ(o.err.substr(0, m.message.size() + 6), "error[" + m.message) << o.err;
    EXPECT_EQ(std::count(o.err.begin(), o.err.end(), '\n'), 1) << o.err;
  }
  static std::vector<std::string> eval(const std::string& loss, const std::string& prediction = "p.npy",
                                       const std::string& target = "t.npy") {
    return {"eval", "--loss", loss, "--prediction", prediction, "--target", target};
  }
  static std::vector<std::string> with(std::vector<std::string> a, const std::vector<std::string>& more) {
    a.insert(a.end(), more.begin(), more.end());
    return a;
  }
};

TEST_F(Cli, HelpBeginsWithExamples) {
  for (const char* sub : {"list", "explain", "compare", "eval", "merge", "fit", "predict", "check", "bench"}) {
    const Outcome o = run({sub, "--help"});
    EXPECT_EQ(o.status, 0);
    EXPECT_EQ(run({"help", sub}).out, o.out);
    const std::size_t example = o.out.find("\n  minimand " + std::string(sub)), option = o.out.find("--help");
    ASSERT_NE(example, std::string::npos) << o.out;
    EXPECT_LT(example, option);
  }
  const Outcome o = run({"--help"});
  EXPECT_EQ(o.status, 0);
  EXPECT_NE(o.out.find("\n  eval "), std::string::npos) << o.out;
}

TEST_F(Cli, VersionSaysWhatRuns) {
  const Outcome o = run({"--version"}, {"MINIMAND_TARGET=baseline"});
  EXPECT_EQ(o.status, 0);
  EXPECT_NE(o.out.find("numerics_version " + std::to_string(numerics_version()) + "\ntarget baseline\nthreads "),
            std::string::npos) << o.out;
}

TEST_F(Cli, MistakesOfUse) {
  for (const Mistake& m : std::vector<Mistake>{
           {{}, 2, "PAR005] a subcommand is needed"},
           {{"evl"}, 2, "PAR005] unknown subcommand \"evl\"; did you mean \"eval\"?"},
           {{"help", "evl"}, 2, "PAR005] unknown subcommand \"evl\"; did you mean \"eval\"?"},
           {{"eval", "--los", "huber"}, 2, "PAR005] unknown option \"--los\"; did you mean \"--loss\"?"},
           {{"eval", "--los=huber"}, 2, "PAR005] unknown option \"--los\"; did you mean \"--loss\"?"},
           {{"eval", "--loss", "huber"}, 2, "PAR005] --prediction is missing"},
           {{"eval", "--loss"}, 2, "PAR005] --loss"},
           {with(eval("huber"), {"extra"}), 2, "PAR005] unexpected argument \"extra\""},
           {with(eval("huber"), {"--threads", "x"}), 2, "PAR005] --threads: \"x\" is not a whole number from 0 to 4096"},
           {with(eval("huber"), {"--reduction", "maen"}), 2, "PAR005] --reduction: \"maen\" is not none, sum, mean,"},
           {with(eval("huber"), {"--reduction", "mean_over:0"}), 2, "PAR005] --reduction: \"mean_over:0\""},
           {with(eval("huber"), {"--empty", "nul"}), 2, "PAR005] --empty: \"nul\" is not nan, zero or error"},
           {with(eval("huber"), {"--curvature", "excat"}), 2, "PAR005] \"excat\" is not exact"},
           {with(eval("huber"), {"--class-weight", "t.npy"}), 2, "PAR005]"},
           {with(eval("huber,squared_error"), {"--gradient", "g.npy"}), 2, "PAR005] --values, --gradient"},
           {with(eval("huber"), {"--gradient", "t.npy"}), 2, "PAR005] --gradient and --target name the same file"},
           {with(eval("huber"), {"--begin", "4"}), 2, "PAR005] --begin"},
           {eval("huger"), 2, "PAR001] unknown loss \"huger\"; did you mean \"huber\"?"},
           {eval("huber:dleta=1"), 2, "PAR002] huber has no parameter \"dleta\"; did you mean \"delta\"?"},
           {eval("huber:delta=-1"), 2, "PAR003] huber: delta is -1"},
           {eval("huber:delta"), 2, "PAR004]"},
           {{"explain", "huger"}, 2, "PAR001] unknown loss \"huger\""},
           {{"list", "--family", "regresion"}, 2, "PAR005] --family: \"regresion\" is not regression"},
           {{"fit", "--loss", "huber"}, 2, "PAR005] data is either"},
           {{"fit", "--loss", "huber", "--x", "p.npy", "--y", "t.npy", "--optimizer", "adan"}, 2, "PAR005]"},
           {{"fit", "--loss", "huber", "--x", "p.npy", "--y", "t.npy", "--model", "lineer"}, 2, "PAR005]"},
           {{"bench", "huber", "--shape", "12"}, 2, "PAR005] --shape: \"12\" is not ROWSxCLASSES"},
           {{"check"}, 2, "PAR005] losses is missing"},
       }) {
    expect(m);
  }
}

TEST_F(Cli, MistakesInFiles) {
  write_text("magic.npy", "not an array at all");
  std::string bytes = read_bytes(path("p.npy"));
  write_text("short.npy", bytes.substr(0, bytes.size() - 4));
  write_text("cell.csv", "a,b\n1,2\n3,four\n5,6\n7,8\n");
  write_text("ragged.csv", "a,b\n1,2\n3\n");
  write_text("bad.idx", std::string("\0\0\x08\x01\0\0\0\x09", 8) + "123");
  write_npy("wide.npy", std::vector<float>(12, 1), {4, 3});
  write_npy("five.npy", std::vector<float>(5, 1));
  write_npy("bools.npy", std::vector<std::uint8_t>{1, 0, 1, 1});
  std::string header = read_bytes(path("bools.npy"));
  write_text("bools.npy", header.replace(header.find("u1"), 2, "b1"));
  write_npy("minus.npy", std::vector<float>{1, -1, 1, 1});
  std::filesystem::create_directory(path("folder.npy"));
  for (const Mistake& m : std::vector<Mistake>{
           {eval("huber", "gone.npy"), 66, "IO001] gone.npy"},
           {eval("huber", "folder.npy"), 66, "IO001] folder.npy"},
           {eval("huber", "magic.npy"), 65, "NPY001] magic.npy"},
           {eval("huber", "short.npy"), 65, "NPY004] short.npy: header declares 16 B"},
           {eval("huber", "p.npy", "cell.csv:b"), 65, "CSV001] cell.csv:3:2: "},
           {eval("huber", "p.npy", "ragged.csv:a"), 65, "CSV002] ragged.csv:3"},
           {eval("huber", "p.npy", "cell.csv:c"), 65, "CSV004] cell.csv"},
           {eval("huber", "p.npy", "bad.idx"), 65, "IDX002] bad.idx"},
           {eval("huber", "wide.npy"), 65,
            "SHP001] prediction wide.npy has shape (4, 3), target t.npy has (4,): equal shapes are needed, "
            "trailing axes of size 1 aside\n"},
           {eval("huber", "five.npy"), 65, "SHP001] prediction five.npy has shape (5,), target t.npy has (4,): "},
           {eval("huber", "bools.npy"), 65, "SHP002] bools.npy: holds booleans"},
           {with(eval("huber"), {"--weight", "minus.npy"}), 65, "DOM003] minus.npy: index [1]: "},
           {with(eval("huber"), {"--values", "none/v.npy"}), 73, "IO003]"},
           {with(eval("huber"), {"--max-rows", "3"}), 71, "MEM001] p.npy"},
           {{"merge", "p.npy"}, 65, "PRT001] p.npy: "},
           {{"predict", "p.npy", "t.npy", "--out", "o.npy"}, 65, "STF001] p.npy"},
       }) {
    expect(m);
  }
  EXPECT_FALSE(exists("o.npy"));
}

TEST_F(Cli, DomainsNameFileRowColumnAndHowMany) {
  write_text("counts.csv", "id,name,visits\n1,2,0\n2,2,-1\n3,2,4\n4,2,-3\n");
  expect({eval("poisson", "p.npy", "counts.csv:visits"), 65,
          "DOM002] counts.csv:3:3: target -1 is outside the domain of poisson (0 or more); 2 such rows, first at row 3\n"});
  write_npy("logits.npy", numbers<float>(12, 1), {4, 3});
  write_npy("labels.npy", std::vector<std::int64_t>{0, 2, 3, 1});
  expect({eval("softmax_cross_entropy", "logits.npy", "labels.npy"), 65, "TGT001] labels.npy: index [2]: "});
  write_npy("share.npy", std::vector<double>{0.5, 1.5, 0.25, 2});
  expect({eval("binary_cross_entropy", "share.npy"), 65, "DOM0"});
}

TEST_F(Cli, DomainsAreCountedOverAllChunks) {
  std::vector<float> target(3'000'000, 1);
  target[2'999'999] = target[2'500'000] = target[7] = -1;
  write_npy("many.npy", target);
  write_npy("logs.npy", std::vector<float>(target.size(), 0.5f));
  expect({eval("poisson", "logs.npy", "many.npy"), 65,
          "DOM002] many.npy: index [7]: target -1 is outside the domain of poisson (0 or more); 3 such elements, first at "
          "index [7]\n"});
}

TEST_F(Cli, TargetsThatTheMachineLacks) {
  const Outcome o = run(eval("huber"), {"MINIMAND_TARGET=vax"});
  EXPECT_EQ(o.status, 78);
  EXPECT_EQ(o.err.substr(0, 14), "error[CFG001] ") << o.err;
}

TEST_F(Cli, StrictPrintsAndFails) {
  write_npy("nan.npy", std::vector<float>{1, NAN, 0, 2});
  EXPECT_EQ(run(eval("huber", "nan.npy")).status, 0);
  const Outcome o = run(with(eval("huber", "nan.npy"), {"--strict"}));
  EXPECT_EQ(o.status, 1);
  EXPECT_NE(o.out.find("nan_in"), std::string::npos);
  EXPECT_EQ(o.err, "error[STR001] strict: a flag was raised by huber\n");
}

TEST_F(Cli, ErrorsAsJson) {
  write_text("counts.csv", "id,visits\n1,0\n2,-1\n3,4\n4,1\n");
  Outcome o = run(with(eval("poisson", "p.npy", "counts.csv:visits"), {"--errors=json"}));
  EXPECT_EQ(o.status, 65);
  JsonValue e = JsonValue::parse(o.err);
  EXPECT_EQ(e.at("code"), "DOM002");
  EXPECT_EQ(e.at("exit"), 65);
  EXPECT_EQ(e.at("file"), "counts.csv");
  EXPECT_EQ(e.at("row"), 3);
  EXPECT_EQ(e.at("column"), 2);
  o = run({"--errors", "json", "eval", "--loss", "huger", "--prediction", "p.npy", "--target", "t.npy"});
  e = JsonValue::parse(o.err);
  EXPECT_EQ(e.at("code"), "PAR001");
  EXPECT_NE(e.at("hint").text().find("huber"), std::string::npos);
}

TEST_F(Cli, HostileNamesAreEscaped) {
  const Outcome o = run(eval("huber", "gone\x1b[31m\n\xff.npy"));
  EXPECT_EQ(o.status, 66);
  EXPECT_NE(o.err.find("gone\\x1b[31m\\n\\xff.npy"), std::string::npos) << o.err;
}

TEST_F(Cli, ResultsThatCannotBeWritten) {
  const Outcome o = run({"list"}, {}, "/dev/full");
  EXPECT_EQ(o.status, 74);
  EXPECT_EQ(o.err.substr(0, 14), "error[IO004] s") << o.err;
}

TEST_F(Cli, SignalsRemoveTemporaries) {
  ASSERT_EQ(::mkfifo(path("stdin").c_str(), 0600), 0);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    const pid_t child = start({"eval", "--loss", "huber", "--prediction", "-", "--target", "t.npy", "--values", "v.npy"});
    std::ofstream pipe(path("stdin"), std::ios::binary);  // the child waits for more than this
    pipe << read_bytes(path("p.npy")).substr(0, 136) << std::flush;
    bool begun = false;
    for (int i = 0; i < 500 && !begun; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
        begun |= entry.path().filename().string().find("v.npy") != std::string::npos;
      }
    }
    EXPECT_TRUE(begun);
    ::kill(child, signal);
    EXPECT_EQ(wait_for(child).status, 128 + signal);
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
      EXPECT_EQ(entry.path().filename().string().find("v.npy"), std::string::npos) << entry.path();
    }
  }
}

TEST_F(Cli, ListShowsTheCatalogue) {
  const auto rows = json_of({"list"});
  ASSERT_EQ(rows.size(), catalogue().size());
  const Outcome table = run({"list"});
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i].at("name"), std::string(loss_name(*catalogue()[i])));
    EXPECT_NE(table.out.find('\n' + rows[i].at("name").text() + ' '), std::string::npos);
  }
  EXPECT_NE(table.out.find(std::to_string(rows.size()) + " losses; minimand explain NAME shows one\n"), std::string::npos);
  for (const auto& row : json_of({"list", "--family", "regression"}).items()) EXPECT_EQ(row.at("family"), "regression");
  const auto huber = json_of({"explain", "huber"}), absolute = json_of({"explain", "absolute_error"});
  EXPECT_FALSE(huber.at("curvature_zero").boolean());
  EXPECT_TRUE(absolute.at("curvature_zero").boolean());
}

TEST_F(Cli, ExplainShowsEveryLoss) {
  for (const LossEntry* entry : catalogue()) {
    const std::string name(loss_name(*entry));
    const Outcome o = run({"explain", name});
    ASSERT_EQ(o.status, 0) << o.err;
    EXPECT_EQ(o.out.substr(0, name.size()), name);
    for (const char* part : {"\n  formula ", "\n  prediction ", "  target  ", "\n  facts ", "\n  curvature ", "value", "gradient"}) {
      EXPECT_NE(o.out.find(part), std::string::npos) << name << ": " << part;
    }
    std::istringstream lines(o.out);
    int braille = 0;
    for (std::string line; std::getline(lines, line);) braille += line.find("\xE2\xA0") != std::string::npos || line.find("\xE2\xA1") != std::string::npos;
    EXPECT_GE(braille, 3) << name;
    EXPECT_LE(braille, 16) << name;
    const auto json = json_of({"explain", name});
    EXPECT_EQ(json.at("name"), name);
    EXPECT_EQ(json.at("plot").at("x").size(), json.at("plot").at("gradient").size());
  }
  EXPECT_NE(run({"explain", "huber:delta=2"}).out.find("huber:delta=2"), std::string::npos);
}

TEST_F(Cli, ChecksPass) {
  const auto rows = json_of({"check", "--all"});
  EXPECT_GE(rows.size(), 3 * catalogue().size());
  for (const auto& row : rows.items()) EXPECT_TRUE(row.at("passed").boolean()) << row.dump();
}

TEST_F(Cli, BenchMeasuresAgainstAControl) {
  const auto rows = json_of({"bench", "squared_error", "softmax_cross_entropy", "--n", "5000", "--threads", "2"});
  ASSERT_EQ(rows.size(), 6u);
  for (const auto& row : rows.items()) {
    EXPECT_EQ(row.keys(), (std::vector<std::string>{"loss", "shape", "dtype", "order", "threads", "target", "ns_per_element",
                                                    "gb_per_s", "control", "percent_of_control"}));
    EXPECT_GT(row.at("ns_per_element").number(), 0);
    EXPECT_GT(row.at("percent_of_control").number(), 0);
  }
  EXPECT_EQ(rows[0].at("shape"), "5000");
  EXPECT_EQ(rows[3].at("shape"), "5x1000");
}

}  // namespace
}  // namespace minimand::test
