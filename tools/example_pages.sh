#!/bin/bash
# The pages of docs/examples and the programs they show.
#   tools/example_pages.sh PROGRAMS           runs each program, writes its picture and its printed numbers again
#   tools/example_pages.sh --check PROGRAMS   fails if a page quotes a line that its program does not have, lacks its
#                                             picture or a place in the list, or shows other numbers; those of
#                                             trainings are not compared, they depend on the matrix library
set -euo pipefail
cd "$(dirname "$0")/.."
check=no
if [ "${1:-}" = --check ]; then check=yes; shift; fi
programs=${1:?"the folder of the programs, as in build/release/examples"}
pages=docs/examples
failed=0

complain() {
  echo "$1" >&2
  failed=1
}
# The lines of the fenced blocks of a kind: block KIND < PAGE
block() {
  awk -v open='```'"$1" '$0 == open { inside = 1; next } $0 == "```" { inside = 0 } inside'
}

for source in $(grep -l '"page.h"' examples/*.cpp); do
  program=$(basename "$source" .cpp)
  name=${program#*_}
  page=$pages/$name.md
  if [ ! -f "$page" ]; then complain "$source has no page $page"; continue; fi
  [ $check = no ] || [ -f "$pages/$name.svg" ] || complain "$page has no picture $name.svg"
  grep -qF "($name.md)" $pages/README.md || complain "$pages/README.md does not list $name.md"
  while IFS= read -r line; do
    grep -qxF -- "$line" "$source" || complain "$page quotes what $source does not have: $line"
  done < <(block cpp < "$page")

  if [ $check = yes ]; then
    if grep -q '#include "learn/' "$source"; then continue; fi
    diff <(block text < "$page") <("$programs/$program") >&2 || complain "$page shows other numbers than $program"
    continue
  fi
  status=0
  printed=$("$programs/$program" $pages) || status=$?
  if [ $status = 77 ]; then echo "$program: $printed"; continue; fi
  if [ $status != 0 ]; then complain "$program ends with $status"; continue; fi
  PRINTED=$printed awk '
    $0 == "```text" { print; print ENVIRON["PRINTED"]; inside = 1; next }
    $0 == "```" { inside = 0 }
    !inside' "$page" > "$page.new"
  mv "$page.new" "$page"
done
[ $check = yes ] || echo "wrote the pictures and numbers of $pages"
exit $failed
