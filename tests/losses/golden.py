#!/usr/bin/env python3
"""Writes tests/golden/test_*.csv: rows of the losses that only the tests know, as tools/golden.py does for the others."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
import golden  # noqa: E402
from golden_numbers import hexf, parameters, result, to_type  # noqa: E402
from golden_rows import PAIRS, dyadic, wave  # noqa: E402
from golden_rowwise import lse, row_notes  # noqa: E402
from mpmath import mp, mpf  # noqa: E402

SOFTMAX = {"smoothing": mpf(0), "z_weight": mpf(0), "temperature": mpf(1), "softcap": None}


def cauchy(text, kind, x, t):
    x, t = mpf(to_type(x, kind)), mpf(to_type(t, kind))
    c = parameters(text, kind, {"scale": mpf(1.5)})["scale"]
    f = lambda u: c**2 / 2 * mp.log(1 + ((u - t) / c)**2)  # noqa: E731

    def compute():
        s = ((x - t) / c)**2
        return [(f(x), f(x)), (mp.diff(f, x), (x - t) / (1 + s)), (mp.diff(f, x, 2), (1 - s) / (1 + s)**2)]

    out = golden.solve(compute)
    s = ((x - t) / c)**2
    # Residual, quotient, square, logarithm and factor round; the curvature is the difference 1/(1+s) - 2s/(1+s)^2.
    notes = "v=6 g=6 h=6", f"h={mp.nstr(1 / (1 + s) + 2 * s / (1 + s)**2, 6)}"
    return [text, kind, hexf(float(x)), hexf(float(t)), *(result(a, kind) for a in out), "", *notes, "mpmath"]


def poly1(text, kind, z, target):
    z = [mpf(to_type(x, kind)) for x in z]
    n = len(z)
    index = isinstance(target, int)
    t = [mpf(int(j == target)) for j in range(n)] if index else [mpf(a) for a in target]
    eps = parameters(text, kind, {"epsilon": mpf(1)})["epsilon"]

    def value(u):
        ce = mp.fsum(a * (lse(u) - b) for a, b in zip(t, u))
        return ce + eps * (1 - mp.exp(-ce))

    def compute():
        ce = mp.fsum(a * (lse(z) - b) for a, b in zip(t, z))
        p = [mp.exp(a - lse(z)) for a in z]
        fade = eps * mp.exp(-ce)
        pairs = [(value(z), ce + eps - fade)]
        by = lambda j: lambda u: value([u if i == j else x for i, x in enumerate(z)])  # noqa: E731
        pairs += [(mp.diff(by(j), z[j]), (1 + fade) * (p[j] - t[j])) for j in range(n)]
        return pairs + [(mp.diff(by(j), z[j], 2), (1 + fade) * p[j] * (1 - p[j]) - fade * (p[j] - t[j])**2)
                        for j in range(n)]

    out = golden.solve(compute)
    ce = mp.fsum(a * (lse(z) - b) for a, b in zip(t, z))
    p, fade = [mp.exp(a - lse(z)) for a in z], eps * mp.exp(-ce)
    # Those of the cross-entropy inside, and 8 for the polynomial on top of it.
    k, m = row_notes("softmax_cross_entropy", z, t, SOFTMAX, [mpf(1)] * n, kind)
    k = {key: [x + 8 for x in v] if isinstance(v, list) else v + 8 for key, v in k.items()}
    m = {key: [(1 + fade) * x for x in v] for key, v in m.items()}
    m["h"] = [(1 + fade) * a * (1 - a) + fade * (a + b)**2 for a, b in zip(p, t)]
    shown = f"i{target}" if index else " ".join(hexf(float(a)) for a in t)
    cells = [" ".join(result(x, kind) for x in out[i:i + n]) for i in (1, 1 + n)]
    return [text, kind, " ".join(hexf(float(x)) for x in z), shown, result(out[0], kind), *cells, "", golden.notes(k),
            golden.notes(m), "mpmath"]


def main():
    kinds = ("f32", "f64")
    golden.write("test_cauchy", [cauchy(text, kind, x, t) for kind in kinds
                                 for text in ("test_cauchy", "test_cauchy:scale=0.7") for x, t in PAIRS[:10]])
    logits = [[0.3, -1.7], [2.71, 2.7099, 2.6], [0.1, 0.2, 0.3, -20.3], wave(7, 3.1)]
    golden.write("test_poly1", [poly1(text, kind, z, t) for kind in kinds for text in ("test_poly1", "test_poly1:epsilon=2.5")
                                for z in logits for t in (0, 1, dyadic(len(z), 3))])


if __name__ == "__main__":
    main()
