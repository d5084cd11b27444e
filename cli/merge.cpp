// minimand merge: the sums of parts joined to the row of the whole, with the same bits.
#include "api/escape.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/results.h"
#include "io/source.h"

namespace minimand::cli {
namespace {

constexpr std::size_t most_bytes = std::size_t{64} << 20;

Partial read_partial(const std::string& path) {
  const std::unique_ptr<io::Source> source = io::open_source(path);
  std::string bytes;
  for (std::size_t got = 1; got > 0;) {
    const std::size_t had = bytes.size();
    bytes.resize(had + (std::size_t{1} << 16));
    got = source->read_some(bytes.data() + had, bytes.size() - had);
    bytes.resize(had + got);
    if (bytes.size() > most_bytes) throw error(error_code::PRT001, source->name() + ": is too large to be a partial result");
  }
  try {
    return Partial::from_bytes(bytes);
  } catch (const error& e) {
    throw error(e.code(), source->name() + ": " + e.what());
  }
}

struct Options {
  std::vector<std::string> parts;
  std::string reduction = "mean", empty = "nan";
};

int run(const Options& o, Format format) {
  Partial whole;
  for (const std::string& path : o.parts) {
    const Partial part = read_partial(path);
    try {
      whole.merge(part);
    } catch (const error& e) {
      const bool both_first = whole.begin() == 0 && part.begin() == 0;
      throw error(e.code(), escaped(path) + ": " + e.what() + (both_first ? "; eval --begin ROW says where a part begins" : ""));
    }
  }
  const Reduction reduction = parse_reduction(o.reduction);
  print_results({{whole.loss(), reduction.text, whole.finish(reduction.kind, reduction.mean_over, parse_empty(o.empty))}}, format);
  return 0;
}

}  // namespace

Command merge_command(Arguments& parent) {
  Arguments app = parent.subcommand("merge", "Joins what eval --partial wrote for parts of the data.");
  app.examples(
      "minimand eval --loss huber --prediction p0.npy --target t0.npy --partial 0.part\n"
      "minimand eval --loss huber --prediction p1.npy --target t1.npy --partial 1.part --begin 500000\n"
      "minimand merge 0.part 1.part");
  auto o = std::make_shared<Options>();
  app.option("parts", o->parts, "the files, in any order");
  app.option("--reduction", o->reduction, "none, sum, mean, weighted_mean, mean_over:N").value("R")
      .check(reduction_text());
  app.option("--empty", o->empty, "what a mean over nothing is").value("nan|zero|error").check(word_of(empty_words()));
  const FormatOption format(app);
  return {app, [=] {
    app.need("parts");
    return run(*o, format.value());
  }};
}

}  // namespace minimand::cli
