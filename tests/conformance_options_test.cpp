// The rules every loss obeys about its parameters (Z13 of the numerics contract) and about the options of a
// call: what does not apply is refused, not passed over.
#include <utility>

#include "conformance.h"

namespace minimand::test {
namespace {

class Options : public OfLoss {};
CONFORMANCE_OF_ALL(Options);

// Z13: parameters are checked when the loss is made.
TEST_P(Options, Z13ParametersHaveRanges) {
  const LossEntry& e = entry();
  std::vector<double> defaults;
  for (int k = 0; k < e.parameter_count; ++k) defaults.push_back(e.facts.params[k].value);
  EXPECT_EQ(Loss(e, defaults).text(), e.name);
  for (int k = 0; k < e.parameter_count; ++k) {
    const facts::Param& p = e.facts.params[k];
    const std::string start = std::string(e.name) + ":" + p.name + "=";
    for (const std::string& x : other_values(p)) EXPECT_EQ(loss(start + x).text(), start + x);
    EXPECT_EQ(code_of([&] { loss(start + "nan"); }), "PAR003");
    EXPECT_EQ(code_of([&] { loss(start); }), "PAR003");
    EXPECT_EQ(code_of([&] { loss(start + "many"); }), "PAR003");
    EXPECT_EQ(code_of([&] { loss(std::string(e.name) + ":" + p.name); }), "PAR004");
    EXPECT_EQ(code_of([&] { loss(start + "1:" + p.name + "=1"); }), p.choices[0].word ? "PAR003" : "PAR004")
        << p.name;
    if (p.choices[0].word) continue;
    EXPECT_EQ(code_of([&] { loss(start + "none"); }), std::isnan(p.value) ? "none" : "PAR003");
    std::vector<double> outside;
    if (p.range.low > -inf)
      outside.insert(outside.end(), {p.range.low_open ? p.range.low : std::nextafter(p.range.low, -inf),
                                     p.range.low - 1, -inf});
    if (p.range.high < inf)
      outside.insert(outside.end(), {p.range.high_open ? p.range.high : std::nextafter(p.range.high, inf),
                                     p.range.high + 1});
    if (p.range.high < inf || p.range.high_open) outside.push_back(inf);
    for (const double x : outside) {
      auto values = defaults;
      values[static_cast<std::size_t>(k)] = x;
      EXPECT_EQ(code_of([&] { Loss(e, values); }), "PAR003") << e.name << " " << p.name << "=" << x;
      EXPECT_EQ(code_of([&] { loss(start + number_text(x)); }), "PAR003")
          << e.name << " " << p.name << "=" << x;
    }
  }
  EXPECT_EQ(code_of([&] { loss(std::string(e.name) + ":no_such=1"); }), "PAR002");
  EXPECT_EQ(code_of([&] { loss(std::string(e.name) + "_"); }), "PAR001");
}

TEST_P(Options, ThatDoNotApplyAreRefused) {
  const Form form = forms(entry()).front();
  Random random;
  auto s = sample<double>(form, 3, 4, random);
  const auto code = [&](const Call& call, int order = 2) {
    return code_of([&] { evaluate(form, s, order, call); });
  };
  const auto changed = [](auto&& change) {
    Call call;
    change(call);
    return call;
  };
  const double nan = nan_of<double>;
  EXPECT_EQ(code(changed([](Call& c) { c.threads = -1; })), "PAR005");
  for (const double x : {0.0, -1.0, nan, inf}) {
    EXPECT_EQ(code(changed([&](Call& c) { c.reduction = reduction::mean_over, c.mean_over = x; })), "PAR005")
        << x;
  }
  for (const double x : {-1.0, nan, inf}) {
    EXPECT_EQ(code(changed([&](Call& c) { c.floor = x; })), "PAR005") << x;
    EXPECT_EQ(code(changed([&](Call& c) { c.curvature_scale = x; })), "PAR005") << x;
  }
  int offered = 0;
  for (int k = 0; k < kernels::curvatures; ++k) {
    const kernels::Kernels& have = entry().kernels[static_cast<int>(run::active_target())];
    const auto kind = static_cast<kernels::Curvature>(k);
    const bool has = is_row() ? have.row_f64.offers(kind) : have.map_f64.offers(kind);
    EXPECT_EQ(entry().offers(kind), has) << k;
    EXPECT_EQ(code(changed([&](Call& c) { c.curvature = static_cast<curvature>(k); })),
              has ? "none" : "PAR005")
        << k;
    offered += has;
  }
  EXPECT_GE(offered, 1);
  for (const double w : {-1.0, nan, inf}) {
    s.weight.assign(3, 1.0);
    s.weight[1] = w;
    try {
      evaluate(form, s, 1);
      ADD_FAILURE() << "weight " << w << " was accepted";
    } catch (const error& e) {
      EXPECT_EQ(e.code(), error_code::DOM003);
      EXPECT_EQ(e.first(), 1);
      EXPECT_EQ(e.where(), role::weight);
    }
  }
  s.weight.clear();
  s.weight.assign(2, 1.0);
  EXPECT_EQ(code({}), "SHP001");
  s.weight.clear();
  s.class_weight.assign(4, 1.0);
  EXPECT_EQ(code({}), is_row() ? "none" : "PAR005");
  if (is_row()) {
    s.class_weight[2] = -1;
    EXPECT_EQ(code({}), "DOM003");
    s.class_weight.assign(3, 1.0);
    EXPECT_EQ(code({}), "SHP001");
    s.class_weight.clear();
    for (const int axis : {2, -3, 99})
      EXPECT_EQ(code(changed([&](Call& c) { c.class_axis = axis; }), 0), "PAR005") << axis;
    for (const Form& other : forms(entry())) {
      if (other.by_index) continue;
      Random r;
      const auto t = sample<double>(other, 3, 4, r);
      EXPECT_EQ(code_of([&] { evaluate(other, t, 0, changed([](Call& c) { c.ignore = 1; })); }), "PAR005")
          << other.title();
    }
  }
  s.class_weight.clear();
  // A part does not know the divisor of a mean.
  std::vector<double> g(s.prediction.size());
  for (const reduction how :
       {reduction::none, reduction::sum, reduction::mean, reduction::weighted_mean, reduction::mean_over}) {
    Call call = with(how);
    call.mean_over = 2;
    EXPECT_EQ(code_of([&] { form.f.part(s.x(), s.y(), call); }), "none");
    const bool divides = how == reduction::mean || how == reduction::weighted_mean;
    call.gradient = s.shaped(g);
    EXPECT_EQ(code_of([&] { form.f.part(s.x(), s.y(), call); }), divides ? "PAR005" : "none");
    call.gradient = {}, call.hessian = s.shaped(g);
    EXPECT_EQ(code_of([&] { form.f.part(s.x(), s.y(), call); }), divides ? "PAR005" : "none");
  }
  EXPECT_EQ(code_of([&] { form.f.part(s.x(), s.y(), {}, -1); }), "PAR005");
  // Outputs: writable, of the prediction's shape, apart from one another and from the inputs.
  auto h = g;
  const auto outputs = [&](const array& gradient, const array& hessian) {
    return code_of(
        [&] { form.f(s.x(), s.y(), changed([&](Call& c) { c.gradient = gradient, c.hessian = hessian; })); });
  };
  EXPECT_EQ(outputs(s.shaped(g), s.shaped(h)), "none");
  EXPECT_EQ(outputs(s.shaped(std::as_const(g)), {}), "SHP002");
  EXPECT_EQ(outputs(s.shaped(g), s.shaped(g)), "SHP003");
  EXPECT_EQ(outputs({}, s.shaped(s.prediction)), "SHP003");
  g.resize(g.size() + 1);
  EXPECT_EQ(outputs(array(g), {}), "SHP001");
  auto wide = s.prediction;
  wide.push_back(0.0);
  array shifted = s.shaped(wide), original = shifted;
  shifted.data = wide.data() + 1;
  EXPECT_EQ(code_of([&] { form.f(original, s.y(), changed([&](Call& c) { c.gradient = shifted; })); }),
            "SHP003");
}

}  // namespace
}  // namespace minimand::test
