// The arguments of the command or of a subcommand. CLI11 reads them; what includes it takes ten seconds to compile, so
// only arguments.cpp does.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <minimand/error.hpp>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace minimand::cli {

// What is wrong with a text, "" if nothing is; it follows the option's name: "--threads: "x" is not a whole number".
using ValueCheck = std::function<std::string(const std::string& text)>;

// What CLI11 finds wrong.
struct ArgumentError : error {
  using error::error;
};

// An option, a flag or a positional; valid while its Arguments live.
class Option {
 public:
  explicit Option(CLI::Option* option) : option_(option) {}

  // What stands for the value in the help: "N", "FILE".
  Option& value(const std::string& text);
  Option& check(const ValueCheck& check);

  std::string name() const;   // without hyphens
  std::string names() const;  // "-h,--help"
  std::string what() const;
  std::string value() const;
  bool positional() const;
  bool flag() const;         // takes no value
  bool needs_value() const;  // neither a flag nor one that may go without
  bool given() const;
  std::string given_value() const;
  // As if it had been given so. ArgumentError where it has no such value.
  void set(const std::string& text);

 private:
  CLI::Option* option_;
};

// Copies are of the same arguments.
class Arguments {
 public:
  // With the flag --help.
  Arguments(const std::string& name, const std::string& what);

  Arguments subcommand(const std::string& name, const std::string& what);
  // Options of the parent may stand after the subcommand.
  void share_parent_options();
  void examples(const std::string& lines);

  // "--name" or the name of a positional; the value is written into `to`.
  Option option(const std::string& name, std::string& to, const std::string& what);
  Option option(const std::string& name, std::vector<std::string>& to, const std::string& what);
  Option option(const std::string& name, int& to, const std::string& what);
  Option option(const std::string& name, std::int64_t& to, const std::string& what);
  Option option(const std::string& name, double& to, const std::string& what);
  Option option(const std::string& name, std::optional<std::uint64_t>& to, const std::string& what);
  // With a value or without, which is "".
  Option option(const std::string& name, std::function<void(const std::string& value)> take, const std::string& what);
  Option flag(const std::string& name, bool& to, const std::string& what);

  // False if the help is asked for. ArgumentError for what no option takes; the words that none knows are left over.
  bool parse(int argc, const char* const* argv);
  bool chosen() const;  // of a subcommand: whether it was named
  std::vector<std::string> leftovers() const;
  bool given(const std::string& name) const;
  // Throws PAR005 if it was not given.
  void need(const std::string& name) const;
  // As if nothing had been given.
  void clear();

  std::string name() const;
  std::string what() const;
  std::string examples() const;
  std::vector<Arguments> subcommands() const;
  std::vector<Option> options() const;

 private:
  explicit Arguments(std::shared_ptr<CLI::App> app) : app_(std::move(app)) {}

  std::shared_ptr<CLI::App> app_;
};

}  // namespace minimand::cli
