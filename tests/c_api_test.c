/* minimand.h as strict C99, and one job of each kind through it. */
#include <minimand/minimand.h>

#include <string.h>

const char* c99_job(void);

/* NULL if all is well, else what is not. */
const char* c99_job(void) {
  float prediction[3] = {1, 2, 3}, target[3] = {1, 0, 3}, gradient[3] = {9, 9, 9};
  const int64_t shape[1] = {3};
  minimand_array inputs[2] = {MINIMAND_ARRAY_INIT, MINIMAND_ARRAY_INIT}, outputs[1] = {MINIMAND_ARRAY_INIT};
  minimand_call call = MINIMAND_CALL_INIT;
  minimand_result result = MINIMAND_RESULT_INIT, joined = MINIMAND_RESULT_INIT;
  minimand_facts facts = MINIMAND_FACTS_INIT;
  minimand_parameter parameter = MINIMAND_PARAMETER_INIT;
  minimand_status status = MINIMAND_INT001;
  minimand_partial *part, *copy;
  char text[64], bytes[512];
  size_t size = 0;
  int64_t begin = -1, end = -1;
  minimand_loss* loss = minimand_parse("huber:delta=1.5", &status);

  if (loss == NULL || status != MINIMAND_OK) return "minimand_parse";
  if (minimand_loss_text(loss, text, sizeof text) != 15 || strcmp(text, "huber:delta=1.5") != 0) return "text";
  if (minimand_loss_text(loss, text, 6) != 15 || strcmp(text, "huber") != 0) return "text that is cut";
  if (minimand_loss_text(loss, NULL, 0) != 15) return "length of a text";
  inputs[0].name = "prediction", inputs[0].data = prediction, inputs[0].rank = 1, inputs[0].shape = shape;
  inputs[1].name = "target", inputs[1].data = target, inputs[1].rank = 1, inputs[1].shape = shape;
  outputs[0].name = "gradient", outputs[0].data = gradient, outputs[0].rank = 1, outputs[0].shape = shape;
  call.inputs = inputs, call.input_count = 2, call.outputs = outputs, call.output_count = 1;
  if (minimand_evaluate(loss, &call, &result) != MINIMAND_OK) return minimand_last_error()->message;
  if (result.value != 1.875 / 3 || result.count != 3 || gradient[0] != 0 || gradient[1] != 0.5f) return "result";

  part = minimand_partial_new();
  call.output_count = 0;
  if (part == NULL || minimand_evaluate_part(loss, &call, 0, part) != MINIMAND_OK) return "part";
  if (minimand_partial_to_bytes(part, NULL, 0, &size) != MINIMAND_OK || size == 0 || size > sizeof bytes) return "size";
  if (minimand_partial_to_bytes(part, bytes, size - 1, &size) != MINIMAND_PAR005) return "small buffer";
  if (minimand_partial_to_bytes(part, bytes, sizeof bytes, &size) != MINIMAND_OK) return "bytes";
  copy = minimand_partial_from_bytes(bytes, size, &status);
  if (copy == NULL || status != MINIMAND_OK) return "from bytes";
  if (minimand_partial_merge(part, copy) != MINIMAND_PRT002) return "parts that overlap";
  minimand_partial_range(copy, &begin, &end);
  if (begin != 0 || end != 3) return "range";
  if (minimand_partial_finish(copy, MINIMAND_MEAN, 0, MINIMAND_EMPTY_NAN, &joined) != MINIMAND_OK) return "finish";
  if (joined.value != result.value || joined.count != 3) return "value of the parts";

  if (minimand_loss_count() < 18 || minimand_loss_name(minimand_loss_count()) != NULL) return "count";
  if (minimand_loss_facts("huber", &facts) != MINIMAND_OK || facts.parameter_count != 1) return "facts";
  if (strcmp(facts.engine, "pointwise") != 0 || strcmp(facts.family, "regression") != 0) return "words";
  if (minimand_loss_parameter("huber", 0, &parameter) != MINIMAND_OK || parameter.value != 1) return "parameter";
  if (minimand_loss_parameter("hinge", 0, &parameter) != MINIMAND_OK || parameter.word_count != 2) return "words of it";
  if (minimand_version() == NULL || minimand_target() == NULL || minimand_numerics_version() < 1) return "version";

  minimand_partial_free(part);
  minimand_partial_free(copy);
  minimand_partial_free(NULL);
  minimand_loss_free(loss);
  minimand_loss_free(NULL);
  return NULL;
}
