// The loop of `eval`: chunk after chunk, part after part.
#include "cli/evaluate.h"

#include "api/about.h"
#include "cli/convert.h"
#include "io/npy_writer.h"

namespace minimand::cli {
namespace {

// One output file and the memory of its chunk.
class Output {
 public:
  Output(const std::string& path, dtype type, std::vector<std::int64_t> shape) : writer_(path, type, std::move(shape)), type_(type) {}

  array room(std::span<const std::int64_t> shape) {
    std::int64_t n = 1;
    for (const std::int64_t extent : shape) n *= extent;
    if (static_cast<std::size_t>(n) * size_of(type_) > chunk_.bytes.size() || chunk_.bytes.empty()) chunk_ = zeros(type_, shape);
    chunk_.view = array(chunk_.bytes.data(), type_, shape, true);
    return chunk_.view;
  }
  void write() { writer_.write(chunk_.view); }
  void commit() { writer_.commit(); }

 private:
  io::NpyWriter writer_;
  dtype type_;
  io::Owned chunk_;
};

std::vector<std::int64_t> without_axis(std::vector<std::int64_t> shape, int axis) {
  shape.erase(shape.begin() + axis);
  return shape;
}

class Outputs {
 public:
  Outputs(const Question& question, const Stream& stream, bool row_loss) : row_loss_(row_loss), class_axis_(stream.class_axis()) {
    const auto open = [&](std::unique_ptr<Output>& out, const std::string& path, const std::vector<std::int64_t>& shape) {
      if (!path.empty()) out = std::make_unique<Output>(path, stream.type(), shape);
    };
    open(values_, question.values, row_loss ? without_axis(stream.shape(), class_axis_) : stream.shape());
    open(gradient_, question.gradient, stream.shape());
    open(hessian_, question.hessian, stream.shape());
  }

  void bind(Call& call, const array& prediction) {
    const std::span<const std::int64_t> shape(prediction.shape, static_cast<std::size_t>(prediction.rank));
    if (gradient_) call.gradient = gradient_->room(shape);
    if (hessian_) call.hessian = hessian_->room(shape);
    if (!values_) return;
    call.values = values_->room(row_loss_ ? without_axis({shape.begin(), shape.end()}, class_axis_)
                                          : std::vector<std::int64_t>(shape.begin(), shape.end()));
  }
  void write() {
    for (const auto& out : {std::cref(values_), std::cref(gradient_), std::cref(hessian_)}) {
      if (out.get()) out.get()->write();
    }
  }
  void commit() {
    for (const auto& out : {std::cref(values_), std::cref(gradient_), std::cref(hessian_)}) {
      if (out.get()) out.get()->commit();
    }
  }

 private:
  bool row_loss_;
  int class_axis_;
  std::unique_ptr<Output> values_, gradient_, hessian_;
};

bool rows(const Loss& loss) { return is_row_loss(loss.entry()); }

// An offending element ends the evaluation; what follows is read only to count its like.
[[noreturn]] void refuse(Stream& stream, const Loss& loss, Call call, const error& found) {
  const bool in_a_file = found.where() == role::prediction || found.where() == role::target || found.where() == role::weight;
  if (!in_a_file || found.first() < 0) throw found;
  const std::string place = stream.place(found.where(), found.first());
  std::int64_t count = found.count();
  call.values = call.gradient = call.hessian = array();
  try {
    while (stream.next(false)) {
      call.weight = stream.weight();
      try {
        loss.part(stream.prediction(), stream.target(), call, stream.begin(rows(loss)));
      } catch (const error& more) {
        if (more.code() == found.code() && more.where() == found.where()) count += more.count();
      }
    }
  } catch (const error&) {
    // The file has other faults further down; the first one found is reported.
  }
  throw stream.located(found, count, place);
}

std::vector<Partial> pass(Stream& stream, const Question& question, const Call& options, Outputs* outputs, bool everything) {
  std::vector<Partial> sums(question.losses.size());
  while (stream.next(everything)) {
    for (std::size_t l = 0; l < sums.size(); ++l) {
      const Loss& loss = question.losses[l];
      Call call = options;
      call.weight = stream.weight();
      if (outputs != nullptr) outputs->bind(call, stream.prediction());
      const std::int64_t begin = stream.begin(rows(loss)) + question.first_row * stream.per_row(rows(loss));
      try {
        if (everything && outputs != nullptr) {  // as a whole: what depends on all residuals is right then
          loss(stream.prediction(), stream.target(), call);
          call.values = call.gradient = call.hessian = array();
        }
        sums[l].merge(loss.part(stream.prediction(), stream.target(), call, begin));
      } catch (const error& e) {
        refuse(stream, loss, call, e);
      }
      if (outputs != nullptr) outputs->write();
    }
  }
  return sums;
}

// The divisor of a mean, before any derivative is written.
double divisor(Stream& stream, const Question& question, Call call) {
  const bool weighted = question.reduction.kind == reduction::weighted_mean;
  const bool all_take_part = !stream.has_weight() && !call.ignore && !call.class_weight.present;
  if (all_take_part && stream.rows() >= 0) {
    return static_cast<double>(stream.rows() * stream.per_row(rows(question.losses.front())));
  }
  if (question.first_row != 0) {
    throw error(error_code::PAR005, "derivatives of a part need --reduction none, sum or mean_over:N; the divisor of a mean "
                                    "is not known from a part");
  }
  if (!stream.rewindable()) {
    throw error(error_code::PAR005, "derivatives of a mean need its divisor first, and a stream is read only once; "
                                    "give files, or --reduction none, sum or mean_over:N");
  }
  call.reduction = reduction::sum;
  const Result all = pass(stream, question, call, nullptr, false).front().finish(reduction::sum);
  stream.rewind();
  return weighted ? all.weight_sum : static_cast<double>(all.count);
}

}  // namespace

std::vector<Partial> evaluate(Stream& stream, const Question& question) {
  const bool any_output = !question.values.empty() || !question.gradient.empty() || !question.hessian.empty();
  const bool derivatives = !question.gradient.empty() || !question.hessian.empty();
  for (const Loss& loss : question.losses) stream.check_shapes(rows(loss));
  Call call = question.call;
  call.reduction = question.reduction.kind;
  call.mean_over = question.reduction.mean_over;
  if (!any_output) return pass(stream, question, call, nullptr, false);

  const bool mean = call.reduction == reduction::mean || call.reduction == reduction::weighted_mean;
  if (derivatives && mean) {
    const double n = divisor(stream, question, call);
    call.reduction = n > 0 ? reduction::mean_over : reduction::sum;
    call.mean_over = n;
  }
  // Outputs are written in row-major order, and the majorizer of a kinked loss looks at all residuals first.
  const bool everything = stream.stream_axis() != 0 ||
                          (!question.hessian.empty() && call.curvature == curvature::majorizer && call.curvature_scale == 0);
  Outputs outputs(question, stream, rows(question.losses.front()));
  std::vector<Partial> sums = pass(stream, question, call, &outputs, everything);
  outputs.commit();
  return sums;
}

}  // namespace minimand::cli
