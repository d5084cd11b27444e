/* The C API: a loss from text, named arrays, value and gradient from one call, and errors as codes and text. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <minimand/minimand.h>

static minimand_array vector(const char* name, float* data, const int64_t* shape) {
  minimand_array a = MINIMAND_ARRAY_INIT;
  a.name = name;
  a.data = data;
  a.dtype = MINIMAND_F32;
  a.rank = 1;
  a.shape = shape;
  return a;
}

int main(void) {
  float prediction[4] = {0.5f, 2.0f, -3.0f, 1.0f}, target[4] = {0, 0, 0, 1}, weight[4] = {1, 1, 2, 1}, gradient[4];
  const int64_t shape[1] = {4}, other[1] = {3};
  minimand_array inputs[3], outputs[1];
  minimand_call call = MINIMAND_CALL_INIT;
  minimand_result result = MINIMAND_RESULT_INIT;
  minimand_status status;
  int right;

  minimand_loss* loss = minimand_parse("huber:delta=1.5", NULL);
  if (loss == NULL) {
    fprintf(stderr, "error[%s] %s\n", minimand_last_error()->code, minimand_last_error()->message);
    return 1;
  }
  inputs[0] = vector("prediction", prediction, shape);
  inputs[1] = vector("target", target, shape);
  inputs[2] = vector("weight", weight, shape);
  outputs[0] = vector("gradient", gradient, shape);
  call.inputs = inputs;
  call.input_count = 3;
  call.outputs = outputs;
  call.output_count = 1;
  call.reduction = MINIMAND_WEIGHTED_MEAN;

  status = minimand_evaluate(loss, &call, &result);
  if (status != MINIMAND_OK) {
    fprintf(stderr, "error[%s] %s\n", minimand_last_error()->code, minimand_last_error()->message);
    return 1;
  }
  printf("minimand %s on %s\n", minimand_version(), minimand_target());
  printf("value %.6f = %.4f / %.0f over %ld elements\n", result.value, result.sum, result.weight_sum, (long)result.count);
  printf("gradient %.3f %.3f %.3f %.3f\n", gradient[0], gradient[1], gradient[2], gradient[3]);
  /* 0.125 + 1.5 (2 - 0.75) + 2 * 1.5 (3 - 0.75) + 0 = 8.75, over a weight of 5 */
  right = fabs(result.value - 1.75) < 1e-12 && fabs(gradient[2] + 0.6f) < 1e-6f;

  inputs[1] = vector("target", target, other);
  status = minimand_evaluate(loss, &call, &result);
  printf("error[%s] %s\n", minimand_last_error()->code, minimand_last_error()->message);
  right = right && status == MINIMAND_SHP001 && strcmp(minimand_last_error()->argument, "target") == 0;

  minimand_loss_free(loss);
  return right ? 0 : 1;
}
