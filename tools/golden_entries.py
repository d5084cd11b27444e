"""Textbook formulas of the losses that are functions of a residual, of a margin, or of an input and a positive target.

Each entry says all that its golden rows need: what the loss is, at which parameters and inputs it is asked for, and what
of it is a difference of terms. Derivatives are taken by mpmath.diff, twice, with more digits the second time.
"""
from typing import NamedTuple

from mpmath import mp, mpf

from golden_numbers import binade, inexact, sigmoid, steepness

# None of these lands on a kink or is an integer; from below rounding to far in the tails.
RESIDUALS = [(0.3, 0.1), (-1.7, 0.45), (2.9, 3.61), (-0.123, -0.122), (1e-4, 0.0), (-3.3e-7, 0.0), (12.71, -7.59),
             (-103.3, 17.11), (0.7000001, 0.7), (33333.33, 0.77), (-8.1e8, 1.3e5), (0.52, -0.48)]
MARGINS = [0.3, -1.7, 0.99994, 1.0001, -0.99994, 17.3, -33.3, 1e-3, -0.4567, 0.2501]
RATES = [(0.3, 0.1), (1.7, 2.5), (2.9, 0.0), (0.9999, 1.0), (123.4, 119.0), (1e-4, 3.0), (33333.3, 2.7)]
PROBABILITIES = [(0.1, 0), (0.9, 1), (0.3333, 0.25), (0.5000001, 0.5), (1e-7, 0), (0.9999999, 1), (0.75, 0.3)]


class Entry(NamedTuple):
    value: object                 # of (d, p), d the residual; of (m, p), m the margin; or of (x, t, p)
    defaults: dict = {}
    texts: tuple = ("",)          # parameters the rows are computed at
    terms: object = None          # of the same arguments: {v, g, h: |a| + |b|} where the result is a difference
    roundings: int = 1            # of the argument on its way into the function: 2 if it is divided too


def huber(d, k):
    return d * d / 2 if abs(d) <= k else k * (abs(d) - k / 2)


def side(d, tau, closed):
    return 1 - tau if d > 0 or (closed and d == 0) else tau


def positive(x):
    return x if x > 0 else mpf(0)


HALF = mpf(0.5)
RESIDUAL = {
    "expectile": Entry(lambda d, p: side(d, p["tau"], True) * d**2, {"tau": HALF}, ("", ":tau=0.1", ":tau=0.9")),
    "epsilon_insensitive": Entry(lambda d, p: positive(abs(d) - p["epsilon"]), {"epsilon": mpf(0.1)}, ("", ":epsilon=0.75"),
                                 lambda d, p: {"v": abs(d) + p["epsilon"]} if abs(d) > p["epsilon"] else {}),
    "squared_epsilon_insensitive": Entry(
        lambda d, p: positive(abs(d) - p["epsilon"])**2, {"epsilon": mpf(0.1)}, ("", ":epsilon=0.75"),
        lambda d, p: {"v": 2 * (abs(d) - p["epsilon"]) * (abs(d) + p["epsilon"]), "g": 2 * (abs(d) + p["epsilon"])}
        if abs(d) > p["epsilon"] else {}),
    "logistic_distance": Entry(lambda d, p: 2 * mp.log(mp.cosh(d / 2))),
    "quantile_huber": Entry(lambda d, p: side(d, p["tau"], False) * huber(d, p["kappa"]) / p["kappa"], {"tau": HALF, "kappa": mpf(1)},
                            ("", ":tau=0.9", ":tau=0.1:kappa=0.3"), roundings=2),
    "berhu": Entry(lambda d, p: abs(d) if abs(d) <= p["c"] else (d**2 + p["c"]**2) / (2 * p["c"]), {"c": mpf(1)},
                   ("", ":c=0.3", ":c=7.7"), roundings=2),
    "truncated_squared": Entry(lambda d, p: min(d**2, p["c"]**2) / 2, {"c": mpf(2)}, ("", ":c=0.3", ":c=77.7")),
    "pseudo_huber": Entry(lambda d, p: p["delta"]**2 * (mp.sqrt(1 + (d / p["delta"])**2) - 1), {"delta": mpf(1)},
                          ("", ":delta=0.3", ":delta=7.7"), roundings=2),
    "charbonnier": Entry(lambda d, p: mp.sqrt(d**2 + p["epsilon"]**2) - p["epsilon"], {"epsilon": mpf(1e-3)},
                         ("", ":epsilon=0.3"), roundings=2),
}
MARGIN = {
    "soft_margin": Entry(lambda m, p: mp.log(1 + mp.exp(-m))),
    "exponential": Entry(lambda m, p: mp.exp(-m)),
    "modified_huber": Entry(lambda m, p: positive(1 - m)**2 if m >= -1 else -4 * m),
    "perceptron": Entry(lambda m, p: positive(-m)),
    "binary_sparsemax": Entry(lambda m, p: mpf(0) if m >= 1 else -m if m <= -1 else (1 - m)**2 / 4),
    "smooth_hinge": Entry(lambda m, p: mpf(0) if m >= 1 else 1 - m - p["gamma"] / 2 if m <= 1 - p["gamma"] else (1 - m)**2 / (2 * p["gamma"]),
                          {"gamma": mpf(1)}, ("", ":gamma=0.3", ":gamma=2.6"), roundings=2),
    "ramp": Entry(lambda m, p: min(positive(1 - m), mpf(2))),
    "sigmoid_margin": Entry(lambda m, p: 1 - mp.tanh(m)),
    "savage": Entry(lambda m, p: sigmoid(-m)**2,
                    terms=lambda m, p: {"h": 2 * sigmoid(-m)**2 * sigmoid(m) * (2 * sigmoid(m) + sigmoid(-m))}),
}
OF_TARGET = {
    "brier": (Entry(lambda x, t, p: (x - t)**2), PROBABILITIES),
    "poisson_rate": (Entry(lambda x, t, p: x - (t * mp.log(x) if t else 0),
                           terms=lambda x, t, p: {"v": x + abs(t * mp.log(x)), "g": 1 + t / x}), RATES),
}


def signed(t, p):
    return 2 * t - 1 if p["labels"] == "01" else t


def of_margin(entry):
    return lambda x, t, p: entry.value(signed(t, p) * x, p)


def of_residual(entry):
    return lambda x, t, p: entry.value(x - t, p)


# name: (defaults, value, closed form), as POINTWISE of golden_pointwise.py has them.
FORMULAS = {name: (e.defaults, of_residual(e), lambda x, t, p: None) for name, e in RESIDUAL.items()}
FORMULAS |= {name: ({"labels": "pm1", **e.defaults}, of_margin(e), lambda x, t, p: None) for name, e in MARGIN.items()}
FORMULAS |= {name: (e.defaults, e.value, lambda x, t, p: None) for name, (e, _) in OF_TARGET.items()}


def pairs(name):
    if name in RESIDUAL:
        return [(name + text, pair) for text in RESIDUAL[name].texts for pair in RESIDUALS]
    if name in MARGIN:
        rows = [(name + text, (z, t)) for text in MARGIN[name].texts for z in MARGINS for t in (1, -1)]
        return rows + [(name + ":labels=01", (z, t)) for z in MARGINS[:4] for t in (0, 1)]
    entry, points = OF_TARGET[name]
    return [(name + text, pair) for text in entry.texts for pair in points]


def steep(f, at, roundings):
    """How a rounded argument moves value, gradient and curvature, for each of its roundings."""
    k = {}
    for order, key in enumerate("vgh"):
        exact, slope = mp.diff(f, at, order), mp.diff(f, at, order + 1)
        if abs(exact) < mpf(10)**-300:
            continue
        k[key] = roundings * steepness(*(abs(size(at) * slope / exact) for size in (abs, binade)), exact)
    return k


def notes(name, x, t, p, kind):
    """(condition, measure) of a row, each a dict over v, g, h."""
    if name in OF_TARGET:
        entry = OF_TARGET[name][0]
        return {}, entry.terms(x, t, p) if entry.terms else {}
    if name in RESIDUAL:
        entry, d = RESIDUAL[name], x - t
        k = steep(lambda u: entry.value(u, p), d, entry.roundings) if inexact(d, kind) or entry.roundings > 1 else {}
        return k, entry.terms(d, p) if entry.terms else {}
    entry, m = MARGIN[name], signed(t, p) * x
    k = steep(lambda s: entry.value(1 - s, p), 1 - m, entry.roundings) if inexact(1 - m, kind) or entry.roundings > 1 else {}
    return k, entry.terms(m, p) if entry.terms else {}
