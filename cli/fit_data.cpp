// Loads what is learnt from, and what is not.
#include "cli/fit_data.h"

#include <algorithm>

#include "api/escape.h"
#include "cli/measure.h"
#include "cli/words.h"
#include "learn/data.h"
#include "learn/philox.h"

namespace minimand::cli {
namespace {

io::Options reading(const FitRequest& o) {
  io::Options read;
  read.header = !o.no_header;
  return read;
}

Missing missing_of(const FitRequest& o) {
  return o.missing == "mean" ? Missing::mean : o.missing == "drop" ? Missing::drop : Missing::error;
}

// Draws the rows to test on by the seed, and leaves the others to learn from.
void keep_share(FitData& data, double share, std::uint64_t seed) {
  if (!(share > 0 && share < 1))
    throw error(error_code::PAR005, "--test is a file, or a share between 0 and 1");
  const std::int64_t n = data.features.view.shape[0];
  const auto kept = static_cast<std::int64_t>(share * static_cast<double>(n));
  if (kept == 0) throw error(error_code::PAR005, "--test: that share of " + std::to_string(n) + " rows is none");
  std::vector<std::int64_t> order = learn::permutation(n, learn::Random(seed, learn::Purpose::test, 0));
  std::vector<std::int64_t> test(order.begin(), order.begin() + kept), train(order.begin() + kept, order.end());
  std::sort(test.begin(), test.end());
  std::sort(train.begin(), train.end());
  data.test_features = take_rows(data.features.view, test);
  data.test_targets = take_rows(data.targets.view, test);
  data.features = take_rows(data.features.view, train);
  data.targets = take_rows(data.targets.view, train);
  if (data.weights.view.present) data.weights = take_rows(data.weights.view, train);
}

}  // namespace

FitData load_fit_data(const FitRequest& o, const Loss& loss) {
  const bool table = !o.data.empty(), arrays = !o.x.empty() || !o.y.empty();
  if (table == arrays) throw error(error_code::PAR005, "data is either DATA.csv --target COLUMN or --x FILE --y FILE");
  FitData data;
  if (table) {
    if (o.target.empty()) throw error(error_code::PAR005, "--target is missing: the column of DATA.csv to learn");
    static_cast<TrainingData&>(data) =
        split_table(TextTable(o.data, reading(o)), split_names(o.target), o.weight, loss, missing_of(o));
  } else {
    if (o.x.empty() || o.y.empty()) throw error(error_code::PAR005, o.x.empty() ? "--x is missing" : "--y is missing");
    if (!o.target.empty()) throw error(error_code::PAR005, "--target goes with DATA.csv; targets of --x are --y");
    if (o.missing != "error") throw error(error_code::PAR005, "--missing goes with DATA.csv");
    data.features = load_features(o.x, learn::Model(loss), reading(o));
    data.targets = io::load(o.y, reading(o));
    if (!o.weight.empty()) data.weights = io::load(o.weight, reading(o));
    if (data.features.view.rank > 0 && data.targets.view.rank > 0 && data.features.view.shape[0] != data.targets.view.shape[0])
      throw error(error_code::SHP001, escaped(o.x) + " has " + std::to_string(data.features.view.shape[0]) + " rows, " +
                                          escaped(o.y) + " has " + std::to_string(data.targets.view.shape[0]) + " targets");
  }
  double share = 0;
  if (o.test.empty()) return data;
  if (parse_number(o.test, share)) {
    keep_share(data, share, o.seed.value_or(0));
  } else if (table) {
    data.test_table = o.test;
  } else {
    const std::vector<std::string> names = split_names(o.test);
    if (names.size() != 2) throw error(error_code::PAR005, "--test beside --x: two files, X,Y");
    data.test_features = load_features(names[0], learn::Model(loss), reading(o));
    data.test_targets = io::load(names[1], reading(o));
  }
  return data;
}

std::string test_text(const FitRequest& o, FitData& data, const learn::Model& model) {
  if (o.test.empty()) return "";
  if (!data.test_table.empty()) {
    TrainingData test = encode_table(TextTable(data.test_table, reading(o)), model, split_names(o.target), "", missing_of(o));
    data.test_features = std::move(test.features), data.test_targets = std::move(test.targets);
  }
  return measured_text(model, data.test_features.view, data.test_targets.view, o.threads);
}

}  // namespace minimand::cli
