"""The files of golden rows: their columns, reading and writing."""
import pathlib

HERE = pathlib.Path(__file__).resolve().parent.parent / "tests" / "golden"
COLUMNS = ("loss | type | prediction | target | value | gradient | curvature | options | condition | measure"
           " | source")
HEADER = f"""# Golden rows of {{name}}: what the loss and its derivatives by the prediction are.
# source: mpmath, 60 digits or more, textbook formula, derivatives by mpmath.diff and checked against a closed
# form to 50 digits (tools/golden.py). Rows with another name in the last column were computed by that package
# in float64 from inputs that float32 holds, and agree with mpmath to 2^-37.
# Numbers are hexadecimal floating point; in f64 rows a result is hi+lo. Inputs are exact in the row's type,
# parameters are rounded to it. A row loss has one entry per class; `3:x` gives class 3 only, `-` checks nothing;
# `ramp:K` is the K logits ((j*40503) mod 65536)/4096 - 8. A target iN is a class index, else a distribution.
# condition: k, the steepness of the result in an intermediate that is itself rounded (a difference of logits, a
# residual, gamma ln q): k/2 ULP are allowed on top of the bound. k is abs(d f'/f), or what half an ulp of d moves f
# where that is more (half an ulp is between u/2 and u of d, an ULP between u and 2u of f).
# measure: v=, g=, h= followed by |a|+|b| where the result is a true difference: the error is then measured as
# |got - exact| / (u (|a| + |b|)), and k counts in the same unit.
# columns: {COLUMNS}
"""


def write(name, rows):
    HERE.mkdir(parents=True, exist_ok=True)
    body = "".join(" | ".join(r).rstrip() + "\n" for r in rows)
    (HERE / f"{name}.csv").write_text(HEADER.format(name=name) + body)


def existing(name, keep):
    path = HERE / f"{name}.csv"
    lines = path.read_text().splitlines() if path.exists() else []
    rows = [[c.strip() for c in line.split("|")] for line in lines if line and not line.startswith("#")]
    return [r for r in rows if (r[-1] == "mpmath") == (keep == "mpmath")]
