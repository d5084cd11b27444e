// The command over files: known results, every format, streams, parts, and the same bits whatever the chunks and threads.
#include <cmath>
#include <zlib.h>

#include "cli_run.h"

namespace minimand::test {
namespace {

class CliEval : public CommandTest {
 protected:
  static std::vector<std::string> eval(const std::string& loss, const std::string& prediction, const std::string& target,
                                       const std::vector<std::string>& more = {}) {
    std::vector<std::string> a = {"eval", "--loss", loss, "--prediction", prediction, "--target", target};
    a.insert(a.end(), more.begin(), more.end());
    return a;
  }
  void write_four() {
    write_npy("p.npy", std::vector<float>{1.5f, 2.25f, -0.5f, 3.75f});
    write_npy("t.npy", std::vector<float>{1, 2, 0, 4});
  }
};

TEST_F(CliEval, KnownResultAsJson) {
  write_four();
  const Outcome o = run(eval("squared_error,half_squared_error", "p.npy", "t.npy", {"--format", "json"}));
  EXPECT_EQ(o.status, 0);
  EXPECT_EQ(o.err, "");
  EXPECT_EQ(o.out,
            "[{\"loss\": \"squared_error\", \"reduction\": \"mean\", \"value\": 0.15625, \"sum\": 0.625, \"weight_sum\": 4, "
            "\"count\": 4, \"ignored\": 0, \"flags\": []},\n"
            " {\"loss\": \"half_squared_error\", \"reduction\": \"mean\", \"value\": 0.078125, \"sum\": 0.3125, "
            "\"weight_sum\": 4, \"count\": 4, \"ignored\": 0, \"flags\": []}]\n");
}

TEST_F(CliEval, KnownResultAsTable) {
  write_four();
  EXPECT_EQ(run(eval("squared_error,quantile:tau=0.25", "p.npy", "t.npy")).out,
            "loss               reduction     value  count  ignored\n"
            "squared_error      mean       0.156250      4        0\n"
            "quantile:tau=0.25  mean       0.187500      4        0\n");
  write_npy("nan.npy", std::vector<float>{1, NAN, 0, 4});
  EXPECT_EQ(run(eval("squared_error", "nan.npy", "t.npy")).out,
            "loss           reduction  value  count  ignored  flags\n"
            "squared_error  mean         NaN      4        0  nan_in\n");
}

TEST_F(CliEval, NonFiniteNumbersAreStringsInJson) {
  write_npy("p.npy", std::vector<double>{INFINITY, 0});
  write_npy("t.npy", std::vector<double>{0, 0});
  const auto row = json_of(eval("absolute_error", "p.npy", "t.npy"))[0];
  EXPECT_EQ(row.at("value"), "Infinity");
  EXPECT_EQ(row.at("flags"), std::vector<std::string>{"infinite"});
}

TEST_F(CliEval, ReductionsWeightsAndIgnore) {
  write_four();
  write_npy("w.npy", std::vector<float>{1, 0, 2, 1});
  const auto value = [&](const std::vector<std::string>& more) {
    return json_of(eval("squared_error", "p.npy", "t.npy", more))[0];
  };
  // Weighted squares: 0.25, absent, 0.5, 0.0625.
  EXPECT_EQ(value({"--weight", "w.npy", "--reduction", "sum"}).at("value"), 0.8125);
  EXPECT_EQ(value({"--weight", "w.npy"}).at("count"), 3);
  EXPECT_EQ(value({"--weight", "w.npy", "--reduction", "weighted_mean"}).at("value"), 0.203125);
  EXPECT_EQ(value({"--weight", "w.npy", "--reduction", "mean_over:8"}).at("value"), 0.1015625);
  EXPECT_EQ(value({"--ignore", "4"}).at("ignored"), 1);
  EXPECT_EQ(value({"--ignore", "-100"}).at("ignored"), 0);
  write_npy("none.npy", std::vector<float>(4, 0));
  EXPECT_EQ(value({"--weight", "none.npy"}).at("value"), "NaN");
  EXPECT_EQ(value({"--weight", "none.npy", "--empty", "zero"}).at("value"), 0);
  EXPECT_EQ(run(eval("squared_error", "p.npy", "t.npy", {"--weight", "none.npy", "--empty", "error"})).status, 65);
}

TEST_F(CliEval, EveryFormatGivesTheSame) {
  const std::vector<float> p = {1.5f, 2.25f, -0.5f, 3.75f};
  write_four();
  write_npy("column.npy", p, {4, 1});
  write_text("p.csv", "name,p,t\n7,1.5,1\n7,2.25,2\n7,-0.5,0\n7,3.75,4\n");
  write_text("bare.csv", "1.5,1\n2.25,2\n-0.5,0\n3.75,4\n");
  const std::string idx = std::string("\0\0\x08\x01\0\0\0\x04", 8) + std::string("\1\2\0\4", 4);
  write_text("t-ubyte", idx);
  gzFile gz = ::gzopen(path("t-ubyte.gz").c_str(), "wb");
  ::gzwrite(gz, idx.data(), static_cast<unsigned>(idx.size()));
  ::gzclose(gz);
  const std::string wanted = run(eval("huber:delta=0.4", "p.npy", "t.npy", {"--dtype", "f64"})).out;
  ASSERT_NE(wanted.find("huber:delta=0.4"), std::string::npos);
  for (const auto& [prediction, target] : std::vector<std::pair<std::string, std::string>>{
           {"column.npy", "t.npy"}, {"p.csv:p", "p.csv:t"}, {"p.csv:p", "t.npy"}, {"p.npy", "t-ubyte"}, {"p.npy", "t-ubyte.gz"}}) {
    EXPECT_EQ(run(eval("huber:delta=0.4", prediction, target, {"--dtype", "f64"})).out, wanted) << prediction << ' ' << target;
  }
  // Whole numbers are computed with in f64.
  write_npy("whole.npy", std::vector<std::int32_t>{3, 2, 0, -4});
  const auto row = json_of(eval("squared_error", "whole.npy", "t.npy", {"--gradient", "g.npy"}))[0];
  EXPECT_EQ(row.at("sum"), 68);
  EXPECT_EQ(npy_values<double>(read_bytes(path("g.npy"))), (std::vector<double>{1, 0, 0, -4}));
  EXPECT_EQ(run(eval("huber:delta=0.4", "bare.csv:1", "bare.csv:2", {"--no-header"})).out, wanted);
  write_text("stdin", "p,t\n1.5,1\n2.25,2\n-0.5,0\n3.75,4\n");
  EXPECT_EQ(run(eval("huber:delta=0.4", "-:p", "-:t")).out, wanted);
  write_text("stdin", read_bytes(path("p.npy")));
  EXPECT_EQ(run(eval("huber:delta=0.4", "-", "t.npy", {"--dtype", "f64"})).out, wanted);
}

TEST_F(CliEval, ClassesAlongAnyAxis) {
  const std::int64_t rows = 50, classes = 7;
  const std::vector<double> logits = numbers<double>(static_cast<std::size_t>(rows * classes), 3);
  std::vector<double> turned(logits.size());
  std::vector<std::int64_t> labels;
  std::string csv = "a,b,c,d,e,f,g,label\n";
  for (std::int64_t r = 0; r < rows; ++r) {
    labels.push_back((r * r) % classes);
    for (std::int64_t c = 0; c < classes; ++c) {
      const double x = logits[static_cast<std::size_t>(r * classes + c)];
      turned[static_cast<std::size_t>(c * rows + r)] = x;
      char text[40];
      std::snprintf(text, sizeof text, "%.17g,", x);
      csv += text;
    }
    csv += std::to_string(labels.back()) + '\n';
  }
  write_npy("rows.npy", logits, {rows, classes});
  write_npy("planes.npy", turned, {classes, rows});
  write_npy("labels.npy", labels);
  write_text("all.csv", csv);
  const std::string loss = "softmax_cross_entropy:smoothing=0.1";
  const std::string wanted = run(eval(loss, "rows.npy", "labels.npy")).out;
  EXPECT_EQ(run(eval(loss, "planes.npy", "labels.npy", {"--class-axis", "0"})).out, wanted);
  EXPECT_EQ(run(eval(loss, "all.csv:a..g", "all.csv:label")).out, wanted);
  ASSERT_EQ(run(eval(loss, "rows.npy", "labels.npy", {"--gradient", "g.npy", "--values", "v.npy"})).status, 0);
  ASSERT_EQ(run(eval(loss, "planes.npy", "labels.npy", {"--class-axis", "0", "--gradient", "h.npy", "--values", "u.npy"})).status, 0);
  EXPECT_EQ(read_bytes(path("v.npy")), read_bytes(path("u.npy")));
  const auto g = npy_values<double>(read_bytes(path("g.npy"))), h = npy_values<double>(read_bytes(path("h.npy")));
  ASSERT_EQ(g.size(), h.size());
  for (std::size_t r = 0; r < 50; ++r) {
    for (std::size_t c = 0; c < 7; ++c) EXPECT_EQ(g[r * 7 + c], h[c * 50 + r]);
  }
  write_npy("one.npy", std::vector<double>{1, 2, 3}, {3});
  write_npy("label.npy", std::vector<std::int64_t>{2}, {1});
  EXPECT_EQ(json_of(eval("softmax_cross_entropy", "one.npy", "label.npy"))[0].at("count"), 1);
}

// Three chunks and a bit: the command reads 2 M elements at a time, the library is given all at once.
TEST_F(CliEval, ChunksDoNotShow) {
  const std::size_t n = 2 * 2'097'152 + 12'345;
  const std::vector<float> p = numbers<float>(n, 1), t = numbers<float>(n, 2);
  std::vector<float> w = numbers<float>(n, 3), gradient(n), hessian(n), values(n);
  for (float& x : w) x = x < 0 ? 0 : x;
  write_npy("p.npy", p), write_npy("t.npy", t), write_npy("w.npy", w);
  for (const reduction how : {reduction::mean, reduction::weighted_mean, reduction::sum}) {
    const std::string word = how == reduction::mean ? "mean" : how == reduction::sum ? "sum" : "weighted_mean";
    Call call;
    call.reduction = how, call.weight = w, call.gradient = gradient, call.hessian = hessian, call.values = values;
    const Result whole = loss("log_cosh")(p, t, call);
    const auto row = json_of(eval("log_cosh", "p.npy", "t.npy", {"--weight", "w.npy", "--reduction", word, "--gradient", "g.npy",
                                                                  "--hessian", "h.npy", "--values", "v.npy"}))[0];
    EXPECT_EQ(row.at("value").number(), whole.value);
    EXPECT_EQ(row.at("weight_sum").number(), whole.weight_sum);
    EXPECT_EQ(row.at("count").count(), whole.count);
    EXPECT_EQ(npy_values<float>(read_bytes(path("g.npy"))), gradient);
    EXPECT_EQ(npy_values<float>(read_bytes(path("h.npy"))), hessian);
    EXPECT_EQ(npy_values<float>(read_bytes(path("v.npy"))), values);
  }
}

TEST_F(CliEval, ThreadsDoNotShow) {
  write_npy("p.npy", numbers<float>(300'000, 1), {3000, 100});
  std::vector<std::int32_t> labels(3000);
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<std::int32_t>(i * 37 % 100);
  write_npy("t.npy", labels);
  std::string first, gradient;
  for (const char* threads : {"1", "2", "7"}) {
    const Outcome o = run(eval("softmax_cross_entropy", "p.npy", "t.npy",
                               {"--threads", threads, "--gradient", "g.npy", "--format", "json"}));
    ASSERT_EQ(o.status, 0) << o.err;
    if (first.empty()) first = o.out, gradient = read_bytes(path("g.npy"));
    EXPECT_EQ(o.out, first);
    EXPECT_EQ(read_bytes(path("g.npy")), gradient);
  }
}

TEST_F(CliEval, PartsMergeToTheWholeInAnyOrder) {
  const std::vector<double> p = numbers<double>(20'000, 1), t = numbers<double>(20'000, 2);
  write_npy("p.npy", p), write_npy("t.npy", t);
  const std::string whole = run(eval("huber:delta=0.7", "p.npy", "t.npy", {"--format", "json"})).out;
  const std::size_t cuts[] = {0, 5000, 9097, 9098, 20'000};
  std::vector<std::string> merge = {"merge"};
  for (const int k : {2, 0, 3, 1}) {
    const auto part = [&](const std::vector<double>& all) {
      return std::vector<double>(all.begin() + static_cast<std::ptrdiff_t>(cuts[k]), all.begin() + static_cast<std::ptrdiff_t>(cuts[k + 1]));
    };
    write_npy("pk.npy", part(p)), write_npy("tk.npy", part(t));
    merge.push_back(std::to_string(k) + ".part");
    const Outcome o = run(eval("huber:delta=0.7", "pk.npy", "tk.npy", {"--partial", merge.back(), "--begin", std::to_string(cuts[k])}));
    ASSERT_EQ(o.status, 0) << o.err;
  }
  std::vector<std::string> as_json = merge;
  as_json.insert(as_json.end(), {"--format", "json"});
  EXPECT_EQ(run(as_json).out, whole);

  merge.pop_back();  // part 1
  Outcome o = run(merge);
  EXPECT_EQ(o.status, 65);
  EXPECT_EQ(o.err.substr(0, 14), "error[PRT002] ") << o.err;
  o = run({"merge", "0.part", "0.part"});
  EXPECT_EQ(o.status, 65);
  EXPECT_NE(o.err.find("eval --begin ROW"), std::string::npos) << o.err;
  EXPECT_EQ(o.err.substr(0, 14), "error[PRT002] ") << o.err;
  std::string bytes = read_bytes(path("0.part"));
  write_text("cut.part", bytes.substr(0, bytes.size() / 2));
  EXPECT_EQ(run({"merge", "cut.part"}).err.substr(0, 23), "error[PRT001] cut.part:");
}

TEST_F(CliEval, DerivativesOfAMeanNeedItsDivisor) {
  write_four();
  write_npy("w.npy", std::vector<float>{1, 0, 2, 1});
  write_text("stdin", read_bytes(path("p.npy")));
  const Outcome o = run(eval("huber", "-", "t.npy", {"--weight", "w.npy", "--gradient", "g.npy"}));
  EXPECT_EQ(o.status, 2);
  EXPECT_NE(o.err.find("a stream is read only once"), std::string::npos) << o.err;
  EXPECT_FALSE(exists("g.npy"));
  EXPECT_EQ(run(eval("huber", "-", "t.npy", {"--weight", "w.npy", "--gradient", "g.npy", "--reduction", "sum"})).status, 0);
  EXPECT_EQ(npy_values<float>(read_bytes(path("g.npy"))), (std::vector<float>{0.5f, 0, -1, -0.25f}));
  // Where nothing can be absent the number of elements is the divisor, and it is known.
  EXPECT_EQ(run(eval("huber", "-", "t.npy", {"--gradient", "g.npy"})).status, 0);
  EXPECT_EQ(npy_values<float>(read_bytes(path("g.npy"))), (std::vector<float>{0.125f, 0.0625f, -0.125f, -0.0625f}));
}

TEST_F(CliEval, HalfTypes) {
  write_npy("p.npy", std::vector<bf16>{{0x3FC0}, {0x4010}, {0xBF00}, {0x4070}});  // 1.5, 2.25, -0.5, 3.75
  write_npy("t.npy", std::vector<float>{1, 2, 0, 4});
  EXPECT_EQ(run(eval("squared_error", "p.npy", "t.npy")).status, 65);  // V2 could be anything
  EXPECT_EQ(json_of(eval("squared_error", "p.npy", "t.npy", {"--dtype", "bf16"}))[0].at("value"), 0.15625);
  write_npy("h.npy", std::vector<f16>{{0x3E00}, {0x4080}, {0xB800}, {0x4380}});
  EXPECT_EQ(json_of(eval("squared_error", "h.npy", "t.npy", {"--gradient", "g.npy"}))[0].at("value"), 0.15625);
  EXPECT_EQ(npy_values<std::uint16_t>(read_bytes(path("g.npy")))[0], 0x3400);  // 2 * 0.5 / 4
}

TEST_F(CliEval, NothingToRead) {
  write_npy("p.npy", std::vector<float>{}, {0});
  write_npy("t.npy", std::vector<float>{}, {0});
  const auto row = json_of(eval("huber", "p.npy", "t.npy", {"--gradient", "g.npy"}))[0];
  EXPECT_EQ(row.at("value"), "NaN");
  EXPECT_EQ(row.at("count"), 0);
  EXPECT_TRUE(npy_values<float>(read_bytes(path("g.npy"))).empty());
}

TEST_F(CliEval, MajorizerSeesAllTheData) {
  const std::size_t n = 2'097'152 + 999;
  const std::vector<float> p = numbers<float>(n, 1), t = numbers<float>(n, 2);
  std::vector<float> hessian(n);
  write_npy("p.npy", p), write_npy("t.npy", t);
  Call call;
  call.curvature = curvature::majorizer, call.hessian = hessian;
  loss("absolute_error")(p, t, call);
  ASSERT_EQ(run(eval("absolute_error", "p.npy", "t.npy", {"--curvature", "majorizer", "--hessian", "h.npy"})).status, 0);
  EXPECT_EQ(npy_values<float>(read_bytes(path("h.npy"))), hessian);
  EXPECT_EQ(run(eval("absolute_error", "p.npy", "t.npy", {"--curvature", "majorizer:scale=0.5", "--hessian", "h.npy"})).status, 0);
}

}  // namespace
}  // namespace minimand::test
