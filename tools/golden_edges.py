#!/usr/bin/env python3
"""Writes tests/edges/<loss>.csv: what each loss gives at kinks, infinities, NaN, overflow and illegal input.

Limits are typed here by hand; `=` stands for the finite number that the textbook formula of golden.py gives.
"""
import pathlib

from mpmath import mp, mpf

import golden_edge_entries  # fills the table
import golden_edge_pointwise  # fills the table
import golden_edge_rowwise  # fills the table
from golden_edge_table import ROWS
from golden_pointwise import POINTWISE
from golden_rowwise import ROW
from golden_solve import pointwise_row, row_row
from golden_numbers import hexf, parameters, result, to_type

HERE = pathlib.Path(__file__).resolve().parent.parent / "tests" / "edges"
HEADER = """# Edge rows of {name}, written by tools/golden_edges.py: limits by hand, finite numbers by mpmath at 60 digits.
# 0, inf and nan are compared bitwise (zero is +0, NaN the positive quiet one); finite numbers within the bound of
# the accuracy contract, in ULP of the exact value floored at the least subnormal.
# `error:CODE` in the value column: the call fails so (`/` separates codes that will do). `-` checks nothing.
# Target: iN an integer class index, fX an index given as a floating-point number, else values.
# flags: those raised by the call with value, gradient and curvature; empty is none, `-` unchecked, `?` may be there.
# columns: loss | type | prediction | target | value | gradient | curvature | options | flags | why
"""


def numbers(cell, kind):
    """Exact inputs of a cell: numbers separated by blanks; decimals are rounded to the type."""
    out = []
    for word in cell.split():
        out.append(float.fromhex(word) if "0x" in word else to_type(float(word), "f64" if kind == "f16" else kind))
    return out


def shown(v, kind):
    return v if isinstance(v, str) else result(mpf(v), kind)


def textbook(text, kind, x, t, options):
    """The cells of value, gradient, curvature by golden.py."""
    compute = "f32" if kind == "f16" else kind
    with mp.workdps(400):
        if text.split(":")[0] in POINTWISE:
            row = pointwise_row(text, compute, numbers(x, kind)[0], numbers(t, kind)[0])
        else:
            target = int(t[1:]) if t[0] == "i" else int(float(t[1:])) if t[0] == "f" else numbers(t, kind)
            keep = " ".join(o for o in options.split() if o.startswith("class_weight"))
            row = row_row(text, compute, numbers(x, kind), target, keep)
    return row[4:7], row[8:10]


def line(name, entry, kind):
    suffix, _, x, t, v, g, h, options, flags, why = entry
    text = name + suffix
    cells, extra = [v, g, h], ["", ""]
    if "=" in cells:
        book, extra = textbook(text, kind, x, t, options)
        cells = [b if c == "=" else c for b, c in zip(book, cells)]
    p = parameters(text, kind, (POINTWISE.get(name) or ROW[name])[0]) if any(callable(c) for c in cells) else {}
    with mp.workdps(60):
        cells = [shown(c(p) if t[0] in "if" else c(p, *[mpf(a) for a in numbers(t, kind)]), kind) if callable(c) else c for c in cells]
        cells = [" ".join(w if w in ("inf", "-inf", "nan", "-") or "+" in w or w.startswith("error") or "0x" in w else result(mpf(w), kind)
                          for w in c.split()) for c in cells]
    inputs = " ".join(hexf(a) for a in numbers(x, kind))
    target = t if t[0] == "i" and t[1:2] != "n" else "f" + hexf(float(t[1:])) if t[0] == "f" else " ".join(hexf(a) for a in numbers(t, kind))
    return " | ".join([text, kind, inputs, target, *cells, options, flags, *extra, why])


def main():
    HERE.mkdir(parents=True, exist_ok=True)
    for name, entries in ROWS.items():
        rows = [line(name, e, kind) for e in entries for kind in e[1].split()]
        head = HEADER.format(name=name).replace("flags | why", "flags | condition | measure | why")
        (HERE / f"{name}.csv").write_text(head + "".join(r + "\n" for r in rows))
        print(f"{name}: {len(rows)} rows")


if __name__ == "__main__":
    main()
