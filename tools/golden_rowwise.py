"""Textbook formulas of the row losses, in mpmath."""
from mpmath import mp, mpf

from golden_numbers import binade, inexact, steepness, xlogx

# value(z, t, p, w) is the textbook; t is a distribution (an index becomes one), w the class weights.

def squash(z, p):
    if p.get("softcap") is not None:
        z = [p["softcap"] * mp.tanh(x / p["softcap"]) for x in z]
    return [x / p.get("temperature", 1) for x in z]


def lse(z):
    return mp.log(mp.fsum(mp.exp(x) for x in z))


def v_softmax(z, t, p, w):
    z = squash(z, p)
    top, s = lse(z), p["smoothing"]
    q = [(1 - s) * a + s / len(z) for a in t]
    return mp.fsum(c * b * (top - x) for c, b, x in zip(w, q, z)) + p["z_weight"] * top**2


def v_kl_log(x, t, p, w):
    if p["log_target"]:
        return mp.fsum(mp.exp(a) * (a - b) for a, b in zip(t, x))
    return mp.fsum(xlogx(a) - a * b for a, b in zip(t, x))


def v_kl_logits(z, t, p, w):
    top = lse(z)
    return mp.fsum(xlogx(a) - a * (x - top) for a, x in zip(t, z))


ROW = {
    "softmax_cross_entropy": ({"smoothing": mpf(0), "z_weight": mpf(0), "temperature": mpf(1), "softcap": None}, v_softmax),
    "nll": ({}, lambda x, t, p, w: -mp.fsum(c * a * b for c, a, b in zip(w, t, x))),
    "kl_divergence": ({}, lambda x, t, p, w: mp.fsum(a * mp.log(a / b) for a, b in zip(t, x) if a)),
    "kl_divergence_with_log_probabilities": ({"log_target": False}, v_kl_log),
    "kl_divergence_with_logits": ({}, v_kl_logits),
}


def smoothed(t, w, p):
    s, n = p.get("smoothing", mpf(0)), len(t)
    return [c * ((1 - s) * a + s / n) for c, a in zip(w, t)]


def capped(z, p):
    """First and second derivative of the soft cap."""
    if p.get("softcap") is None:
        return [mpf(1)] * len(z), [mpf(0)] * len(z)
    first = [1 - mp.tanh(x / p["softcap"])**2 for x in z]
    return first, [-2 * mp.tanh(x / p["softcap"]) * a / p["softcap"] for x, a in zip(z, first)]


def row_closed(name, z, t, p, w):
    """Gradient and diagonal curvature in closed form, as a cross-check."""
    if name == "nll":
        return [-c * a for c, a in zip(w, t)], [mpf(0)] * len(z)
    if name == "kl_divergence":
        return [-a / b for a, b in zip(t, z)], [a / b**2 for a, b in zip(t, z)]
    if name == "kl_divergence_with_log_probabilities":
        return [-(mp.exp(a) if p["log_target"] else a) for a in t], [mpf(0)] * len(z)
    lam, tau = p.get("z_weight", mpf(0)), p.get("temperature", mpf(1))
    y, q = squash(z, p), smoothed(t, w, p)
    top, mass = lse(y), mp.fsum(q)
    prob = [mp.exp(x - top) for x in y]
    g = [mass * a - b + 2 * lam * top * a for a, b in zip(prob, q)]
    h = [mass * a * (1 - a) + 2 * lam * (a * a + top * a * (1 - a)) for a in prob]
    first, second = capped(z, p)
    return ([a * b / tau for a, b in zip(g, first)],
            [b * d * d / tau**2 + a * c / tau for a, b, c, d in zip(g, h, second, first)])


def row_value(name, z, t, p, w):
    return ROW[name][1](z, t, p, w)


def row_notes(name, z, t, p, w, kind):
    """(condition, measure) of each output: dicts over v, g, h of a number or a list over the classes."""
    k, m = notes_by(name, z, t, p, w, kind, abs)
    literal, _ = notes_by(name, z, t, p, w, kind, binade)
    g, h = row_closed(name, z, t, p, w)
    exact = {"g": g, "h": h, "v": [row_value(name, z, t, p, w)]}
    for key in set(k) - set(m):
        a, b = ([x] if key == "v" else x for x in (k[key], literal[key]))
        steep = [steepness(*x) for x in zip(a, b, exact[key])]
        k[key] = steep[0] if key == "v" else steep
    return k, m


def notes_by(name, z, t, p, w, kind, size):
    """row_notes with the error of a rounded d taken as u size(d)."""
    n, k, m = len(z), {}, {}
    if name == "nll":
        return k, m
    if name == "kl_divergence":
        m["v"] = mp.fsum(abs(a * mp.log(a / b)) for a, b in zip(t, z) if a)
        return k, m
    if name == "kl_divergence_with_log_probabilities":
        m["v"] = mp.fsum(mp.exp(a) * abs(a - x) for a, x in zip(t, z)) if p["log_target"] else mp.fsum(
            abs(xlogx(a)) + abs(a * x) for a, x in zip(t, z))
        return k, m
    lam, tau = p.get("z_weight", mpf(0)), p.get("temperature", mpf(1))
    y, q = squash(z, p), smoothed(t, w, p)
    big = max(y)
    top, at, mass = lse(y), y.index(big), mp.fsum(q)
    prob = [mp.exp(x - top) for x in y]
    rest = [mp.fsum(b for i, b in enumerate(prob) if i != j) for j in range(n)] if n < 100 else [1 - a for a in prob]
    spread = abs(big) + (top - big)
    g_scale = [mass * a + b + 2 * lam * spread * a for a, b in zip(prob, q)]
    h_scale = [mass * a * b + 2 * lam * (a * a + spread * a * b) for a, b in zip(prob, rest)]
    # How far each y_j - max may be off, in u: its own rounding, and those of temperature and soft cap.
    turns = (tau != 1) + 3 * (p.get("softcap") is not None)
    e = [mpf(0) if j == at else (size(x - big) if inexact(x - big, kind) else 0) + turns * (size(x) + size(big))
         for j, x in enumerate(y)]
    mean = mp.fsum(a * b for a, b in zip(prob, e))
    moved = [a * (b + mean) for a, b in zip(prob, e)]  # of p_j
    others = [mp.fsum(moved) - a for a in moved]       # of 1 - p_j
    scaled = any(c != 1 for c in w) + (tau != 1)       # one rounding more each
    one_hot = sum(1 for b in q if b) == 1 and not lam
    value = mp.fsum(b * (top - x) for b, x in zip(q, y)) + lam * top**2
    if lam:
        m["v"] = value + 2 * lam * abs(top) * spread
    if name == "kl_divergence_with_logits":
        m["v"] = mp.fsum(abs(xlogx(a)) + a * (top - x) for a, x in zip(t, y))
    if n == 1 and not lam:
        return {}, m
    k["v"] = mp.fsum(abs(mass * a - b) * c for a, b, c in zip(prob, q, e)) / m.get("v", value) + (mass != 1)
    if one_hot:  # the target's gradient is minus the sum of the others
        k["g"] = [(others[j] / rest[j] if b else a / p_j) + scaled
                  for j, (a, b, p_j) in enumerate(zip(moved, q, prob))]
    else:
        m["g"] = g_scale
        k["g"] = [mass * a / b for a, b in zip(moved, g_scale)]
    k["h"] = [a / b + c / d + scaled for a, b, c, d in zip(moved, prob, others, rest)]
    if lam:
        m["h"] = h_scale
    if p.get("softcap") is not None:  # 1 - tanh^2 magnifies what tanh lost
        first, second = capped(z, p)
        lost = [mp.tanh(x / p["softcap"])**2 / a for x, a in zip(z, first)]
        m["h"] = [b * d * d + a * abs(c) for a, b, c, d in zip(g_scale, h_scale, second, first)]
        m["g"] = [a * b for a, b in zip(g_scale, first)]
        k["g"] = [mass * a / b + 2 * c + 3 for a, b, c in zip(moved, g_scale, lost)]
        k["h"] = [a + 4 * c + 6 for a, c in zip(k["h"], lost)]
    for key, power in (("g", 1), ("h", 2)):
        if key in m:
            m[key] = [a / tau**power for a in m[key]]
    return k, m
