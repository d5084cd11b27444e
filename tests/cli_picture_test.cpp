// The pictures of the command: every loss explained and compared, as SVG and in the terminal, and a training.
#include <algorithm>
#include <cmath>
#include <minimand/catalogue.hpp>

#include "cli_run.h"
#include "xml.h"

namespace minimand::test {
namespace {

using Words = std::vector<std::string>;

class CliPicture : public CommandTest {
 protected:
  // Runs a command that writes `file`, and reads it.
  Element svg(Words arguments, const std::string& option = "--svg", const std::string& file = "picture.svg") const {
    arguments.insert(arguments.end(), {option, file});
    const Outcome o = run(arguments);
    EXPECT_EQ(o.status, 0) << o.err;
    EXPECT_EQ(o.out, "");
    EXPECT_TRUE(o.err.ends_with("wrote " + file + "\n")) << o.err;
    return XmlReader(read_bytes(path(file))).document();
  }
  static int braille_lines(const std::string& text) {
    std::istringstream lines(text);
    int out = 0;
    for (std::string line; std::getline(lines, line);) {
      bool any = false;
      for (const char* block : {"\xE2\xA0", "\xE2\xA1", "\xE2\xA2", "\xE2\xA3"}) any |= line.find(block) != std::string::npos;
      out += any;
    }
    return out;
  }
  static Words titles(const Element& root) {
    Words out;
    for (const Element* e : root.all("text", "mm-title")) out.push_back(e->text);
    return out;
  }
  static Words legend(const Element& root) {
    Words out;
    for (const Element* g : root.all("g", "mm-legend")) {
      for (const Element* e : g->all("text")) out.push_back(e->text);
    }
    return out;
  }
  // Of one panel, how many parts its curves have.
  static std::size_t parts(const Element& root, std::size_t panel) { return root.all("g", "mm-panel").at(panel)->all("polyline").size(); }
  static std::size_t dots(const Element& root, std::size_t panel) { return root.all("g", "mm-panel").at(panel)->all("circle").size(); }
};

TEST_F(CliPicture, EveryLossIsExplained) {
  for (const LossEntry* entry : catalogue()) {
    const std::string name(loss_name(*entry));
    SCOPED_TRACE(name);
    const Element root = svg({"explain", name}, "--svg", name + ".svg");
    EXPECT_EQ(titles(root), (Words{"value", "gradient", "second derivative"}));
    EXPECT_TRUE(legend(root).empty());
    for (std::size_t p = 0; p < 3; ++p) {
      EXPECT_GE(parts(root, p), 1u) << p;
      EXPECT_LE(parts(root, p), 8u) << p;
      EXPECT_LE(dots(root, p), 2u) << p;
    }
    EXPECT_EQ(root.children[0].text.substr(0, name.size()), name);
    EXPECT_NE(root.children[1].text.find("second derivative over the "), std::string::npos);
    const Outcome o = run({"explain", name});
    EXPECT_GE(braille_lines(o.out), 3);
    EXPECT_LE(braille_lines(o.out), 16);
  }
  // What another parser says of them.
  const std::string all = "import glob, sys, xml.etree.ElementTree as tree\n"
                          "files = glob.glob('*.svg')\n"
                          "for name in files: tree.parse(name)\n"
                          "sys.exit(len(files) != int(sys.argv[1]))\n";
  write_text("parse.py", all);
  const std::string command = "cd '" + folder_.path().string() + "' && python3 parse.py " + std::to_string(catalogue().size());
  EXPECT_EQ(std::system(command.c_str()), 0);
}

// Losses that run over the same number, by the text that says what it is.
TEST_F(CliPicture, EveryLossIsCompared) {
  std::map<std::string, Words> kinds;
  for (const LossEntry* entry : catalogue()) {
    const std::string name(loss_name(*entry));
    const auto json = json_of({"compare", name});
    ASSERT_EQ(json.at("losses").size(), 1u);
    EXPECT_EQ(json.at("losses")[0].at("loss"), name);
    const auto x = json.at("x");
    for (const char* output : {"value", "gradient", "curvature"}) EXPECT_EQ(json.at("losses")[0].at(output).size(), x.size());
    EXPECT_EQ(json.at("losses")[0].at("value"), json_of({"explain", name}).at("plot").at("value"));
    kinds[json.at("over").text()].push_back(name);
  }
  EXPECT_GE(kinds.size(), 5u);
  EXPECT_GE(kinds.at("residual: prediction - target").size(), 7u);
  EXPECT_GE(kinds.at("margin: prediction for target 1").size(), 4u);
  for (const auto& [over, names] : kinds) {
    for (std::size_t first = 0; first < names.size(); first += 12) {  // as many as a picture holds
      const Words group(names.begin() + static_cast<std::ptrdiff_t>(first),
                        names.begin() + static_cast<std::ptrdiff_t>(std::min(first + 12, names.size())));
      std::string text;
      for (const std::string& n : group) text += (text.empty() ? "" : ",") + n;
      SCOPED_TRACE(text);
      const Element root = svg({"compare", text});
      EXPECT_EQ(legend(root), group.size() > 1 ? group : Words());
      for (std::size_t p = 0; p < 3; ++p) EXPECT_EQ(root.all("g", "mm-panel").at(p)->all("g", "mm-series").size(), group.size());
      const Outcome o = run({"compare", text});
      EXPECT_EQ(o.status, 0) << o.err;
      EXPECT_GE(braille_lines(o.out), 6);
      for (const std::string& n : group) EXPECT_NE(o.out.find(n), std::string::npos) << n;
    }
  }
  const Outcome mixed = run({"compare", "huber,hinge"});
  EXPECT_EQ(mixed.status, 2);
  EXPECT_EQ(mixed.err, "error[PAR005] the picture of huber runs over \"residual: prediction - target\", that of hinge over "
                       "\"margin: prediction for target 1\": compare losses of one kind\n");
}

TEST_F(CliPicture, JumpsAreBreaksAndKinksAreCorners) {
  const Element absolute = svg({"explain", "absolute_error"});
  EXPECT_EQ(parts(absolute, 0), 1u);
  EXPECT_EQ(parts(absolute, 1), 2u);  // -1 and 1, and between them
  EXPECT_EQ(dots(absolute, 1), 1u);   // the 0 at the target
  EXPECT_EQ(parts(absolute, 2), 1u);
  const Element huber = svg({"explain", "huber:delta=0.7"});
  EXPECT_EQ(parts(huber, 0), 1u);
  EXPECT_EQ(parts(huber, 1), 1u);
  EXPECT_EQ(parts(huber, 2), 3u);
  EXPECT_EQ(dots(huber, 2), 0u);
  const Element hinge = svg({"explain", "hinge"});
  EXPECT_EQ(parts(hinge, 1), 2u);
  // The jump of a curvature lies where delta is, to a hundredth of a pixel.
  const Element* panel = huber.all("g", "mm-panel")[2];
  double width = 0;
  for (const Element* e : panel->all("line", "mm-grid")) width = std::max(width, std::floor(e->number("x2")));
  const std::string points = panel->all("polyline")[1]->attributes.at("points");
  EXPECT_NEAR(std::stod(points), width * (3 - 0.7) / 6, 0.011);
  EXPECT_EQ(std::count(points.begin(), points.end(), ','), 2);  // a straight line
  // A pole leaves the panel and is cut there: the last point is at the border.
  const Element entropy = svg({"explain", "binary_cross_entropy"});
  EXPECT_EQ(parts(entropy, 2), 1u);
  const std::string pole = entropy.all("g", "mm-panel")[2]->all("polyline")[0]->attributes.at("points");
  EXPECT_EQ(std::stod(pole.substr(pole.find(',') + 1)), 0);
}

TEST_F(CliPicture, ValuesAreTheLosses) {
  const auto json = json_of({"compare", "squared_error,huber:delta=2"});
  const auto x = json.at("x");
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double e = x[i].number(), a = std::abs(e);
    EXPECT_NEAR(json.at("losses")[0].at("value")[i].number(), e * e, 1e-12);
    EXPECT_NEAR(json.at("losses")[1].at("gradient")[i].number(), std::clamp(e, -2.0, 2.0), 1e-12);
    EXPECT_NEAR(json.at("losses")[1].at("curvature")[i].number(), a <= 2 ? 1 : 0, 0);
  }
  EXPECT_EQ(x.items().front().number(), -4);  // delta is in the picture
  EXPECT_EQ(x.items().back().number(), 4);
  EXPECT_EQ(json_of({"compare", "smooth_l1:beta=9"}).at("x").items().back().number(), 18);
  EXPECT_EQ(json_of({"compare", "huber:delta=inf"}).at("x").items().back().number(), 3);
}

TEST_F(CliPicture, TrainingsAreDrawn) {
  std::string csv = "a,y\n";
  for (const double a : numbers<double>(200, 3)) csv += std::to_string(a) + ',' + std::to_string(3 * a + 1) + '\n';
  write_text("d.csv", csv);
  const Words fit = {"fit", "d.csv", "--target", "y", "--loss", "squared_error", "--epochs", "12", "--optimizer", "adam:lr=0.1", "--seed", "0"};
  const Element root = svg(fit, "--plot", "curve.svg");
  EXPECT_EQ(root.all("polyline").size(), 2u);
  const Words names = legend(root);
  ASSERT_EQ(names.size(), 3u);
  EXPECT_EQ(names[0], "train");
  EXPECT_EQ(names[1], "valid");
  EXPECT_EQ(names[2].substr(0, 5), "best ");
  EXPECT_EQ(root.all("g", "mm-panel")[0]->all("circle").size(), 1u);
  const std::string points = root.all("polyline")[0]->attributes.at("points");
  EXPECT_LE(std::count(points.begin(), points.end(), ','), 12);
  for (const Element* e : root.all("g", "mm-x")[0]->all("text")) {
    const int epoch = std::stoi(e->text);
    EXPECT_TRUE(epoch >= 1 && epoch <= 12 && std::to_string(epoch) == e->text) << e->text;
  }
  Words terminal = fit;
  terminal.push_back("--plot");
  const Outcome o = run(terminal);
  EXPECT_EQ(o.status, 0) << o.err;
  EXPECT_GE(braille_lines(o.out), 4);
  EXPECT_NE(o.out.find("train"), std::string::npos);
  // An epoch is a whole number, however large.
  write_text("few.csv", "a,y\n1,2\n2,3\n3,5\n");
  const Words many = {"fit", "few.csv", "--target", "y", "--loss", "squared_error", "--epochs", "10001", "--optimizer",
                      "sgd:lr=1e-5", "--valid", "0"};
  EXPECT_TRUE(legend(svg(many, "--plot", "many.svg")).at(1).ends_with(" at 10001"));
}

TEST_F(CliPicture, MistakesLeaveNothingBehind) {
  write_text("d.csv", "a,y\n1,2\n2,4\n3,6\n");
  struct Mistake { Words arguments; int status; std::string message; };
  for (const Mistake& m : std::vector<Mistake>{
           {{"explain", "huber", "--svg", "no/folder/x.svg"}, 73, "error[IO003] no/folder/x.svg: cannot be created"},
           {{"compare", "huber", "--svg", "."}, 73, "error[IO003]"},
           {{"explain", "huber", "--svg", ""}, 73, "error[IO003]"},
           {{"explain", "huber", "--svg", "/dev/full"}, 74, "error[IO004]"},
           {{"explain", "huber", "--svg", "x.svg", "--format", "json"}, 2, "error[PAR005] --svg and --format do not combine"},
           {{"compare", "huber", "--svg", "x.svg", "--format", "json"}, 2, "error[PAR005] --svg and --format do not combine"},
           {{"compare"}, 2, "error[PAR005] losses is missing"},
           {{"compare", "huber,huger"}, 2, "error[PAR001] unknown loss \"huger\""},
           {{"compare", "huber,huber,huber,huber,huber,huber,huber,huber,huber,huber,huber,huber,huber"}, 2,
            "error[PAR005] 13 losses cannot be told apart in one picture; at most 12"},
           {{"fit", "--loss", "huber", "--target", "y", "--plot", "d.csv"}, 2, "error[PAR005] --plot: \"d.csv\" does not end in .svg"},
           {{"fit", "d.csv", "--loss", "huber", "--target", "y", "--plot", "no/x.svg"}, 73, "error[IO003] no/x.svg"}}) {
    const Outcome o = run(m.arguments);
    EXPECT_EQ(o.status, m.status) << o.err;
    EXPECT_EQ(o.err.substr(0, m.message.size()), m.message);
    EXPECT_EQ(std::count(o.err.begin(), o.err.end(), '\n'), 1) << o.err;
    EXPECT_EQ(o.out, "");
    EXPECT_FALSE(exists("x.svg"));
  }
  EXPECT_EQ(read_bytes(path("d.csv")), "a,y\n1,2\n2,4\n3,6\n");
}

// The picture of the README is one that this command writes, of six losses.
TEST_F(CliPicture, TheReadmeShowsSixLosses) {
  const std::string root_folder = std::string(MINIMAND_TEST_DATA) + "/..";
  const Element committed = XmlReader(read_bytes(root_folder + "/docs/pictures/losses.svg")).document();
  const Words names = legend(committed);
  ASSERT_EQ(names.size(), 6u);
  std::string text;
  for (const std::string& n : names) text += (text.empty() ? "" : ",") + n;
  EXPECT_NE(read_bytes(root_folder + "/Makefile").find(text), std::string::npos) << text;
  EXPECT_NE(read_bytes(root_folder + "/README.md").find("(docs/pictures/losses.svg)"), std::string::npos);
  const Element now = svg({"compare", text});
  EXPECT_EQ(titles(now), titles(committed));
  for (std::size_t p = 0; p < 3; ++p) EXPECT_EQ(parts(now, p), parts(committed, p)) << "make pictures";
}

}  // namespace
}  // namespace minimand::test
