#!/bin/bash
# check.sh SOURCE COMPILER FLAGS...: the correct form compiles, the mistake fails with the message it expects.
set -euo pipefail
source=$1
shift
expected=$(sed -n '1,10s|^// EXPECT: *||p' "$source")
if [ -z "$expected" ]; then
  echo "$source: has no line '// EXPECT: text' at its top"
  exit 1
fi
if ! said=$("$@" -fsyntax-only -DCORRECT "$source" 2>&1); then
  printf '%s: the correct form does not compile:\n%s\n' "$source" "$said"
  exit 1
fi
if said=$("$@" -fsyntax-only "$source" 2>&1); then
  echo "$source: the mistake compiles"
  exit 1
fi
first=$(grep -m1 'error:' <<<"$said" || true)
if [[ "$first" != *"$expected"* ]]; then
  printf '%s: the first error should contain\n  %s\nbut it is\n  %s\n' "$source" "$expected" "$first"
  exit 1
fi
