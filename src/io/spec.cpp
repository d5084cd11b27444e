// Names of inputs taken apart.
#include "io/spec.h"

#include <unistd.h>

#include <string_view>

namespace minimand::io {
namespace {

Format format_of(std::string_view path) {
  if (path.ends_with(".npy")) return Format::npy;
  if (path.ends_with(".csv") || path.ends_with(".CSV")) return Format::csv;
  for (const std::string_view end : {".idx", ".idx.gz", "-ubyte", "-ubyte.gz"}) {
    if (path.ends_with(end)) return Format::idx;
  }
  return Format::unknown;
}

}  // namespace

Spec parse_spec(const std::string& text) {
  if (text.starts_with("-:")) return {"-", text.substr(2), Format::csv};
  // The names of columns may hold colons, so the first ".csv:" ends the path.
  for (const std::string_view end : {".csv:", ".CSV:"}) {
    if (const std::size_t at = text.find(end); at != std::string::npos) {
      return {text.substr(0, at + 4), text.substr(at + 5), Format::csv};
    }
  }
  const Format format = format_of(text);
  const std::size_t colon = text.rfind(':');
  if (format == Format::unknown && colon != std::string::npos && colon > 0 &&
      ::access(text.c_str(), F_OK) != 0) {
    return {text.substr(0, colon), text.substr(colon + 1), Format::csv};
  }
  return {text, "", format};
}

}  // namespace minimand::io
