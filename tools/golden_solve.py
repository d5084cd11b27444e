"""One golden row: value and derivatives by mpmath.diff and by a closed form, with more digits until both agree."""
from mpmath import mp, mpf

from golden_numbers import hexf, parameters, result, to_type
from golden_pointwise import POINTWISE, pointwise_notes
from golden_rowwise import ROW, row_closed, row_notes


def notes(entries):
    out = []
    for key, v in entries.items():
        v = v if isinstance(v, list) else [v]
        if any(x for x in v):
            out.append(f"{key}=" + ",".join(mp.nstr(mpf(x), 6, strip_zeros=True) for x in v))
    return " ".join(out)


DIGITS = 60


def agree(a, b, scale):
    return abs(a - b) <= mpf(10)**(10 - DIGITS) * (max(abs(scale), mpf(10)**-380) if scale else 1)


def solve(compute):
    """compute() gives pairs (by mpmath.diff, closed form); the precision grows until both agree."""
    for digits in (100, 200, 500, 1200, 2600):
        with mp.workdps(digits):
            pairs = compute()
            if all(agree(a, b, b) for a, b in pairs):
                return [a if abs(b) > mpf(10)**-380 else mpf(0) for a, b in pairs]
    raise ArithmeticError("closed form and mpmath.diff differ: " + str([(mp.nstr(a, 20), mp.nstr(b, 20)) for a, b in pairs]))


def pointwise_row(text, kind, x, t, source="mpmath"):
    name = text.split(":")[0]
    defaults, value, closed = POINTWISE[name]
    x, t = mpf(to_type(x, kind)), mpf(to_type(t, kind))

    def compute():
        p = parameters(text, kind, defaults)
        f = lambda u: value(u, t, p)  # noqa: E731
        v, g, h = f(x), mp.diff(f, x), mp.diff(f, x, 2)
        with mp.workdps(2 * mp.dps):
            again = f(x)
            form = closed(x, t, p)
            if form is None:  # no closed form typed: the same derivative at twice the digits
                form = mp.diff(f, x), mp.diff(f, x, 2)
        return [(v, again), (g, mpf(form[0])), (h, mpf(form[1]))]

    v, g, h = solve(compute)
    with mp.workdps(1300):
        k, m = pointwise_notes(name, x, t, parameters(text, kind, defaults), kind)
    return [text, kind, hexf(float(x)), hexf(float(t)), result(v, kind), result(g, kind), result(h, kind), "",
            notes(k), notes(m), source]


def logits_of(cell, kind):
    if isinstance(cell, str):
        n = int(cell.split(":")[1])
        return [mpf((j * 40503) % 65536) / 4096 - 8 for j in range(n)]
    return [mpf(to_type(x, kind)) for x in cell]


def row_row(text, kind, cell, target, options="", source="mpmath", only=None):
    name = text.split(":")[0]
    defaults, value = ROW[name]
    z = logits_of(cell, kind)
    n = len(z)
    w = [mpf(1)] * n
    for part in options.split():
        key, entries = part.split("=")
        assert key == "class_weight"
        w = [mpf(to_type(float.fromhex(a), kind)) for a in entries.split(",")]
    if isinstance(target, int):
        t, shown = [mpf(int(j == target)) for j in range(n)], f"i{target}"
    else:
        t = [mpf(to_type(a, kind)) for a in target]
        shown = " ".join(hexf(float(a)) for a in t)
    some = range(n) if only is None else only

    def compute():
        p = parameters(text, kind, defaults)
        with mp.workdps(2 * mp.dps):
            again = value(z, t, p, w)
            g, h = row_closed(name, z, t, p, w)
        pairs = [(value(z, t, p, w), again)]
        for order, form in ((1, g), (2, h)):
            for j in some:
                if n > 100:  # the sums over the other classes do not change
                    rest = mp.fsum(mp.exp(x) for i, x in enumerate(z) if i != j)
                    own = mp.fsum(a * x for i, (a, x) in enumerate(zip(t, z)) if i != j)
                    f = lambda u: mp.log(rest + mp.exp(u)) - own - t[j] * u  # noqa: E731,B023
                else:
                    f = lambda u: value([u if i == j else x for i, x in enumerate(z)], t, p, w)  # noqa: E731,B023
                pairs.append((mp.diff(f, z[j], order), form[j]))
        return pairs

    out = solve(compute)
    with mp.workdps(1300 if n < 100 else 60):
        k, m = row_notes(name, z, t, parameters(text, kind, defaults), w, kind)
    if only is not None:
        k = {key: [v[j] for j in some] if isinstance(v, list) else v for key, v in k.items()}
    tags = [""] * n if only is None else [f"{j}:" for j in some]
    m_out = len(list(some))
    cells = [" ".join(a + result(x, kind) for a, x in zip(tags, out[i:i + m_out])) for i in (1, 1 + m_out)]
    return [text, kind, cell if isinstance(cell, str) else " ".join(hexf(float(x)) for x in z), shown,
            result(out[0], kind), *cells, options, notes(k), notes(m), source]
