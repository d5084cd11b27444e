// Reads the header as a stream of JSON events, so that nothing is built that the format does not have.
#include "learn/safetensors.h"

#include <algorithm>
#include <cstring>
#include <minimand/error.hpp>
#include <utility>

#include "api/escape.h"
#include "io/json.h"

namespace minimand::learn {
namespace {

struct TypeName {
  const char* text;
  dtype type;
};
constexpr TypeName type_names[] = {{"F64", dtype::f64},     {"F32", dtype::f32}, {"F16", dtype::f16},
                                   {"BF16", dtype::bf16},   {"I64", dtype::i64}, {"I32", dtype::i32},
                                   {"I16", dtype::i16},     {"I8", dtype::i8},   {"U64", dtype::u64},
                                   {"U32", dtype::u32},     {"U16", dtype::u16}, {"U8", dtype::u8},
                                   {"BOOL", dtype::boolean}};

[[noreturn]] void fail(std::string_view file, const std::string& why) {
  throw error(error_code::STF001, std::string(file) + ": " + why);
}

// Where in {"name": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}, "__metadata__": {"a": "b"}}.
enum class Place { outside, top, metadata, tensor, type, shape, offsets, done };

class Events : public io::JsonEvents {
 public:
  Events(Safetensors& out, std::string_view file) : out_(out), file_(file) {}

  void null() override { refuse("null"); }
  void boolean() override { refuse("a boolean"); }
  void negative() override { refuse("a negative number"); }
  void real(const std::string& text) override { refuse("the number " + escaped(text)); }

  void count(std::uint64_t value) override {
    if (!in_array_) refuse("a number");
    if (value > static_cast<std::uint64_t>(INT64_MAX)) refuse("a number of more than 63 bits");
    std::vector<std::int64_t>& list = place_ == Place::shape ? tensor_.shape : offsets_;
    if (list.size() == (place_ == Place::shape ? std::size_t{32} : std::size_t{2})) refuse("too long a list");
    list.push_back(static_cast<std::int64_t>(value));
  }

  void string(const std::string& value) override {
    if (place_ == Place::metadata && !key_.empty()) {
      if (!out_.metadata.emplace(key_, value).second) refuse("the key " + quoted(key_) + " twice");
      key_.clear();
      return;
    }
    if (place_ != Place::type) refuse("the text " + quoted(value));
    const auto* found = std::find_if(std::begin(type_names), std::end(type_names),
                                     [&](const TypeName& t) { return value == t.text; });
    if (found == std::end(type_names))
      fail(file_, "tensor " + quoted(tensor_.name) + " is of type " + quoted(value));
    tensor_.type = found->type;
    place_ = Place::tensor;
  }

  void start_object() override {
    if (place_ == Place::outside) {
      place_ = Place::top;
    } else if (place_ == Place::top && named_) {
      place_ = metadata_next_ ? Place::metadata : Place::tensor;
      seen_ = 0;
    } else {
      refuse("an object");
    }
  }

  void key(const std::string& name) override {
    if (static_cast<std::int64_t>(name.size()) > max_tensor_name) refuse("a name of more than 4096 bytes");
    if (place_ == Place::top) {
      named_ = true;
      metadata_next_ = name == "__metadata__";
      if (metadata_next_ && std::exchange(has_metadata_, true)) refuse("__metadata__ twice");
      tensor_ = Tensor();
      tensor_.name = name;
      offsets_.clear();
    } else if (place_ == Place::metadata) {
      if (name.empty()) refuse("an empty key");
      key_ = name;
    } else {
      const int bit = name == "dtype" ? 1 : name == "shape" ? 2 : name == "data_offsets" ? 4 : 0;
      if (bit == 0 || (seen_ & bit)) refuse("the key " + quoted(name) + (bit ? " twice" : ""));
      seen_ |= bit;
      place_ = bit == 1 ? Place::type : bit == 2 ? Place::shape : Place::offsets;
    }
  }

  void start_array() override {
    if (in_array_ || (place_ != Place::shape && place_ != Place::offsets)) refuse("a list");
    in_array_ = true;
  }
  void end_array() override {
    in_array_ = false;
    place_ = Place::tensor;
  }

  void end_object() override {
    if (place_ == Place::tensor) end_tensor();
    named_ = false;
    place_ = place_ == Place::top ? Place::done : Place::top;
  }

  void parse_error(std::size_t position) override {
    fail(file_, "the header is not JSON at byte " + std::to_string(position + 8));
  }

 private:
  static std::string quoted(const std::string& text) { return "\"" + escaped(text) + "\""; }
  [[noreturn]] void refuse(const std::string& what) {
    fail(file_, "the header has " + what + " where the format has none" +
                    (tensor_.name.empty() ? std::string() : " (at " + quoted(tensor_.name) + ")"));
  }

  void end_tensor() {
    if (seen_ != 7 || offsets_.size() != 2)
      fail(file_, "tensor " + quoted(tensor_.name) + " lacks dtype, shape or data_offsets");
    std::int64_t bytes = static_cast<std::int64_t>(size_of(tensor_.type));
    for (const std::int64_t extent : tensor_.shape) {
      if (__builtin_mul_overflow(bytes, extent, &bytes))
        fail(file_, "the shape of tensor " + quoted(tensor_.name) + " is too large");
    }
    if (offsets_[1] < offsets_[0] || offsets_[1] - offsets_[0] != bytes) {
      fail(file_, "tensor " + quoted(tensor_.name) + " takes " + std::to_string(bytes) +
                      " bytes by its shape, its offsets are " + std::to_string(offsets_[0]) + " and " +
                      std::to_string(offsets_[1]));
    }
    tensor_.begin = offsets_[0], tensor_.end = offsets_[1];
    if (static_cast<std::int64_t>(out_.tensors.size()) == max_tensors)
      fail(file_, "there are more than 1000000 tensors");
    out_.tensors.push_back(std::move(tensor_));
    tensor_ = Tensor();
  }

  Safetensors& out_;
  std::string_view file_;
  Place place_ = Place::outside;
  bool named_ = false, in_array_ = false, metadata_next_ = false, has_metadata_ = false;
  int seen_ = 0;
  std::string key_;
  Tensor tensor_;
  std::vector<std::int64_t> offsets_;
};

}  // namespace

const Tensor* Safetensors::find(std::string_view name) const {
  for (const Tensor& tensor : tensors)
    if (tensor.name == name) return &tensor;
  return nullptr;
}

std::int64_t safetensors_header_size(std::string_view first8, std::int64_t file_size, std::string_view file) {
  if (first8.size() < 8) fail(file, "the file ends within its first 8 bytes");
  std::uint64_t size = 0;
  for (std::size_t i = 8; i-- > 0;) size = size << 8 | static_cast<unsigned char>(first8[i]);
  if (size < 2 || size > static_cast<std::uint64_t>(max_safetensors_header)) {
    fail(file, "no safetensors file: its header would have " + std::to_string(size) + " bytes; 2 to " +
                   std::to_string(max_safetensors_header) + " are allowed");
  }
  const auto bytes = static_cast<std::int64_t>(size);
  if (file_size >= 0 && bytes > file_size - 8) {
    fail(file, "the header has " + std::to_string(bytes) + " bytes, the file has " +
                   std::to_string(file_size - 8) + " after the first 8");
  }
  return bytes;
}

Safetensors parse_safetensors_header(std::string_view header, std::string_view file) {
  if (header.empty() || header[0] != '{') fail(file, "the header does not begin with {");
  // To the parser a NUL is the end, and whatever comes after it would be read by nobody.
  if (header.find('\0') != header.npos) fail(file, "the header holds a NUL byte");
  Safetensors out;
  Events events(out, file);
  io::read_json(header, events);
  std::vector<std::string_view> names;
  for (const Tensor& tensor : out.tensors) names.push_back(tensor.name);
  std::sort(names.begin(), names.end());
  if (const auto twice = std::adjacent_find(names.begin(), names.end()); twice != names.end())
    fail(file, "tensor \"" + escaped(*twice) + "\" is there twice");
  std::sort(out.tensors.begin(), out.tensors.end(), [](const Tensor& a, const Tensor& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end < b.end;
  });
  std::int64_t at = 0;
  for (const Tensor& tensor : out.tensors) {
    if (tensor.begin != at) {
      fail(file, "tensor \"" + escaped(tensor.name) + "\" begins at " + std::to_string(tensor.begin) +
                     ", the one before it ends at " + std::to_string(at));
    }
    at = tensor.end;
  }
  out.data = 8 + static_cast<std::int64_t>(header.size());
  return out;
}

std::int64_t safetensors_size(const Safetensors& header) {
  std::int64_t size = header.data;
  if (!header.tensors.empty() && __builtin_add_overflow(size, header.tensors.back().end, &size))
    return INT64_MAX;
  return size;
}

std::string safetensors_bytes(const std::vector<TensorData>& tensors,
                              const std::map<std::string, std::string>& metadata) {
  io::Json header;
  header.set("__metadata__", metadata);
  std::size_t at = 0;
  const auto bytes_of = [](const TensorData& tensor) {
    std::size_t bytes = size_of(tensor.type);
    for (const std::int64_t extent : tensor.shape) bytes *= static_cast<std::size_t>(extent);
    return bytes;
  };
  for (const TensorData& tensor : tensors) {
    const auto* type = std::find_if(std::begin(type_names), std::end(type_names),
                                    [&](const TypeName& t) { return tensor.type == t.type; });
    const std::size_t end = at + bytes_of(tensor);
    header.set(tensor.name, {{"dtype", type->text}, {"shape", tensor.shape}, {"data_offsets", {at, end}}});
    at = end;
  }
  std::string text = header.dump();
  text.resize(text.size() + (64 - (8 + text.size()) % 64) % 64, ' ');  // the data begin at a cache line
  std::string out;
  out.reserve(8 + text.size() + at);
  for (int i = 0; i < 8; ++i) out += static_cast<char>(text.size() >> (8 * i) & 255);
  out += text;
  for (const TensorData& tensor : tensors)
    out.append(static_cast<const char*>(tensor.data), bytes_of(tensor));
  return out;
}

}  // namespace minimand::learn
