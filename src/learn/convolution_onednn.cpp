// Keeps the primitives of each shape.
#ifdef MINIMAND_GEMM_ONEDNN
#include "learn/convolution_onednn.h"

#include <dnnl.hpp>

#include <array>
#include <map>
#include <minimand/error.hpp>
#include <tuple>

#include "learn/one_thread.h"

namespace minimand::learn::onednn {
namespace {

using dnnl::memory;
using Tag = memory::format_tag;

const dnnl::engine& engine() {
  static const dnnl::engine cpu(dnnl::engine::kind::cpu, 0);
  return cpu;
}

// The primitives of one shape. Weights are laid out anew in each call, since they change with every step.
struct Primitives {
  memory::desc x, weight, z;  // as we store them
  dnnl::convolution_forward::primitive_desc forward_desc;
  dnnl::convolution_backward_data::primitive_desc data_desc;
  dnnl::convolution_backward_weights::primitive_desc weights_desc;
  dnnl::convolution_forward forward;
  dnnl::convolution_backward_data data;
  dnnl::convolution_backward_weights weights;

  Primitives(const Convolution& c, std::int64_t images) {
    const memory::dims in = {images, c.in.channels, c.in.height, c.in.width},
                       out = {images, c.outputs, c.in.height, c.in.width},
                       kernel = {c.outputs, c.in.channels, 3, 3}, ones = {1, 1};
    const auto f32 = memory::data_type::f32;
    x = {in, f32, Tag::nhwc}, z = {out, f32, Tag::nhwc}, weight = {kernel, f32, Tag::hwio};
    const memory::desc any(kernel, f32, Tag::any);
    const auto method = dnnl::algorithm::convolution_direct;
    forward_desc = {{dnnl::prop_kind::forward_training, method, x, any, z, ones, ones, ones}, engine()};
    data_desc = {{method, x, any, z, ones, ones, ones}, engine(), forward_desc};
    weights_desc = {{method, x, any, z, ones, ones, ones}, engine(), forward_desc};
    forward = dnnl::convolution_forward(forward_desc);
    data = dnnl::convolution_backward_data(data_desc);
    weights = dnnl::convolution_backward_weights(weights_desc);
  }
};

const Primitives& primitives(const Convolution& c, std::int64_t images) {
  using Key = std::array<std::int64_t, 5>;
  thread_local std::map<Key, Primitives> known;
  const Key key = {c.in.height, c.in.width, c.in.channels, c.outputs, images};
  if (known.size() > 64 && !known.contains(key)) known.clear();
  return known.try_emplace(key, c, images).first->second;
}

// A view of the caller's numbers; oneDNN takes no const.
memory view(const memory::desc& desc, const float* data) { return {desc, engine(), const_cast<float*>(data)}; }

template <class F>
void run(F&& work) {
  const OneThread guard;
  try {
    dnnl::stream stream(engine());
    work(stream);
    stream.wait();
  } catch (const dnnl::error& e) {
    throw error(error_code::INT001, std::string("oneDNN refused a convolution: ") + e.what());
  }
}

memory reordered(dnnl::stream& stream, memory from, const memory::desc& wanted) {
  if (from.get_desc() == wanted) return from;
  memory to(wanted, engine());
  dnnl::reorder(from, to).execute(stream, from, to);
  return to;
}

}  // namespace

void convolve(const Convolution& c, std::int64_t images, const float* x, const float* weight, float* z) {
  run([&](dnnl::stream& stream) {
    const Primitives& p = primitives(c, images);
    p.forward.execute(stream, {{DNNL_ARG_SRC, view(p.x, x)},
                               {DNNL_ARG_WEIGHTS, reordered(stream, view(p.weight, weight), p.forward_desc.weights_desc())},
                               {DNNL_ARG_DST, view(p.z, z)}});
  });
}

void convolve_back(const Convolution& c, std::int64_t images, const float* dz, const float* weight, float* dx) {
  run([&](dnnl::stream& stream) {
    const Primitives& p = primitives(c, images);
    p.data.execute(stream, {{DNNL_ARG_DIFF_DST, view(p.z, dz)},
                            {DNNL_ARG_WEIGHTS, reordered(stream, view(p.weight, weight), p.data_desc.weights_desc())},
                            {DNNL_ARG_DIFF_SRC, view(p.x, dx)}});
  });
}

void convolve_weights(const Convolution& c, std::int64_t images, const float* x, const float* dz, float* dw) {
  run([&](dnnl::stream& stream) {
    const Primitives& p = primitives(c, images);
    const memory plain = view(p.weight, dw);
    const memory::desc wanted = p.weights_desc.diff_weights_desc();
    const memory made = plain.get_desc() == wanted ? plain : memory(wanted, engine());
    p.weights.execute(stream, {{DNNL_ARG_SRC, view(p.x, x)},
                               {DNNL_ARG_DIFF_DST, view(p.z, dz)},
                               {DNNL_ARG_DIFF_WEIGHTS, made}});
    if (made != plain) dnnl::reorder(made, plain).execute(stream, const_cast<memory&>(made), const_cast<memory&>(plain));
  });
}

}  // namespace minimand::learn::onednn
#endif
