// minimand eval: losses over files, in one read and in constant memory.
#include <sys/stat.h>

#include <chrono>

#include "api/about.h"
#include "api/escape.h"
#include "cli/command.h"
#include "cli/evaluate.h"
#include "cli/options.h"
#include "cli/process.h"
#include "cli/results.h"
#include "cli/text.h"
#include "io/atomic_file.h"
#include "io/spec.h"

namespace minimand::cli {
namespace {

struct Options {
  std::string loss, prediction, target, weight, class_weight, values, gradient, hessian, partial;
  std::string reduction = "mean", empty = "nan", curvature = "exact", type;
  int class_axis = -1, threads = 0;
  std::int64_t ignore = 0, begin = 0, max_rows = 0, max_memory = 0;
  bool ignores = false, strict = false, no_header = false, lenient = false, timing = false;
};

// An output may be neither an input nor another output.
void check_distinct(const Options& o) {
  struct Named { std::string option, path; bool output; };
  const std::vector<Named> files = {
      {"--prediction", io::parse_spec(o.prediction).path, false}, {"--target", io::parse_spec(o.target).path, false},
      {"--weight", io::parse_spec(o.weight).path, false}, {"--class-weight", io::parse_spec(o.class_weight).path, false},
      {"--values", o.values, true}, {"--gradient", o.gradient, true}, {"--hessian", o.hessian, true},
      {"--partial", o.partial, true}};
  const auto one_file = [](const std::string& a, const std::string& b) {
    struct stat x = {}, y = {};
    if (::stat(a.c_str(), &x) != 0 || ::stat(b.c_str(), &y) != 0) return a == b;
    return x.st_dev == y.st_dev && x.st_ino == y.st_ino && S_ISREG(x.st_mode);
  };
  for (const Named& out : files) {
    if (!out.output || out.path.empty()) continue;
    for (const Named& other : files) {
      if (&other == &out || other.path.empty() || !one_file(out.path, other.path)) continue;
      throw error(error_code::PAR005, out.option + " and " + other.option + " name the same file, " + escaped(out.path));
    }
  }
}

// "majorizer:scale=0.5:floor=1e-6"
void parse_curvature_options(const std::string& text, Call& call) {
  std::istringstream parts(text);
  std::string part;
  std::getline(parts, part, ':');
  call.curvature = parse_curvature(part);
  while (std::getline(parts, part, ':')) {
    const std::size_t equals = part.find('=');
    const std::string key = part.substr(0, equals);
    double* to = key == "scale" ? &call.curvature_scale : key == "floor" ? &call.floor : nullptr;
    if (to == nullptr || equals == std::string::npos) {
      throw error(error_code::PAR005, "--curvature: \"" + escaped(part) + "\" is neither scale=NUMBER nor floor=NUMBER" +
                                          did_you_mean(key, {"scale", "floor"}));
    }
    const std::string number = part.substr(equals + 1);
    if (!parse_number(number, *to) || !(*to >= 0)) {
      throw error(error_code::PAR005, "--curvature: " + key + " is \"" + escaped(number) + "\"; legal: 0 or more");
    }
  }
}

Question question_of(const Options& o, const io::Owned& class_weight) {
  Question q;
  q.losses = losses(o.loss);
  q.reduction = parse_reduction(o.reduction);
  q.call.empty = parse_empty(o.empty);
  parse_curvature_options(o.curvature, q.call);
  q.call.threads = o.threads;
  q.call.class_axis = o.class_axis;
  if (o.ignores) q.call.ignore = o.ignore;
  if (!o.class_weight.empty()) q.call.class_weight = class_weight.view;
  q.first_row = o.begin;
  q.values = o.values, q.gradient = o.gradient, q.hessian = o.hessian;
  const bool writes = !(o.values + o.gradient + o.hessian + o.partial).empty();
  if (writes && q.losses.size() > 1) {
    throw error(error_code::PAR005, "--values, --gradient, --hessian and --partial need a single loss; there are " +
                                        std::to_string(q.losses.size()));
  }
  if (o.begin != 0 && o.partial.empty()) {
    throw error(error_code::PAR005, "--begin places a part in a whole and goes with --partial");
  }
  return q;
}

void write_partial(const std::string& path, const Partial& partial) {
  io::AtomicFile file(path);
  const std::string bytes = partial.to_bytes();
  file.write(bytes.data(), bytes.size());
  file.commit();
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

int run(const Options& o, Format format) {
  check_distinct(o);
  Sources sources;
  sources.prediction = o.prediction, sources.target = o.target, sources.weight = o.weight;
  sources.read.header = !o.no_header;
  sources.read.lenient = o.lenient;
  if (o.max_rows > 0) sources.read.max_rows = o.max_rows;
  if (o.max_memory > 0) sources.read.max_bytes = o.max_memory;
  if (!o.type.empty()) sources.as = parse_float_type(o.type);
  if (sources.as == dtype::bf16) sources.read.as = dtype::bf16;
  sources.class_axis = o.class_axis;
  const io::Owned class_weight = o.class_weight.empty() ? io::Owned() : io::load(o.class_weight, sources.read);
  Question question = question_of(o, class_weight);
  for (const Loss& l : question.losses) sources.rows_of_classes |= is_row_loss(l.entry());

  const auto start = std::chrono::steady_clock::now();
  Stream stream(sources);
  question.call.class_axis = sources.rows_of_classes ? stream.class_axis() : -1;
  const std::vector<Partial> sums = evaluate(stream, question);
  if (!o.partial.empty()) write_partial(o.partial, sums.front());
  std::vector<std::string> raised;
  if (o.begin == 0) {
    std::vector<ResultRow> rows;
    for (std::size_t l = 0; l < sums.size(); ++l) {
      rows.push_back({question.losses[l].text(), question.reduction.text,
                      sums[l].finish(question.reduction.kind, question.reduction.mean_over, question.call.empty)});
      if (rows.back().result.flags != 0) raised.push_back(rows.back().loss);
    }
    print_results(rows, format);
  } else {
    note("wrote " + escaped(o.partial) + ": " + sums.front().loss() + ", " + std::to_string(sums.front().begin()) + " to " +
         std::to_string(sums.front().end() - 1) + " of the whole (minimand merge joins the parts)");
  }
  if (o.timing) {
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    note("target " + std::string(target()) + ", " + seven_digits(seconds) + " s, " +
         seven_digits(static_cast<double>(stream.rows_read()) / seconds / 1e6) + " M rows/s, " +
         seven_digits(static_cast<double>(stream.bytes_read()) / seconds / 1e9) + " GB/s");
  }
  if (o.strict && !raised.empty()) throw error(error_code::STR001, "strict: a flag was raised by " + joined(raised));
  return 0;
}

}  // namespace

Command eval_command(Arguments& parent) {
  Arguments app = parent.subcommand("eval", "Evaluates losses over files, in one read and constant memory.");
  app.examples(
      "minimand eval --loss squared_error,huber:delta=1.5 --prediction p.npy --target t.npy\n"
      "minimand eval --loss poisson --prediction p.npy --target counts.csv:visits --format json\n"
      "minimand eval --loss softmax_cross_entropy --prediction logits.npy --target labels-idx1-ubyte.gz --ignore 255\n"
      "minimand eval --loss huber --prediction p.npy --target t.npy --gradient g.npy --hessian h.npy\n"
      "generate | minimand eval --loss quantile:tau=0.9 --prediction -:forecast --target -:actual");
  auto o = std::make_shared<Options>();
  const auto text = [&](const std::string& name, auto& to, const std::string& value, const std::string& what) {
    return app.option(name, to, what).value(value);
  };
  text("--loss", o->loss, "SPEC[,SPEC...]", "the losses: name:parameter=value:..., several by commas");
  text("--prediction", o->prediction, "FILE", "FILE.npy, FILE.csv:COLUMN, FILE.csv:FIRST..LAST for classes, an IDX file "
       "(also gzip), or standard input: - for .npy, -:COLUMN for CSV");
  text("--target", o->target, "FILE", "the same forms; shape of the prediction, or class indices without its class axis");
  text("--weight", o->weight, "FILE", "the same forms, 0 or more; shape of the prediction or of its leading axes; 0 is absent");
  text("--class-weight", o->class_weight, "FILE", "one factor for each class");
  text("--class-axis", o->class_axis, "N", "the axis of the classes (-1, the last)").check(whole_number(-8, 7));
  const Option ignore = text("--ignore", o->ignore, "N", "elements or rows with this target are absent")
      .check(whole_number());
  text("--reduction", o->reduction, "R", "none, sum, mean (by the count), weighted_mean (by the weights' sum), mean_over:N")
      .check(reduction_text());
  text("--empty", o->empty, "nan|zero|error", "what a mean over nothing is").check(word_of(empty_words()));
  text("--curvature", o->curvature, "C", "of --hessian: exact, fisher, majorizer, gauss_newton, diagonal_bound; "
       "with :scale=S for losses with a kink (else taken from all the data at once) and :floor=F");
  text("--values", o->values, "OUT.npy", "writes weight times loss of each element or row");
  text("--gradient", o->gradient, "OUT.npy", "writes the derivative of the reduced value by the prediction");
  text("--hessian", o->hessian, "OUT.npy", "writes the second derivative (diagonal)");
  text("--partial", o->partial, "OUT", "writes the sums, exactly, for minimand merge");
  text("--begin", o->begin, "ROW", "with --partial: the row of the whole at which these files begin (0)")
      .check(whole_number(0, std::int64_t{1} << 50));
  app.flag("--strict", o->strict, "exit status 1 if any flag was raised");
  text("--dtype", o->type, "T", "computes in f32, f64, f16 or bf16 instead of the prediction's type (f64 for integers and CSV); bf16 also reads V2 files")
      .check(word_of(float_type_words()));
  app.flag("--no-header", o->no_header, "CSV: the first row holds data; columns are 1, 2, ...");
  app.flag("--lenient", o->lenient, ".npy: bytes after the array are allowed");
  text("--max-rows", o->max_rows, "N", "refuses inputs of more rows").check(whole_number(1));
  text("--max-memory", o->max_memory, "BYTES", "refuses larger buffers for input (75 % of what this process may have)").check(whole_number(1));
  add_threads(app, o->threads);
  app.flag("--timing", o->timing, "prints instruction set, time and rates to standard error");
  const FormatOption format(app);
  return {app, [=] {
    for (const char* option : {"--loss", "--prediction", "--target"}) app.need(option);
    o->ignores = ignore.given();
    return run(*o, format.value());
  }};
}

}  // namespace minimand::cli
