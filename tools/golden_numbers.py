"""Numbers of the golden rows: rounding to a type, hexadecimal text, parameters of a loss text."""
import math
import struct

from mpmath import mp, mpf


def to_type(x, kind):
    """The nearest number of the type, as a Python float."""
    return struct.unpack("f", struct.pack("f", float(x)))[0] if kind == "f32" else float(x)


def hexf(x):
    """Shortest C99 %a of a Python float."""
    if x != x:
        return "nan"
    if x in (float("inf"), float("-inf")):
        return "inf" if x > 0 else "-inf"
    if x == 0:
        return "-0x0p+0" if math.copysign(1, x) < 0 else "0x0p+0"
    mantissa, exponent = float(x).hex().split("p")
    return (mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa) + "p" + exponent


def result(x, kind):
    hi = float(x)
    lo = 0.0 if kind == "f32" or not mp.isfinite(x) or abs(hi) == float("inf") else float(mpf(x) - mpf(hi))
    return hexf(hi) + ("+" + hexf(lo) if lo else "")


def parameters(text, kind, defaults):
    p = dict(defaults)
    for part in text.split(":")[1:]:
        key, value = part.split("=")
        assert key in p, text
        p[key] = value if key == "labels" else value == "true" if value in ("true", "false") else (
            None if value == "none" else mpf(to_type(float(value), kind)))
    return p


def sigmoid(x):
    return 1 / (1 + mp.exp(-x))


def xlogx(t):
    return t * mp.log(t) if t else mpf(0)


def inexact(d, kind):
    return mpf(to_type(float(d), kind)) != d


def binade(x):
    """The power of two at or below |x|."""
    return mpf(2)**mp.floor(mp.log(abs(x), 2)) if x else mpf(0)


def steepness(relative, literal, exact):
    """The k of `bound + k/2`: |d f'/f|, or what half an ulp of d really moves f in ULP of f, if that is more.

    Half an ulp of d is u binade(d), an ULP of f is 2u binade(f): their ratio lies between k/4 and k.
    """
    return max(relative, literal * abs(exact) / binade(exact)) if exact else mpf(0)
