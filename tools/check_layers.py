#!/usr/bin/env python3
"""Fails if an #include points up the layers, a loss file includes anything, or a file has grown out of its room.

The layers, from the top: cli | learn, io, picture | api (include/minimand, src/api) | run | kernels | engine | jet |
primitives | number | facts, losses. HACKING.md says what lies in each.
"""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WARN_LINES, MAX_LINES = 300, 400
SUFFIXES = {".h", ".hpp", ".cpp", ".inc", ".def"}

# What a file of each layer may include, besides its own layer and `common`.
NUMERICS = {"primitives", "number", "facts"}
ALLOWED = {
    "losses": set(),
    "facts": set(),
    "number": {"facts"},
    "primitives": {"number", "facts"},
    "jet": NUMERICS,
    "engine": NUMERICS | {"jet"},
    "kernels": NUMERICS | {"jet", "engine", "losses"},
    "run": NUMERICS | {"jet", "engine", "kernels"},
    "public": set(),
    "custom": NUMERICS | {"jet", "engine", "kernels", "run", "public"},
    "api": NUMERICS | {"jet", "engine", "kernels", "run", "public", "losses"},
    "io": {"public", "api"},
    "learn": NUMERICS | {"kernels", "run", "public", "api", "io"},  # the pool, conversions, facts
    "picture": set(),
    "cli": {"facts", "public", "api", "io", "learn", "picture"},
    "examples": {"public", "custom", "learn", "io", "picture"},
}
COMMON = {"include/minimand/error.hpp", "include/minimand/error_codes.def", "include/minimand/array.hpp",
          "include/minimand/call.hpp"}
# One file below the public headers that a layer may know all the same: there is one pool of threads in a process.
ALSO = {"learn": {"src/run/pool.h"}}
# Written by a tool: as long as the catalogue.
GENERATED = {"include/minimand/losses.hpp"}
# These hold data and formulas alone: not even the standard library.
BARE = {"losses", "facts"}


def layer(path: Path) -> str | None:
    name = path.relative_to(ROOT).as_posix()
    if name in COMMON:
        return "common"
    if name == "include/minimand/custom.hpp":
        return "custom"
    if name.startswith("include/minimand/"):
        return "public"
    top, _, rest = name.partition("/")
    return rest.partition("/")[0] if top == "src" else top


def resolve(source: Path, included: str, quoted: bool) -> Path | None:
    roots = ([source.parent] if quoted else []) + [ROOT / "src", ROOT, ROOT / "include"]
    for root in roots:
        path = (root / included).resolve()
        if path.is_file() and ROOT in path.parents:
            return path
    return None


def complaints(path: Path):
    name = path.relative_to(ROOT).as_posix()
    own = layer(path)
    text = path.read_text(encoding="utf-8")
    if own != "common" and own not in ALLOWED:
        yield f"{name}: lies in no layer; add '{own}' to tools/check_layers.py"
        return
    for number, line in enumerate(text.splitlines(), 1):
        match = re.match(r'\s*#\s*include\s*(["<])([^">]+)[">]', line)
        if not match:
            continue
        target = resolve(path, match[2], match[1] == '"')
        other = layer(target) if target else None
        if name == "losses/catalogue.h" and other == "losses":
            continue
        if own in BARE and not (own == "facts" and other == "facts"):
            yield f"{name}:{number}: {own} include nothing, but this includes {match[2]}"
        elif own == "common" and other not in (None, "common"):
            yield f"{name}:{number}: is used by every layer and cannot include {match[2]}"
        elif target and target.relative_to(ROOT).as_posix() in ALSO.get(own, set()):
            continue
        elif other not in (None, own, "common") and other not in ALLOWED.get(own, set()):
            yield f"{name}:{number}: {own} may not include {match[2]} ({other})"
    lines = text.count("\n")
    if lines > MAX_LINES and own != "examples" and name not in GENERATED:
        yield f"{name}: {lines} lines; the limit is {MAX_LINES}, the habit {WARN_LINES}"


def main() -> int:
    files = sorted(p for top in ("losses", "include", "src", "cli", "examples") for p in (ROOT / top).rglob("*")
                   if p.suffix in SUFFIXES and p.is_file())
    found = [c for path in files for c in complaints(path)]
    hand_written = [p for p in files if p.relative_to(ROOT).as_posix() not in GENERATED]
    long = [(n, p) for p in hand_written if WARN_LINES < (n := p.read_text(encoding="utf-8").count("\n")) <= MAX_LINES]
    for lines, path in sorted(long, reverse=True):
        print(f"note: {path.relative_to(ROOT)} has {lines} lines; two rooms in one?")
    for complaint in found:
        print(complaint)
    print(f"layers: {len(files)} files, {len(found)} complaints")
    return 1 if found or not files else 0


if __name__ == "__main__":
    sys.exit(main())
