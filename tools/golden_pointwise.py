"""Textbook formulas of the pointwise losses, in mpmath."""
from mpmath import mp, mpf

import golden_entries
from golden_numbers import binade, inexact, sigmoid, steepness

# value(x, t, p) is the textbook; closed(x, t, p) -> (g, h) serves as a cross-check only.


def d_huber(d, delta):
    return d * d / 2 if abs(d) <= delta else delta * (abs(d) - delta / 2)


def v_smooth_l1(x, t, p):
    return d_huber(x - t, p["beta"]) / p["beta"] if p["beta"] else abs(x - t)


def v_bce(x, t, p):
    return -(t * mp.log(x) if t else 0) - ((1 - t) * mp.log(1 - x) if t != 1 else 0)


def v_bcel(x, t, p):
    t = t * (1 - p["smoothing"]) + p["smoothing"] / 2
    q = sigmoid(x)
    return -p["pos_weight"] * t * mp.log(q) - (1 - t) * mp.log(1 - q)


def c_bcel(x, t, p):
    t = t * (1 - p["smoothing"]) + p["smoothing"] / 2
    a, b = (1 - t) * sigmoid(x), p["pos_weight"] * t * sigmoid(-x)
    return a - b, (1 + (p["pos_weight"] - 1) * t) * sigmoid(x) * sigmoid(-x)


def v_focal(x, t, p):
    q = sigmoid(x)
    pt = t * q + (1 - t) * (1 - q)
    at = t * p["alpha"] + (1 - t) * (1 - p["alpha"]) if p["alpha"] is not None else 1
    return at * (1 - pt) ** p["gamma"] * v_bcel(x, t, {"smoothing": mpf(0), "pos_weight": mpf(1)})


def c_focal(x, t, p):
    if t not in (0, 1):
        return None
    sign, gamma = 2 * t - 1, p["gamma"]
    a = 1 if p["alpha"] is None else p["alpha"] if t == 1 else 1 - p["alpha"]
    q, r, big = sigmoid(-sign * x), sigmoid(sign * x), mp.log(1 + mp.exp(-sign * x))
    return (-sign * a * q**gamma * (q + gamma * r * big),
            a * q**gamma * r * (q * (1 + 2 * gamma) + gamma * big * (gamma * r - q)))


def sgn(d):
    return mp.sign(d)


def margin(x, t, p):
    return (2 * t - 1 if p["labels"] == "01" else t) * x


def side(x, t, p):
    return 2 * t - 1 if p["labels"] == "01" else t


POINTWISE = {
    **golden_entries.FORMULAS,
    "squared_error": ({}, lambda x, t, p: (x - t)**2, lambda x, t, p: (2 * (x - t), 2)),
    "half_squared_error": ({}, lambda x, t, p: (x - t)**2 / 2, lambda x, t, p: (x - t, 1)),
    "absolute_error": ({}, lambda x, t, p: abs(x - t), lambda x, t, p: (sgn(x - t), 0)),
    "huber": ({"delta": mpf(1)}, lambda x, t, p: d_huber(x - t, p["delta"]),
              lambda x, t, p: (x - t, 1) if abs(x - t) <= p["delta"] else (p["delta"] * sgn(x - t), 0)),
    "smooth_l1": ({"beta": mpf(1)}, v_smooth_l1, lambda x, t, p: ((x - t) / p["beta"], 1 / p["beta"])
                  if abs(x - t) <= p["beta"] else (sgn(x - t), 0)),
    "log_cosh": ({}, lambda x, t, p: mp.log(mp.cosh(x - t)),
                 lambda x, t, p: (mp.tanh(x - t), mp.sech(x - t)**2)),
    "quantile": ({"tau": mpf(0.5)}, lambda x, t, p: max(p["tau"] * (t - x), (p["tau"] - 1) * (t - x)),
                 lambda x, t, p: (-p["tau"] if t > x else 1 - p["tau"], 0)),
    "binary_cross_entropy": ({}, v_bce, lambda x, t, p: ((x - t) / (x * (1 - x)), t / x**2 + (1 - t) / (1 - x)**2)),
    "binary_cross_entropy_with_logits": ({"pos_weight": mpf(1), "smoothing": mpf(0)}, v_bcel, c_bcel),
    "focal": ({"gamma": mpf(2), "alpha": None}, v_focal, c_focal),
    "poisson": ({"full": False}, lambda x, t, p: mp.exp(x) - t * x + (mp.loggamma(t + 1) if p["full"] else 0),
                lambda x, t, p: (mp.exp(x) - t, mp.exp(x))),
    "hinge": ({"labels": "pm1"}, lambda x, t, p: max(mpf(0), 1 - margin(x, t, p)),
              lambda x, t, p: (-side(x, t, p) if margin(x, t, p) < 1 else 0, 0)),
    "squared_hinge": ({"labels": "pm1"}, lambda x, t, p: max(mpf(0), 1 - margin(x, t, p))**2,
                      lambda x, t, p: (-2 * side(x, t, p) * (1 - margin(x, t, p)), 2)
                      if margin(x, t, p) < 1 else (0, 0)),
}


def pointwise_notes(name, x, t, p, kind):
    """(condition, measure) of a row, each a dict over v, g, h."""
    if name in golden_entries.FORMULAS:
        return golden_entries.notes(name, x, t, p, kind)
    k, m = {}, {}
    d = x - t
    if name == "log_cosh" and inexact(d, kind):
        slope = {"v": mp.tanh(d), "g": mp.sech(d)**2, "h": 2 * mp.sech(d)**2 * mp.tanh(d)}
        exact = {"v": mp.log(mp.cosh(d)), "g": mp.tanh(d), "h": mp.sech(d)**2}
        k = {key: steepness(*(abs(size(d) * slope[key] / exact[key]) for size in (abs, binade)), exact[key]) for key in "vgh"}
    if name == "smooth_l1" and 0 < abs(d) <= p["beta"] and inexact(d, kind):
        k = {"g": mpf(1)}  # d/beta rounds twice
    if name == "binary_cross_entropy" and 0 < t < 1:
        m = {"g": t / x + (1 - t) / (1 - x)}
    if name == "binary_cross_entropy_with_logits":
        s = t * (1 - p["smoothing"]) + p["smoothing"] / 2
        if 0 < s < 1:
            m = {"g": (1 - s) * sigmoid(x) + p["pos_weight"] * s * sigmoid(-x)}
    if name == "focal":
        gamma, one = p["gamma"], {"smoothing": mpf(0), "pos_weight": mpf(1)}
        q, r = sigmoid(x), sigmoid(-x)
        rest = t * r + (1 - t) * q  # 1 - p_t
        a = 1 if p["alpha"] is None else t * p["alpha"] + (1 - t) * (1 - p["alpha"])
        steep = abs(gamma * mp.log(rest))
        # In ULP the power may cost more than k/2, see steepness; 2 gamma for the rounded sum 1 - p_t of a soft target.
        worst = max(steep, 2 * binade(steep)) + (0 if t in (0, 1) else 2 * gamma)
        k = {key: worst for key in "vgh"} if gamma not in (0, 1) else {key: 2 * gamma for key in "vgh"} if 0 < t < 1 else {}
        bce, c, f = v_bcel(x, t, one), abs(2 * t - 1), a * rest**gamma
        hard = t in (0, 1)
        if not hard:
            m["g"] = f * (gamma / rest * c * q * r * bce + (1 - t) * q + t * r)
        if gamma:
            m["h"] = f * (gamma * abs(gamma - 1) / rest**2 * (c * q * r)**2 * bce + gamma / rest * c * q * r * bce
                          + 2 * gamma / rest * c * q * r * ((1 - t) * q + t * r) + q * r)
            if hard:
                big = mp.log(1 + mp.exp((1 - 2 * t) * x))
                m["h"] = f * (1 - rest) * (rest * (1 + 2 * gamma) + gamma * big * (gamma * (1 - rest) + rest))
    if name == "poisson":
        if t or p["full"]:
            m["v"] = mp.exp(x) + abs(t * x) + (abs(mp.loggamma(t + 1)) if p["full"] else 0)
        if t:
            m["g"] = mp.exp(x) + t
    return k, m
