#!/usr/bin/env python3
"""The README's table of losses, from the facts: prints what is stale and fails, or rewrites it with --write.

usage: readme_losses.py COMMAND [--write]   where COMMAND is the built minimand
"""
import json
import subprocess
import sys
from pathlib import Path

README = Path(__file__).resolve().parent.parent / "README.md"
BEGIN, END = "<!-- losses: written by tools/readme_losses.py -->\n", "<!-- end of losses -->"


def table(command: str) -> str:
    rows = json.loads(subprocess.run([command, "list", "--format", "json"], check=True, capture_output=True).stdout)
    lines = ["| family | loss | what it does | parameters |", "|---|---|---|---|"]
    for row in rows:
        parameters = ", ".join(f"`{p['name']}={p['default']}`" for p in row["parameters"])
        lines.append(f"| {row['family']} | `{row['name']}` | {row['summary']} | {parameters} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    text = README.read_text()
    head, rest = text.split(BEGIN)
    _, tail = rest.split(END)
    fresh = head + BEGIN + table(sys.argv[1]) + END + tail
    if fresh == text:
        return 0
    if "--write" in sys.argv[2:]:
        README.write_text(fresh)
        return 0
    print(f"README.md: the table of losses is stale; python3 tools/readme_losses.py {sys.argv[1]} --write")
    return 1


if __name__ == "__main__":
    sys.exit(main())
