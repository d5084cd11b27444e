// Failures as text or as one JSON object a line: code, exit, file, row, column, message, hint.
#include "cli/failure.h"

#include <algorithm>
#include <charconv>
#include <new>

#include "api/escape.h"
#include "cli/text.h"
#include "io/json.h"

namespace minimand::cli {
namespace {

bool speaks_of_a_file(error_code code) {
  const std::string text = name(code);
  for (const char* kind : {"NPY", "CSV", "IDX", "STF", "PRT", "TGT", "DOM", "IO0", "CFG004"}) {
    if (text.starts_with(kind)) return true;
  }
  return false;
}

// Takes ":12" off the end of a text.
bool take_number(std::string& text, std::int64_t& number) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon + 1 == text.size()) return false;
  const char *begin = text.data() + colon + 1, *end = text.data() + text.size();
  if (std::from_chars(begin, end, number).ptr != end) return false;
  text.resize(colon);
  return true;
}

// Messages begin with "file: ", "file:row: " or "file:row:column: " where a file is concerned.
io::Json as_json(const error& failure) {
  std::string message = failure.what();
  io::Json out = {{"code", name(failure.code())}, {"exit", exit_status(failure.code())}};
  const std::size_t end = message.find(": ");
  if (speaks_of_a_file(failure.code()) && end != std::string::npos) {
    std::string file = message.substr(0, end);
    std::int64_t last = 0, before = 0;
    const bool one = take_number(file, last), two = one && take_number(file, before);
    out.set("file", file);
    if (one) out.set("row", two ? before : last);
    if (two) out.set("column", last);
  }
  if (failure.first() >= 0) out.set("first", failure.first());
  if (failure.count() > 0) out.set("count", failure.count());
  out.set("message", message);
  if (const std::size_t hint = message.find("did you mean"); hint != std::string::npos) {
    out.set("hint", message.substr(hint));
  }
  return out;
}

}  // namespace

int report(const error& failure, ErrorFormat format) {
  if (format == ErrorFormat::json) {
    note(as_json(failure).line());
  } else {
    note("error[" + std::string(name(failure.code())) + "] " + failure.what());
  }
  return exit_status(failure.code());
}

int report_current(ErrorFormat format) {
  try {
    throw;
  } catch (const error& e) {
    return report(e, format);
  } catch (const std::bad_alloc&) {
    return report({error_code::MEM001, "out of memory"}, format);
  } catch (const std::exception& e) {
    return report({error_code::INT001, "internal error, please report it: " + escaped(e.what())}, format);
  } catch (...) {
    return report({error_code::INT001, "internal error, please report it"}, format);
  }
}

}  // namespace minimand::cli
