// Options from a file, completion of shells, and the page of the manual.
#include "cli_run.h"

namespace minimand::test {
namespace {

class CliConfig : public CommandTest {
 protected:
  void SetUp() override {
    std::string text = "x,y\n";
    for (int i = 0; i < 40; ++i) text += std::to_string(i % 9) + "," + std::to_string(2 * (i % 9) + 1) + "\n";
    write_text("d.csv", text);
  }
};

TEST_F(CliConfig, TheCommandLineComesBeforeTheFile) {
  write_text("run.toml", "# a run\ndata = \"d.csv\"\ntarget = \"y\"\nloss = \"huber:delta=2\"\nepochs = 3\nl2 = 0.5\nno-progress = true\n"
                         "plot = false\noptimizer = \"adam:lr=0.1\"\n");
  const Outcome o = run({"fit", "--config", "run.toml", "--epochs", "4", "--out", "m", "--seed", "5"});
  ASSERT_EQ(o.status, 0) << o.err;
  const auto card = json_of({"inspect", "m"});
  EXPECT_EQ(card.at("loss"), "huber:delta=2");
  EXPECT_EQ(card.at("epochs"), 4);
  EXPECT_EQ(card.at("l2"), 0.5);
  EXPECT_EQ(card.at("optimizer"), "adam:lr=0.1");
  // What is printed gives the same model.
  const Outcome printed = run({"fit", "--config", "run.toml", "--epochs", "4", "--out", "m", "--seed", "5", "--print-config"});
  ASSERT_EQ(printed.status, 0) << printed.err;
  EXPECT_EQ(printed.err, "");
  for (const char* line : {"epochs = 4\n", "loss = \"huber:delta=2\"\n", "l2 = 0.5\n", "no-progress = true\n", "seed = 5\n"})
    EXPECT_NE(printed.out.find(line), std::string::npos) << line << printed.out;
  const std::string model = read_bytes(path("m"));
  std::filesystem::remove(path("m"));
  write_text("again.toml", printed.out);
  ASSERT_EQ(run({"fit", "--config", "again.toml"}).status, 0);
  EXPECT_EQ(read_bytes(path("m")), model);
  // A seed that is only drawn is none of the options.
  EXPECT_EQ(run({"fit", "--config", "run.toml", "--print-config"}).out.find("seed"), std::string::npos);
}

// Values that mean something to TOML or to a shell are read back as they were.
TEST_F(CliConfig, PrintedOptionsReadBack) {
  for (const char* name : {"a\\b", "a\"b", "a'b", "a\"b'c", "a#b", "a = b", "[a", "a\nb\tc", " a ", "1e3", "true", "\xc3\xa9"}) {
    const Outcome printed = run({"fit", "d.csv", "--target", name, "--loss", "huber", "--print-config"});
    ASSERT_EQ(printed.status, 0) << printed.err;
    write_text("run.toml", printed.out);
    const Outcome given = run({"fit", "d.csv", "--target", name, "--loss", "huber"});
    EXPECT_EQ(run({"fit", "--config", "run.toml"}).err, given.err);
    EXPECT_NE(given.err.find("has no column"), std::string::npos) << given.err;
  }
  write_text("run.toml", "[fit]\r\ndata = 'd.csv'  # literal\r\ntarget='y'\r\nloss = huber\r\nepochs = 2\r\n");
  EXPECT_EQ(run({"fit", "--config", "run.toml"}).status, 0);
}

TEST_F(CliConfig, MistakesNameTheFile) {
  const auto error_of = [&](const char* text) {
    write_text("run.toml", text);
    const Outcome o = run({"fit", "d.csv", "--target", "y", "--loss", "huber", "--config", "run.toml"});
    EXPECT_EQ(o.status, 78);
    const std::string code = "error[CFG004] run.toml:";
    EXPECT_EQ(o.err.substr(0, code.size()), code);
    return o.err.substr(std::min(code.size(), o.err.size()));
  };
  EXPECT_EQ(error_of("\n# x\nepoch = 3\n"), "3: unknown option \"epoch\"; did you mean \"epochs\"?\n");
  EXPECT_EQ(error_of("epochs = \"x\"\n"), "1: --epochs: \"x\" is not a whole number, 1 or more\n");
  EXPECT_EQ(error_of("timing = 3\n"), "1: timing is true or false\n");
  EXPECT_EQ(error_of("[eval]\nepochs = 3\n"), "2: table \"eval\" is not \"fit\"\n");
  EXPECT_EQ(error_of("epochs = 3\nl2 = 1\nepochs = 4\n"), "3: \"epochs\" is there twice\n");
  EXPECT_EQ(error_of("epochs\n"), "1: a line is name = value\n");
  EXPECT_EQ(error_of("epochs =\n"), "1: a name or value is missing\n");
  EXPECT_EQ(error_of("epochs = 3 4\n"), "1: unexpected \"4\"\n");
  EXPECT_EQ(error_of("out = \"a\n"), "1: a quote is not closed\n");
  EXPECT_EQ(error_of("out = \"C:\\d\"\n"), "1: \\ begins no escape of TOML; it is written \\\\, or the text in single quotes\n");
  EXPECT_EQ(error_of("out = \"\\ud800\"\n"), "1: \\u is not followed by the 4 hexadecimal digits of a character\n");
  EXPECT_EQ(error_of("target = [\"x\", \"y\"]\n"), "1: a list or table is no value of an option; several names are one text with commas\n");
  EXPECT_EQ(error_of("out = \"\"\"a\"\"\"\n"), "1: a text of several lines is none of an option\n");
  EXPECT_EQ(run({"fit", "--config", "none.toml"}).status, 66);
  write_text("run.toml", "epoch = 3\n");
  const auto failure = JsonValue::parse(run({"fit", "--config", "run.toml", "--errors", "json"}).err);
  EXPECT_EQ(failure.at("file"), "run.toml");
  EXPECT_EQ(failure.at("row"), 1);
}

TEST_F(CliConfig, TextsAreThoseOfToml) {
  write_text("run.toml", "[fit]  # the rest is for it\r\n\"target\" = 'a\\b'\nout = \"a#b, \\\"c\\\" \\u00e9\\U0001f600\\t\" # not in the text\n"
                         "loss = huber:delta=2");
  EXPECT_EQ(run({"fit", "--config", "run.toml", "--print-config"}).out,
            "target = \"a\\\\b\"\nloss = \"huber:delta=2\"\nout = \"a#b, \\\"c\\\" \u00e9\U0001f600\\t\"\n");
}

TEST_F(CliConfig, CompletionAndManualKnowEveryOption) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const Outcome o = run({"--completion", shell});
    ASSERT_EQ(o.status, 0) << o.err;
    for (const char* word : {"explain", "eval", "optimizer", "checkpoint", "reduction", "inspect"})
      EXPECT_NE(o.out.find(word), std::string::npos) << shell << " " << word;
    if (std::string(shell) == "bash") {
      write_text("completion", o.out);
      EXPECT_EQ(std::system(("bash -n " + path("completion")).c_str()), 0);
      write_text("try", o.out + "COMP_WORDS=(minimand fit --opt); COMP_CWORD=2; _minimand; echo ${COMPREPLY[@]}\n");
      EXPECT_EQ(std::system(("test \"$(bash " + path("try") + ")\" = --optimizer").c_str()), 0);
    }
  }
  EXPECT_EQ(run({"--completion", "csh"}).status, 2);
  const Outcome man = run({"--man"});
  ASSERT_EQ(man.status, 0) << man.err;
  for (const char* text : {".TH MINIMAND 1", ".SH \"minimand fit\"", "\\fB\\-\\-checkpoint\\fR \\fIDIR\\fR", ".SH \"EXIT STATUS\""})
    EXPECT_NE(man.out.find(text), std::string::npos) << text;
}

}  // namespace
}  // namespace minimand::test
