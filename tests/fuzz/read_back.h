// Reading a file in memory to its end, for the targets of array files.
#pragma once

#include <algorithm>
#include <functional>
#include <minimand/error.hpp>
#include <optional>
#include <string>

#include "guard.h"
#include "io/rows.h"

namespace minimand::fuzz {

// The elements of a view in row-major order, as bytes.
inline std::string bits(const array& a) {
  std::string out;
  const array packed(a.data, a.type, std::span(a.shape, static_cast<std::size_t>(a.rank)), false);
  if (std::equal(a.strides, a.strides + a.rank, packed.strides)) {
    if (a.size() > 0)
      out.assign(static_cast<const char*>(a.data), static_cast<std::size_t>(a.size()) * size_of(a.type));
    return out;
  }
  std::int64_t index[max_rank]{};
  for (std::int64_t n = a.size(); n > 0; --n) {
    const char* at = static_cast<const char*>(a.data);
    for (int k = 0; k < a.rank; ++k) at += index[k] * a.strides[k];
    out.append(at, size_of(a.type));
    for (int k = a.rank; k-- > 0;) {
      if (++index[k] < a.shape[k]) break;
      index[k] = 0;
    }
  }
  return out;
}

struct Contents {
  dtype type = dtype::f32;
  std::vector<std::int64_t> shape;
  std::string elements;  // of all chunks, each in row-major order; one after the other
  bool operator==(const Contents&) const = default;
};

// What a reader delivers in chunks of `rows` (0: about seven chunks), nothing if it refuses. Whatever is
// refused is refused as malformed data.
inline std::optional<Contents> contents(const std::function<std::unique_ptr<io::RowSource>()>& open,
                                        std::int64_t rows) {
  try {
    const std::unique_ptr<io::RowSource> source = open();
    if (rows == 0) rows = source->rows() / 7 + 1;
    Contents out{source->type(0), source->shape(0), ""};
    std::int64_t seen = 0;
    while (const std::int64_t n = source->read(rows)) {
      const array chunk = source->chunk(0);
      MINIMAND_REQUIRE(n > 0 && n <= rows &&
                       chunk.size() * static_cast<std::int64_t>(size_of(chunk.type)) ==
                           n * source->row_bytes(0));
      out.elements += bits(chunk);
      seen += n;
    }
    MINIMAND_REQUIRE(seen == source->rows());
    return out;
  } catch (const error& e) {
    MINIMAND_REQUIRE(exit_status(e.code()) == 65);
    return std::nullopt;
  }
}

}  // namespace minimand::fuzz
