// Model files: read back equal, and refuse whatever is not exactly one.
#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <vector>

#include "learn/model_file.h"
#include "learn/predict.h"
#include "learn/safetensors.h"
#include "learn/trainer.h"
#include "refusal.h"

namespace minimand::learn {
namespace {

Model small(const char* loss_text = "softmax_cross_entropy:smoothing=0.1",
            const char* spec = "mlp:3x2:activation=tanh") {
  std::vector<float> x;
  std::vector<std::int64_t> y;
  for (int i = 0; i < 60; ++i) {
    x.push_back(static_cast<float>(i % 7));
    x.push_back(static_cast<float>(i * i % 11));
    y.push_back(i % 2);
  }
  FitOptions options{loss(loss_text)};
  options.model = spec, options.epochs = 3, options.seed = 0xfedcba9876543210;
  options.feature_names = {"a \"b\"", "\xc3\xa9\n"}, options.target_names = {"y"};
  return fit(matrix<const float>(x.data(), 60, 2), y, options);
}

std::string refusal(std::string_view bytes, error_code code = error_code::STF001) {
  return test::refusal(code, [&] { model_from_bytes(bytes, "m"); });
}

std::string file_of(const std::string& header, const std::string& data) {
  std::string out;
  for (int i = 0; i < 8; ++i) out += static_cast<char>(header.size() >> (8 * i) & 255);
  return out + header + data;
}

TEST(ModelFile, ReadsBackEqual) {
  for (const char* text : {"softmax_cross_entropy:smoothing=0.1", "huber:delta=2", "binary_cross_entropy"}) {
    for (const char* spec : {"linear", "mlp:3x2:activation=tanh"}) {
      const Model model = small(text, spec);
      const std::string bytes = model_bytes(model);
      const Model again = model_from_bytes(bytes);
      EXPECT_TRUE(model_bytes(again) == bytes) << text << " " << spec;
      EXPECT_EQ(again.loss.text(), model.loss.text());
      EXPECT_EQ(again.parameters, model.parameters);
      EXPECT_EQ(again.scaling.shift, model.scaling.shift);
      EXPECT_EQ(again.seed, 0xfedcba9876543210);
      EXPECT_EQ(again.feature_names, model.feature_names);
      EXPECT_EQ(again.history.size(), 3u);
      EXPECT_EQ(again.history[2].train_loss, model.history[2].train_loss);
      const std::vector<float> x = {1, 2, 3, 4};
      EXPECT_EQ(predict(again, matrix<const float>(x.data(), 2, 2)).values,
                predict(model, matrix<const float>(x.data(), 2, 2)).values);
      EXPECT_EQ(bytes.size() % 4, 0u);
    }
  }
}

TEST(ModelFile, CardIsJson) {
  const nlohmann::json card = nlohmann::json::parse(model_card(small()));
  EXPECT_EQ(card["loss"], "softmax_cross_entropy:smoothing=0.1");
  EXPECT_EQ(card["model"], "mlp:hidden=3x2:activation=tanh");
  EXPECT_EQ(card["mean_link"], "softmax");
  EXPECT_EQ(card["history"].size(), 3u);
}

TEST(ModelFile, OnDisk) {
  const std::string path = testing::TempDir() + "learn_file_test." + std::to_string(::getpid()) + ".model";
  const Model model = small();
  write_model(model, path);
  EXPECT_TRUE(model_bytes(read_model(path)) == model_bytes(model));
  std::ofstream(path, std::ios::app | std::ios::binary) << 'x';
  EXPECT_THROW(read_model(path), error);
  std::ofstream(path, std::ios::binary) << "short";
  EXPECT_THROW(read_model(path), error);
  std::remove(path.c_str());
  EXPECT_THROW(read_model(path), error);
}

TEST(ModelFile, EveryPrefixIsRefused) {
  const std::string bytes = model_bytes(small());
  for (std::size_t n = 0; n < bytes.size(); ++n) refusal(std::string_view(bytes).substr(0, n));
  refusal(bytes + '\0');
}

// A flipped bit is found, or what is read is the same model.
TEST(ModelFile, EveryFlippedBitIsFound) {
  std::string bytes = model_bytes(small());
  const std::string right = bytes;
  int accepted = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      bytes[i] = static_cast<char>(bytes[i] ^ 1 << bit);
      try {
        EXPECT_TRUE(model_bytes(model_from_bytes(bytes)) == right) << "byte " << i << " bit " << bit;
        ++accepted;
      } catch (const error& e) {
        EXPECT_TRUE(e.code() == error_code::STF001 || e.code() == error_code::CFG003) << e.what();
      }
      bytes[i] = static_cast<char>(bytes[i] ^ 1 << bit);
    }
  }
  EXPECT_EQ(accepted, 0);
}

// The file with another card whose checksum is right.
template <class F>
std::string with_card(const std::string& bytes, F&& change) {
  const auto size = static_cast<std::size_t>(safetensors_header_size(bytes, -1, "m"));
  nlohmann::json header = nlohmann::json::parse(bytes.substr(8, size));
  nlohmann::json card = nlohmann::json::parse(header["__metadata__"]["card"].get<std::string>());
  change(card);
  const std::string text = card.dump();
  char sum[9];
  std::snprintf(sum, sizeof sum, "%08lx",
                ::crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size())));
  header["__metadata__"]["card"] = text;
  header["__metadata__"]["card_crc32"] = sum;
  return file_of(header.dump(), bytes.substr(8 + size));
}

TEST(ModelFile, CardsThatDoNotFitAreRefused) {
  const std::string bytes = model_bytes(small("huber", "mlp:3"));
  EXPECT_TRUE(model_bytes(model_from_bytes(with_card(bytes, [](auto&) {}))) == bytes);
  const auto refused = [&](const char* key, nlohmann::json value, error_code code) {
    return refusal(with_card(bytes, [&](nlohmann::json& card) { card[key] = value; }), code);
  };
  EXPECT_NE(refused("format_version", 3, error_code::CFG003).find("version 3"), std::string::npos);
  EXPECT_NE(refused("loss", "hubes", error_code::CFG003).find("hubes"), std::string::npos);
  refused("loss", "binary_cross_entropy", error_code::CFG003);  // another link
  refused("model", "transformer", error_code::CFG003);
  refused("model", "linear", error_code::STF001);
  refused("model", "mlp:1000000x1000000", error_code::STF001);
  refused("features", 3, error_code::STF001);
  refused("features", 0, error_code::STF001);
  refused("features", -2, error_code::STF001);
  refused("features", 2.0, error_code::STF001);
  refused("outputs", 1e18, error_code::STF001);
  refused("crc32", nlohmann::json::object(), error_code::STF001);
  refused("history", {1}, error_code::STF001);
  refused("seed", "x", error_code::STF001);
  refused("feature_names", {{{{{{{{"deep"}}}}}}}}, error_code::STF001);
  refusal(with_card(bytes, [](nlohmann::json& card) { card.erase("batch"); }));
  EXPECT_NE(refusal(file_of("{}", "")).find("no model of minimand"), std::string::npos);
  std::string damaged = bytes;
  damaged.replace(damaged.find("huber"), 5, "hubes");
  EXPECT_NE(refusal(damaged).find("damaged"), std::string::npos);
}

TEST(Safetensors, HeadersOfTheFormatAreRead) {
  const Safetensors header = parse_safetensors_header(
      R"({"b":{"dtype":"F32","shape":[2,1],"data_offsets":[4,12]},"__metadata__":{"k":"v"},)"
      R"("a":{"data_offsets":[0,4],"shape":[],"dtype":"I32"},"e":{"dtype":"U8","shape":[0,9],"data_offsets":[12,12]}}   )",
      "f");
  ASSERT_EQ(header.tensors.size(), 3u);
  EXPECT_EQ(header.tensors[0].name, "a");
  EXPECT_EQ(header.tensors[0].type, dtype::i32);
  EXPECT_EQ(header.find("b")->shape, (std::vector<std::int64_t>{2, 1}));
  EXPECT_EQ(header.metadata.at("k"), "v");
}

TEST(Safetensors, AnythingElseIsRefused) {
  const char* cases[] = {
      "",
      " {}",
      "[]",
      "{",
      "{}x",
      "{\"a\":1}",
      "{\"a\":\"x\"}",
      "{\"a\":[]}",
      "{\"a\":null}",
      "{\"a\":{}}",
      R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}})",  // shape and offsets disagree
      R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})",  // hole
      R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}})",  // reversed
      R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,4]}})",
      R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}})",
      R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})",
      R"({"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}})",
      R"({"a":{"dtype":"F32","shape":[[1]],"data_offsets":[0,4]}})",
      R"({"a":{"dtype":"F32","shape":[NaN],"data_offsets":[0,4]}})",
      R"({"a":{"dtype":"F33","shape":[1],"data_offsets":[0,4]}})",
      R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"dtype":"F32"}})",  // key twice
      R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"extra":"x"}})",
      R"({"a":{"dtype":"F32","shape":1,"data_offsets":[0,4]}})",
      R"({"a":{"dtype":"F32","shape":{},"data_offsets":[0,4]}})",
      R"({"a":{"dtype":["F32"],"shape":[1],"data_offsets":[0,4]}})",
      R"({"a":{"dtype":"F32","data_offsets":[0,4]}})",
      R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})",
      R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}})",
      R"({"a":{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,4]}})",  // product wraps
      R"({"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}})",
      R"({"a":{"dtype":"F32","shape":[18446744073709551615],"data_offsets":[0,0]}})",
      R"({"a":{"dtype":"F32","shape":[1e3],"data_offsets":[0,4000]}})",
      R"({"__metadata__":{"k":1}})",
      R"({"__metadata__":{"k":{}}})",
      R"({"__metadata__":[]})",
      R"({"__metadata__":{"k":"a","k":"b"}})",
      R"({"__metadata__":{},"__metadata__":{}})",
      "{\"\xff\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}"};
  for (const char* text : cases) test::refusal(error_code::STF001, [&] { parse_safetensors_header(text, "f"); }, text);
  EXPECT_THROW(parse_safetensors_header(std::string("{}\0{}", 5), "f"), error);  // hidden behind a NUL
  EXPECT_THROW(parse_safetensors_header("{\"" + std::string(4097, 'a') + "\":{}}", "f"), error);
  EXPECT_THROW(safetensors_header_size(std::string("\xff\xff\xff\xff\xff\xff\xff\xff", 8), -1, "f"), error);
  EXPECT_THROW(safetensors_header_size(std::string("\x00\x00\x00\x02\x00\x00\x00\x00", 8), -1, "f"),
               error);  // 32 MiB
  EXPECT_THROW(safetensors_header_size(std::string("\x10\0\0\0\0\0\0\0", 8), 20, "f"), error);
}

}  // namespace
}  // namespace minimand::learn
