#!/usr/bin/env python3
"""Fails if a tracked text names a path of somebody's machine, ends a line in blanks or carries an unfinished mark."""
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MACHINE = re.compile(r"(?<![\w.$}-])/(?:work|root|home|mnt)/")
TEMPORARY = re.compile(r"(?<![\w.$}-])/(?:tmp)/")
UNFINISHED = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X)\b")
# Files that are data: inputs of tests and fuzzers may hold anything.
DATA = re.compile(r"^tests/(?:.*/)?(?:corpus|data|goldens?)/|^LICENSE$")


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True)
    return [name for name in listed.stdout.decode().split("\0") if name]


def complaints(name: str):
    path = ROOT / name
    if DATA.match(name) or not path.is_file():
        return
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return
    if "\0" in text:
        return
    for number, line in enumerate(text.split("\n"), 1):
        if MACHINE.search(line) or (TEMPORARY.search(line) and not name.startswith("tests/")):
            yield f"{name}:{number}: a path of somebody's machine: {line.strip()[:100]}"
        if line != line.rstrip():
            yield f"{name}:{number}: blanks at the end of the line"
        if UNFINISHED.search(line):
            yield f"{name}:{number}: an unfinished mark: {line.strip()[:100]}"


def main() -> int:
    names = tracked()
    found = [c for name in names for c in complaints(name)]
    for complaint in found:
        print(complaint)
    print(f"text: {len(names)} files, {len(found)} complaints")
    return 1 if found or not names else 0


if __name__ == "__main__":
    sys.exit(main())
