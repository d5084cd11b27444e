/* minimand in C: a loss from text, one evaluation in one pass, parts that merge, the catalogue.
 *
 * No function throws, exits or prints; none allocates anything that grows with the data. Functions that can fail
 * return a status, 0 for success; minimand_last_error() then says what happened, where, and how many. All functions
 * may be called from several threads at once; an object that is being written (minimand_partial) belongs to one.
 *
 * Structs begin with their size, which the caller sets to sizeof (the ..._INIT macros do). A struct of an older
 * header is read as if the fields it lacks had their defaults; what a newer one adds must be zero, or the call is
 * refused: nothing is silently ignored. */
#ifndef MINIMAND_MINIMAND_H
#define MINIMAND_MINIMAND_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Status codes. The numbers never change their meaning; the texts ("SHP001") are those of every interface. */

typedef int32_t minimand_status;

enum {
  MINIMAND_OK = 0,
  MINIMAND_NPY001 = 101, MINIMAND_NPY002 = 102, MINIMAND_NPY003 = 103, MINIMAND_NPY004 = 104,
  MINIMAND_CSV001 = 201, MINIMAND_CSV002 = 202, MINIMAND_CSV003 = 203, MINIMAND_CSV004 = 204,
  MINIMAND_IDX001 = 301, MINIMAND_IDX002 = 302, MINIMAND_IDX003 = 303,
  MINIMAND_STF001 = 401,
  MINIMAND_PRT001 = 501, /* partial result is malformed */
  MINIMAND_PRT002 = 502, /* partial results do not belong together */
  MINIMAND_TGT001 = 601, /* class index is outside its range */
  MINIMAND_DOM001 = 701, /* prediction is outside the domain of the loss */
  MINIMAND_DOM002 = 702, /* target is outside the domain of the loss */
  MINIMAND_DOM003 = 703, /* weight is negative, NaN or infinite */
  MINIMAND_DOM004 = 704, /* nothing to average: every element is absent */
  MINIMAND_DOM005 = 705,
  MINIMAND_SHP001 = 801, /* shapes do not match */
  MINIMAND_SHP002 = 802, /* array is of an unusable type, rank or stride */
  MINIMAND_SHP003 = 803, /* output overlaps an input or another output */
  MINIMAND_PAR001 = 901, /* unknown loss */
  MINIMAND_PAR002 = 902, /* unknown parameter of a loss */
  MINIMAND_PAR003 = 903, /* parameter is outside its range */
  MINIMAND_PAR004 = 904, /* loss text is malformed */
  MINIMAND_PAR005 = 905, /* option or array is unknown, missing, malformed or does not combine */
  MINIMAND_CFG001 = 1001, /* MINIMAND_TARGET names a target this machine lacks */
  MINIMAND_CFG002 = 1002, MINIMAND_CFG003 = 1003, MINIMAND_CFG004 = 1004,
  MINIMAND_STR001 = 1101, /* a flag was raised under strict */
  MINIMAND_RUN001 = 1201,
  MINIMAND_MEM001 = 1301, /* out of memory */
  MINIMAND_IO001 = 1401, MINIMAND_IO002 = 1402, MINIMAND_IO003 = 1403, MINIMAND_IO004 = 1404,
  MINIMAND_INT001 = 1501 /* internal error; please report it */
};

typedef struct minimand_error {
  size_t struct_size;
  minimand_status status;
  int32_t exit_status;  /* what a command should exit with (sysexits) */
  const char* code;     /* "SHP001" */
  const char* message;  /* one line of UTF-8: what, where, how many, the legal range */
  const char* argument; /* name of the array the error speaks of, "" if of none */
  int64_t first;        /* position of the first offender in row-major order of that array, or -1 */
  int64_t count;        /* how many offenders, or 0 where that has no meaning */
} minimand_error;

/* The last failure of this thread; never NULL. Valid until the next failure of this thread. */
const minimand_error* minimand_last_error(void);

/* ---- Losses. */

typedef struct minimand_loss minimand_loss;

/* A loss from text: "huber:delta=1.5". NULL on failure (PAR001 to PAR004); `status` may be NULL. A loss never
 * changes and may be used by any number of threads. */
minimand_loss* minimand_parse(const char* text, minimand_status* status);
void minimand_loss_free(minimand_loss* loss); /* NULL is fine */

/* The canonical text: only parameters that differ from their defaults. Writes at most `capacity` bytes with the
 * final 0; returns the length without it, as snprintf does. */
size_t minimand_loss_text(const minimand_loss* loss, char* buffer, size_t capacity);

/* ---- One evaluation. */

enum {
  MINIMAND_F32 = 0, MINIMAND_F64 = 1, MINIMAND_F16 = 2, MINIMAND_BF16 = 3,
  MINIMAND_I8 = 4, MINIMAND_I16 = 5, MINIMAND_I32 = 6, MINIMAND_I64 = 7,
  MINIMAND_U8 = 8, MINIMAND_U16 = 9, MINIMAND_U32 = 10, MINIMAND_U64 = 11,
  MINIMAND_BOOL = 12
};
enum {                        /* how the losses become one number */
  MINIMAND_MEAN = 0,          /* sum / count of the elements that take part */
  MINIMAND_NONE = 1,          /* none: outputs are weight * loss, value is the sum */
  MINIMAND_SUM = 2,           /* sum of weight * loss */
  MINIMAND_WEIGHTED_MEAN = 3, /* sum / sum of the weights */
  MINIMAND_MEAN_OVER = 4      /* sum / mean_over */
};
enum { MINIMAND_EMPTY_NAN = 0, MINIMAND_EMPTY_ZERO = 1, MINIMAND_EMPTY_ERROR = 2 }; /* a mean over nothing */
enum {                        /* which second derivative `hessian` receives */
  MINIMAND_EXACT = 0, MINIMAND_FISHER = 1, MINIMAND_MAJORIZER = 2, MINIMAND_GAUSS_NEWTON = 3,
  MINIMAND_DIAGONAL_BOUND = 4
};
enum {                          /* bits of minimand_result.flags */
  MINIMAND_FLAG_NAN_IN = 1,         /* a NaN came in, and out */
  MINIMAND_FLAG_INFINITE = 2,       /* an infinite result that is exact */
  MINIMAND_FLAG_OVERFLOWED = 4,     /* a finite result too large for the type */
  MINIMAND_FLAG_DOMAIN = 8,         /* no limit exists (inf - inf) */
  MINIMAND_FLAG_EMPTY_SUPPORT = 16, /* a row whose logits are all -inf */
  MINIMAND_FLAG_UNNORMALISED = 32   /* a target distribution that does not sum to 1 */
};

/* Memory of the caller. The library reads inputs only and keeps no pointer after the call. */
typedef struct minimand_array {
  size_t struct_size;
  const char* name;       /* see minimand_call */
  void* data;
  int32_t dtype;          /* MINIMAND_F32, ... */
  int32_t rank;           /* 0 to 8 */
  const int64_t* shape;   /* [rank] elements along each axis */
  const int64_t* strides; /* [rank] bytes from one element to the next, may be negative; NULL: row-major without gaps */
} minimand_array;

/* inputs:  prediction    f16, bf16, f32 or f64; decides the type of the computation
 *          target        shape of the prediction (trailing axes of size 1 aside), any type; losses of rows also:
 *                        that shape without the class axis, holding class indices
 *          weight        optional, >= 0, shape of the prediction (the rows) or of its leading axes; 0: absent
 *          class_weight  optional, >= 0, (classes,), losses of rows only
 * outputs: gradient      optional, d value / d prediction, shape of the prediction; may be the prediction itself
 *          hessian       optional, second derivative, diagonal, shape of the prediction
 *          values        optional, weight * loss of each element (row), whatever the reduction */
typedef struct minimand_call {
  size_t struct_size;
  const minimand_array* inputs;
  size_t input_count;
  const minimand_array* outputs;
  size_t output_count;
  int64_t ignore;         /* elements (rows) of this target are absent, if has_ignore */
  int32_t has_ignore;     /* 0 or 1 */
  int32_t class_axis;     /* losses of rows only; -1 is the last */
  int32_t reduction;      /* MINIMAND_MEAN, ... */
  int32_t empty;          /* MINIMAND_EMPTY_NAN, ... */
  double mean_over;       /* divisor of MINIMAND_MEAN_OVER, > 0 */
  double curvature_scale; /* c0 > 0 of kinked losses' majorizer, in units of the residual; 0: from the data */
  double floor;           /* lower bound of the second derivative, before weight and divisor */
  int32_t curvature;      /* MINIMAND_EXACT, ... */
  int32_t strict;         /* 0 or 1: any flag is an error (STR001) */
  int32_t threads;        /* 0: all cores the process may use */
  int32_t reserved;       /* 0 */
} minimand_call;

typedef struct minimand_result {
  size_t struct_size;
  double value;      /* reduced */
  double sum;        /* of weight * loss */
  double weight_sum; /* of the weights that took part */
  int64_t count;     /* elements (rows) that took part */
  int64_t ignored;   /* elements (rows) that were ignored or had weight 0 */
  uint32_t flags;
  uint32_t reserved;
} minimand_result;

/* The defaults: fill in what differs. */
#define MINIMAND_ARRAY_INIT {sizeof(minimand_array), NULL, NULL, MINIMAND_F32, 0, NULL, NULL}
#define MINIMAND_CALL_INIT \
  {sizeof(minimand_call), NULL, 0, NULL, 0, 0, 0, -1, MINIMAND_MEAN, MINIMAND_EMPTY_NAN, 0, 0, 0, MINIMAND_EXACT, 0, 1, 0}
#define MINIMAND_RESULT_INIT {sizeof(minimand_result), 0, 0, 0, 0, 0, 0, 0}

/* Value, and whatever derivatives the call has outputs for, in one pass. On failure outputs are unspecified and
 * `result` is as before. */
minimand_status minimand_evaluate(const minimand_loss* loss, const minimand_call* call, minimand_result* result);

/* ---- Partial results: the state of a sum over parts of the data, exact in any order. */

typedef struct minimand_partial minimand_partial;

/* An empty one; NULL if there is no memory (MEM001). */
minimand_partial* minimand_partial_new(void);
void minimand_partial_free(minimand_partial* partial); /* NULL is fine */
/* Evaluates the part of the data whose first element (row) has index `begin` in the whole, and merges it in. The
 * derivatives need a divisor that is known: MINIMAND_NONE, _SUM or _MEAN_OVER. On failure `into` is as before. */
minimand_status minimand_evaluate_part(const minimand_loss* loss, const minimand_call* call, int64_t begin,
                                       minimand_partial* into);
/* PRT002 if loss, options or numerics version differ, or the ranges overlap; `into` is then as before. */
minimand_status minimand_partial_merge(minimand_partial* into, const minimand_partial* from);
/* The result of the whole, with the bits of one evaluation. PRT002 if the parts leave a hole. */
minimand_status minimand_partial_finish(const minimand_partial* partial, int32_t reduction, double mean_over,
                                        int32_t empty, minimand_result* result);
/* First element (row) and one past the last. Either pointer may be NULL. */
void minimand_partial_range(const minimand_partial* partial, int64_t* begin, int64_t* end);
/* Sets *size to the number of bytes and writes them if buffer is not NULL; PAR005 if capacity is less. The same
 * state gives the same bytes on every machine. */
minimand_status minimand_partial_to_bytes(const minimand_partial* partial, void* buffer, size_t capacity, size_t* size);
/* NULL on failure: PRT001 on anything malformed, PRT002 for another numerics version; `status` may be NULL. */
minimand_partial* minimand_partial_from_bytes(const void* bytes, size_t size, minimand_status* status);

/* ---- The catalogue. Texts live as long as the process. */

typedef struct minimand_facts {
  size_t struct_size;
  const char* name;
  const char* family; /* "regression", "binary", "count", "margin", "softmax", "divergence" */
  const char* engine; /* "pointwise": an element at a time; "row": rows of classes */
  const char* summary;
  const char* formula;
  const char* prediction; /* domain, in words */
  const char* target;
  const char* activation; /* from a model's output to the prediction: "identity", "logistic", "softmax", ... */
  const char* mean;       /* from the prediction to the expected target */
  const char* elsewhere;  /* names in other frameworks */
  const char* reference;
  size_t parameter_count;
  int32_t convex, symmetric; /* 0 or 1 */
} minimand_facts;
#define MINIMAND_FACTS_INIT \
  {sizeof(minimand_facts), NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0}

typedef struct minimand_parameter {
  size_t struct_size;
  const char* name;
  const char* meaning;
  const char* range;        /* in words */
  double value;             /* the default; NaN: optional, left out */
  double low, high;
  int32_t low_open, high_open;
  int32_t is_list;          /* 1: may be a list with one entry per column, a/b/c */
  int32_t word_count;       /* more than 0: the parameter is one of these words */
  const char* words[8];
  double word_values[8];
} minimand_parameter;
#define MINIMAND_PARAMETER_INIT \
  {sizeof(minimand_parameter), NULL, NULL, NULL, 0, 0, 0, 0, 0, 0, 0, {NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL}, \
   {0, 0, 0, 0, 0, 0, 0, 0}}

size_t minimand_loss_count(void);
const char* minimand_loss_name(size_t index); /* NULL past the last */
minimand_status minimand_loss_facts(const char* name, minimand_facts* facts);
minimand_status minimand_loss_parameter(const char* name, size_t index, minimand_parameter* parameter);

/* ---- This library. */

const char* minimand_version(void); /* "0.1.0" */
/* The kernels in use: "baseline", "avx2", "avx512", "neon". NULL if the environment asks for one that is not there. */
const char* minimand_target(void);
int32_t minimand_numerics_version(void); /* changes with any bit of any result */

#ifdef __cplusplus
}
#endif

#endif
