// Walks the subcommands and their options.
#include "cli/manual.h"

#include <vector>

namespace minimand::cli {
namespace {

struct Named {
  std::string name, text, value;
};

std::vector<Named> subcommands(const CLI::App& app) {
  std::vector<Named> out;
  for (const CLI::App* sub : app.get_subcommands({})) out.push_back({sub->get_name(), sub->get_description(), ""});
  return out;
}
std::vector<Named> options(const CLI::App& app, bool positional = false) {
  std::vector<Named> out;
  for (const CLI::Option* o : app.get_options()) {
    if (o->get_positional() != positional || o->get_group().empty()) continue;
    out.push_back({o->get_single_name(), o->get_description(), positional ? "" : o->get_option_text()});
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

std::string bash(const CLI::App& app) {
  std::string out =
      "# bash completion of minimand\n"
      "_minimand() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} words\n"
      "  case ${COMP_WORDS[1]} in\n";
  for (const CLI::App* sub : app.get_subcommands({}))
    out += "    " + sub->get_name() + ") words='" + words(options(*sub)) + "' ;;\n";
  out += "    *) words='" + words(subcommands(app)) + ' ' + words(options(app)) + "' ;;\n";
  out +=
      "  esac\n"
      "  COMPREPLY=()\n"
      "  if [[ $COMP_CWORD == 1 || $word == -* ]]; then COMPREPLY=($(compgen -W \"$words\" -- \"$word\")); fi\n"
      "}\n"
      "complete -o default -F _minimand minimand\n";
  return out;
}

std::string zsh(const CLI::App& app) {
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
  for (const CLI::App* sub : app.get_subcommands({})) {
    out += "  " + sub->get_name() + ") _arguments '*:file:_files'";
    for (const Named& n : options(*sub))
      out += " '" + n.name + '[' + escaped(n.text) + ']' + (n.value.empty() ? "" : ":" + escaped(n.value) + ":_files") + "'";
    out += " ;;\n";
  }
  return out + "esac\n";
}

std::string fish(const CLI::App& app) {
  std::string out = "# fish completion of minimand\n";
  for (const Named& n : subcommands(app))
    out += "complete -c minimand -n __fish_use_subcommand -f -a " + n.name + " -d '" + in_shell(n.text) + "'\n";
  for (const CLI::App* sub : app.get_subcommands({})) {
    for (const Named& n : options(*sub))
      out += "complete -c minimand -n '__fish_seen_subcommand_from " + sub->get_name() + "' -l " + n.name.substr(2) +
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

std::string examples(const CLI::App& app) {
  return app.get_footer().empty() ? "" : ".PP\n.nf\n" + troff(app.get_footer()) + "\n.fi\n";
}

}  // namespace

std::string completion(const CLI::App& app, const std::string& shell) {
  return shell == "bash" ? bash(app) : shell == "zsh" ? zsh(app) : fish(app);
}

std::string man_page(const CLI::App& app) {
  std::string out = ".TH MINIMAND 1 \"\" \"minimand " MINIMAND_VERSION "\" \"User Commands\"\n.SH NAME\nminimand \\- " +
                    troff(app.get_description()) + "\n.SH SYNOPSIS\n\\fBminimand\\fR \\fISUBCOMMAND\\fR [\\fIOPTIONS\\fR]\n" +
                    examples(app) + ".SH OPTIONS\n" + items(options(app));
  for (const CLI::App* sub : app.get_subcommands({})) {
    out += ".SH \"minimand " + sub->get_name() + "\"\n" + troff(sub->get_description()) + '\n' + examples(*sub) +
           items(options(*sub, true)) + items(options(*sub));
  }
  return out +
         ".SH \"EXIT STATUS\"\n0 success; 1 training diverged or a flag was raised; 2 wrong usage; 65 malformed data; 66 no "
         "such input; 70 internal error; 71 out of memory; 73 output cannot be created; 74 input or output failed; 77 not "
         "permitted; 78 data, model or machine do not fit, or a file of options is wrong; 128 + n ended by signal n.\n";
}

}  // namespace minimand::cli
