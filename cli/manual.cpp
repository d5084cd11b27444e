// Walks the subcommands and their options.
#include "cli/manual.h"

#include <sstream>
#include <vector>

#include "cli/text.h"

namespace minimand::cli {
namespace {

struct Named {
  std::string name, text, value;
};

std::vector<Named> subcommands(const Arguments& app) {
  std::vector<Named> out;
  for (const Arguments& sub : app.subcommands()) out.push_back({sub.name(), sub.what(), ""});
  return out;
}
std::vector<Named> options(const Arguments& app, bool positional = false) {
  std::vector<Named> out;
  for (const Option& o : app.options()) {
    if (o.positional() != positional) continue;
    out.push_back({o.name(), o.what(), positional ? "" : o.value()});
    if (!positional) out.back().name.insert(0, "--");
  }
  return out;
}
std::string words(const std::vector<Named>& list) {
  std::string out;
  for (const Named& n : list) out += (out.empty() ? "" : " ") + n.name;
  return out;
}

// Within single quotes of a shell.
std::string in_shell(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '\'' ? "'\\''" : std::string(1, c);
  return out;
}

std::string bash(const Arguments& app) {
  std::string out =
      "# bash completion of minimand\n"
      "_minimand() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} words\n"
      "  case ${COMP_WORDS[1]} in\n";
  for (const Arguments& sub : app.subcommands())
    out += "    " + sub.name() + ") words='" + words(options(sub)) + "' ;;\n";
  out += "    *) words='" + words(subcommands(app)) + ' ' + words(options(app)) + "' ;;\n";
  out +=
      "  esac\n"
      "  COMPREPLY=()\n"
      "  if [[ $COMP_CWORD == 1 || $word == -* ]]; then COMPREPLY=($(compgen -W \"$words\" -- \"$word\")); fi\n"
      "}\n"
      "complete -o default -F _minimand minimand\n";
  return out;
}

std::string zsh(const Arguments& app) {
  const auto escaped = [](std::string text) {
    std::string out;
    for (const char c : in_shell(text)) out += c == '[' || c == ']' || c == ':' ? std::string("\\") + c : std::string(1, c);
    return out;
  };
  std::string out =
      "#compdef minimand\n"
      "local -a commands\n"
      "commands=(\n";
  for (const Named& n : subcommands(app)) out += "  '" + escaped(n.name) + ':' + escaped(n.text) + "'\n";
  out +=
      ")\n"
      "if (( CURRENT == 2 )); then _describe command commands; return; fi\n"
      "case $words[2] in\n";
  for (const Arguments& sub : app.subcommands()) {
    out += "  " + sub.name() + ") _arguments '*:file:_files'";
    for (const Named& n : options(sub))
      out += " '" + n.name + '[' + escaped(n.text) + ']' + (n.value.empty() ? "" : ":" + escaped(n.value) + ":_files") + "'";
    out += " ;;\n";
  }
  return out + "esac\n";
}

std::string fish(const Arguments& app) {
  std::string out = "# fish completion of minimand\n";
  for (const Named& n : subcommands(app))
    out += "complete -c minimand -n __fish_use_subcommand -f -a " + n.name + " -d '" + in_shell(n.text) + "'\n";
  for (const Arguments& sub : app.subcommands()) {
    for (const Named& n : options(sub))
      out += "complete -c minimand -n '__fish_seen_subcommand_from " + sub.name() + "' -l " + n.name.substr(2) +
             (n.value.empty() ? "" : " -r") + " -d '" + in_shell(n.text) + "'\n";
  }
  return out;
}

// A hyphen of an option stays one, and a line may not begin with a command of troff.
std::string troff(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') out += "\\e";
    else if (c == '-') out += "\\-";
    else if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n')) out += std::string("\\&") + c;
    else out += c;
  }
  return out;
}

std::string items(const std::vector<Named>& list) {
  std::string out;
  for (const Named& n : list) {
    out += ".TP\n\\fB" + troff(n.name) + "\\fR";
    if (!n.value.empty()) out += " \\fI" + troff(n.value) + "\\fR";
    out += '\n' + troff(n.text) + '\n';
  }
  return out;
}

std::string examples(const Arguments& app) {
  return app.examples().empty() ? "" : ".PP\n.nf\n" + troff(app.examples()) + "\n.fi\n";
}

// Of the help: a name, and from a column on what it is.
std::string row(const std::string& left, const std::string& right) {
  constexpr std::size_t column = 30;
  const bool fits = left.size() + 4 <= column;
  const std::string fill = fits ? std::string(column - 2 - left.size(), ' ') : '\n' + std::string(column, ' ');
  return "  " + left + fill + wrapped(right, 100, column) + '\n';
}

}  // namespace

std::string help(const Arguments& app) {
  std::string out = app.what() + "\n\n";
  std::istringstream examples(app.examples());
  for (std::string line; std::getline(examples, line);) out += "  " + line + '\n';
  out += '\n';
  for (const Named& n : subcommands(app)) out += row(n.name, n.text);
  if (!app.subcommands().empty()) out += '\n';
  for (const bool positional : {true, false}) {
    for (const Option& o : app.options()) {
      if (o.positional() != positional) continue;
      out += row(o.names() + (positional || o.value().empty() ? "" : ' ' + o.value()), o.what());
    }
  }
  return out;
}

std::string completion(const Arguments& app, const std::string& shell) {
  return shell == "bash" ? bash(app) : shell == "zsh" ? zsh(app) : fish(app);
}

std::string man_page(const Arguments& app) {
  std::string out = ".TH MINIMAND 1 \"\" \"minimand " MINIMAND_VERSION "\" \"User Commands\"\n.SH NAME\nminimand \\- " +
                    troff(app.what()) + "\n.SH SYNOPSIS\n\\fBminimand\\fR \\fISUBCOMMAND\\fR [\\fIOPTIONS\\fR]\n" +
                    examples(app) + ".SH OPTIONS\n" + items(options(app));
  for (const Arguments& sub : app.subcommands()) {
    out += ".SH \"minimand " + sub.name() + "\"\n" + troff(sub.what()) + '\n' + examples(sub) +
           items(options(sub, true)) + items(options(sub));
  }
  return out +
         ".SH \"EXIT STATUS\"\n0 success; 1 training diverged or a flag was raised; 2 wrong usage; 65 malformed data; 66 no "
         "such input; 70 internal error; 71 out of memory; 73 output cannot be created; 74 input or output failed; 77 not "
         "permitted; 78 data, model or machine do not fit, or a file of options is wrong; 128 + n ended by signal n.\n";
}

}  // namespace minimand::cli
