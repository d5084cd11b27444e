#!/usr/bin/env python3
"""Writes tests/golden/<loss>.csv: the textbook formula of each loss, its derivatives taken by mpmath.diff.

    golden.py            writes the rows computed here and keeps the rows that come from elsewhere
    golden.py outside    computes the rows of torch, scikit-learn, SciPy and optax anew, keeps the others

Needs Python 3.11 and mpmath; `outside` needs the packages it records. Nothing here is shared with the library:
the formulas are typed from their definitions, so a mistake in one place is not repeated in the other.
"""
import sys

import golden_rows
from golden_file import existing, write
from golden_pointwise import POINTWISE
from golden_rowwise import ROW


def main(argv):
    if argv == ["outside"]:
        import golden_outside
        for name in list(POINTWISE) + list(ROW):
            write(name, existing(name, "mpmath") + golden_outside.rows(name))
        return
    for name in list(POINTWISE) + list(ROW):
        rows = golden_rows.pointwise(name) if name in POINTWISE else golden_rows.row(name)
        write(name, rows + existing(name, "outside"))
        print(f"{name}: {len(rows)} rows")


if __name__ == "__main__":
    main(sys.argv[1:])
