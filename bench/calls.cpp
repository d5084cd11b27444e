// What one small call costs, from C: nanoseconds a call on 1, 64 and 1000 elements, value alone and with gradient.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include <minimand/minimand.h>

namespace {

minimand_array vector_of(const char* name, float* data, const int64_t* shape) {
  minimand_array a = MINIMAND_ARRAY_INIT;
  a.name = name;
  a.data = data;
  a.dtype = MINIMAND_F32;
  a.rank = 1;
  a.shape = shape;
  return a;
}

void call(benchmark::State& state, const char* text, bool with_gradient) {
  const int64_t shape[1] = {state.range(0)};
  const auto n = static_cast<std::size_t>(shape[0]);
  std::vector<float> prediction(n), target(n), gradient(n);
  for (std::size_t i = 0; i < n; ++i) {
    prediction[i] = 0.37f * static_cast<float>(i % 23) - 4.1f;
    target[i] = static_cast<float>(i % 2);
  }
  const minimand_array inputs[] = {vector_of("prediction", prediction.data(), shape), vector_of("target", target.data(), shape)};
  const minimand_array outputs[] = {vector_of("gradient", gradient.data(), shape)};
  minimand_call options = MINIMAND_CALL_INIT;
  options.inputs = inputs;
  options.input_count = 2;
  options.outputs = outputs;
  options.output_count = with_gradient ? 1 : 0;
  minimand_result result = MINIMAND_RESULT_INIT;
  minimand_loss* loss = minimand_parse(text, nullptr);
  for (auto _ : state) {
    if (minimand_evaluate(loss, &options, &result) != MINIMAND_OK) state.SkipWithError(minimand_last_error()->message);
    benchmark::DoNotOptimize(result.value);
  }
  minimand_loss_free(loss);
  state.SetLabel(minimand_target());
}

}  // namespace

int main(int argc, char** argv) {
  for (const char* text : {"squared_error", "huber", "binary_cross_entropy_with_logits"}) {
    for (const bool with_gradient : {false, true}) {
      const std::string name = std::string(text) + (with_gradient ? "/value+gradient" : "/value");
      benchmark::RegisterBenchmark(name.c_str(), call, text, with_gradient)->Arg(1)->Arg(64)->Arg(1000);
    }
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
