"""The inputs of the golden rows: which losses, parameters, predictions and targets golden.py computes."""
import golden_entries
from golden_solve import pointwise_row, row_row

# Residuals from below rounding to far in the tails; none is an integer, none lands on a kink.
PAIRS = [(0.3, 0.1), (-1.7, 0.45), (2.9, 3.61), (-0.123, -0.122), (1e-4, 0.0), (-3.3e-7, 0.0), (12.71, -7.59),
         (-103.3, 17.11), (0.7000001, 0.7), (5.3e-13, -2.9e-13), (33333.33, 0.77), (-8.1e8, 1.3e5)]
FAR = {"f32": [(3.3e17, -1.1), (1.7e-17, 0.0), (-2.3e-21, 1.1e-21)],
       "f64": [(3.3e150, -1.1), (1.7e-140, 0.0), (-2.3e-150, 1.1e-150)]}
LOGITS = {"f32": [0.1, -0.37, 2.71, -5.3, 11.09, 20.3, -20.3, 40.7, -88.3, 88.3, -101.7, 1e-8],
          "f64": [0.1, -0.37, 2.71, -5.3, 11.09, 20.3, -20.3, 40.7, -40.7, -710.2, 701.3, 1e-17]}
SHORT = [0.1, -0.37, 2.71, -5.3, 17.6, -33.3]
PROBABILITIES = {"f32": [0.1, 0.9, 0.3333, 0.5000001, 1e-7, 1.7e-15, 0.9999999, 0.99994, 1 - 2**-24],
                 "f64": [0.1, 0.9, 0.3333, 0.5000000000000001, 1e-17, 1.7e-120, 0.9999999, 1 - 2**-50, 1 - 2**-53]}


def pairs_of(name, kind):
    if name in golden_entries.FORMULAS:
        return golden_entries.pairs(name)
    if name == "squared_error":
        return [(t, p) for t in [name] for p in PAIRS + FAR[kind]]
    if name in ("half_squared_error", "absolute_error", "log_cosh"):
        far = FAR[kind] if name != "log_cosh" else [(0.52, -0.48), (-0.31, 0.38), (44.1, 0.2), (0.9999, 0.0)]
        return [(name, p) for p in PAIRS + far]
    if name == "huber":
        rows = [(t, p) for t in ("huber", "huber:delta=0.7", "huber:delta=1.5", "huber:delta=inf") for p in PAIRS]
        return rows + [("huber:delta=0.7", p) for p in FAR[kind]]
    if name == "smooth_l1":
        rows = [(t, p) for t in ("smooth_l1", "smooth_l1:beta=0.3", "smooth_l1:beta=7.7", "smooth_l1:beta=0") for p in PAIRS]
        return rows + [("smooth_l1:beta=0.3", p) for p in FAR[kind]]
    if name == "quantile":
        return [(t, p) for t in ("quantile", "quantile:tau=0.1", "quantile:tau=0.5", "quantile:tau=0.9")
                for p in PAIRS + FAR[kind][:2]]
    if name == "binary_cross_entropy":
        return [(name, (p, y)) for p in PROBABILITIES[kind] for y in (0, 1, 0.3, 0.85)]
    if name == "binary_cross_entropy_with_logits":
        rows = [(name, (z, y)) for z in LOGITS[kind] for y in (0, 1)]
        rows += [(name, (z, y)) for z in SHORT for y in (0.3, 0.85)]
        rows += [(name + t, (z, y)) for t in (":pos_weight=2.5", ":smoothing=0.1", ":pos_weight=0.3:smoothing=0.2")
                 for z in (0.1, -5.3, 17.6) for y in (0, 1)]
        return rows + [(name + ":pos_weight=2.5", (z, 0.3)) for z in SHORT]
    if name == "focal":
        rows = [("focal" + t, (z, y)) for t in ("", ":gamma=0", ":gamma=0.5", ":gamma=1.5") for z in SHORT for y in (0, 1)]
        rows += [("focal:gamma=2:alpha=0.25", (z, y)) for z in (0.1, -5.3, 2.71) for y in (0, 1)]
        rows += [("focal:gamma=0.5:alpha=0.25", (z, y)) for z in (-0.37, 17.6) for y in (0, 1)]
        return rows + [(t, (z, 0.3)) for t in ("focal", "focal:gamma=1.5:alpha=0.25") for z in (0.1, 2.71)]
    if name == "poisson":
        rows = [(name, (z, t)) for z in LOGITS[kind][:7] + [-40.7, 63.3, -87.1] for t in (0, 0.7, 3.2)]
        rows += [("poisson:full=true", (z, t)) for z in (0.1, -0.37, 2.71, -5.3) for t in (0, 0.7, 2, 3.2, 171.5)]
        return rows + [(name, (2.71, 15.03)), (name, (11.09, 65535.3))]
    zs = [0.3, -1.7, 0.99994, 1.0001, -0.99994, 17.3, -33333.3, 1e-8, 3.3e17]
    rows = [(name, (z, t)) for z in zs for t in (1, -1)]
    return rows + [(name + ":labels=01", (z, t)) for z in zs[:5] for t in (0, 1)]


def pointwise(name):
    return [pointwise_row(text, kind, x, t) for kind in ("f32", "f64") for text, (x, t) in pairs_of(name, kind)]


def wave(n, scale, shift=0.0):
    """n logits without a pattern."""
    return [round(scale * (((j * 7919 + 13) % 1009) / 504.5 - 1), 4) + 0.00037 * j + shift for j in range(n)]


def dyadic(n, seed, zeros=()):
    """A distribution whose entries are multiples of 2^-12 and sum to exactly 1."""
    raw = [0 if j in zeros else 1 + (j * 2654435761 + seed * 40503) % 97 for j in range(n)]
    out = [(4096 * a) // sum(raw) for a in raw]
    out[max(range(n), key=lambda j: out[j])] += 4096 - sum(out)
    return [a / 4096 for a in out]


def softmax(kind):
    name = "softmax_cross_entropy"
    far = 701.3 if kind == "f64" else 88.3
    small = [[0.3], [0.3, -1.7], [17.3, 0.1], [0.1, 30.3], [far, 0.2, -far], [2.71, 2.7099, 2.6], [0.1, 0.2, 0.3, -20.3]]
    out = [row_row(name, kind, z, t) for z in small for t in range(min(len(z), 2))]
    out += [row_row(name, kind, wave(k, s), t) for k, s, t in ((7, 3.1, 2), (16, 9.7, 15), (40, 5.3, 39), (40, 20.3, 0))]
    out += [row_row(name, kind, wave(5, 2.3, 1024.25), 3), row_row(name, kind, wave(5, 0.7, -77.3), 1)]
    out += [row_row(name, kind, wave(k, s), dyadic(k, 3, z)) for k, s, z in ((2, 1.3, ()), (5, 2.9, (1,)), (9, 7.7, ()), (4, 17.3, (0, 2, 3)))]
    out += [row_row(name + t, kind, wave(5, 2.9), y) for t in (":smoothing=0.1", ":z_weight=0.01", ":temperature=2.5",
            ":temperature=0.07", ":softcap=3.3", ":smoothing=0.1:z_weight=0.001:temperature=0.7",
            ":softcap=30:temperature=0.5:smoothing=0.2") for y in (1, dyadic(5, 8))]
    out += [row_row(name, kind, wave(5, 2.9), y, "class_weight=0x1p+0,0x1.8p-1,0x1.4p+1,0x0p+0,0x1.cp+0") for y in (1, 2, dyadic(5, 8))]
    out += [row_row(name + ":smoothing=0.1", kind, wave(5, 2.9), y, "class_weight=0x1p+0,0x1.8p-1,0x1.4p+1,0x1p-2,0x1.cp+0") for y in (2, dyadic(5, 9))]
    return out + [row_row(name, kind, "ramp:5000", 1234, only=[0, 1, 777, 1234, 2049, 4095, 4096, 4999])]


def row(name):
    out = []
    for kind in ("f32", "f64"):
        if name == "softmax_cross_entropy":
            out += softmax(kind)
        elif name == "nll":
            logs = [[-0.3], [-0.7, -0.69], [-17.3, -3.1e-8, -20.7], [-0.1, -333.3, -2.4, -7.7, -1.1]]
            out += [row_row(name, kind, z, t) for z in logs for t in range(len(z))]
            out += [row_row(name, kind, logs[3], t, "class_weight=0x1p+0,0x1.8p-1,0x1.4p+1,0x1p-2,0x1.cp+0") for t in range(5)]
        elif name == "kl_divergence":
            for k, s in ((1, 1), (2, 1), (2, 5), (3, 4), (7, 2), (16, 9), (40, 3)):
                out.append(row_row(name, kind, dyadic(k, s), dyadic(k, s + 4)))
            out.append(row_row(name, kind, dyadic(6, 2), dyadic(6, 9, (0, 3))))
            out.append(row_row(name, kind, [0.25 + 2**-20, 0.25 - 2**-20, 0.5], [0.25, 0.25, 0.5]))
            out.append(row_row(name, kind, [2**-23, 1 - 2**-23], [1 - 2**-20, 2**-20]))
        elif name == "kl_divergence_with_log_probabilities":
            for k, s in ((1, 2.1), (2, 0.7), (3, 20.3), (7, 5.1), (16, 9.7), (40, 3.3)):
                x = [-abs(a) - 0.011 for a in wave(k, s)]
                out.append(row_row(name, kind, x, dyadic(k, 5)))
                out.append(row_row(name + ":log_target=true", kind, x, [-abs(a) - 0.02 for a in wave(k, 3.7)]))
            out.append(row_row(name, kind, [-1.3, -0.4, -2.7], [0.25, 0, 0.75]))
            out.append(row_row(name + ":log_target=true", kind, [-1.3, -0.4], [-40.7, -0.001]))
        else:
            for k, s in ((1, 2.1), (2, 0.7), (3, 20.3), (7, 5.1), (16, 9.7), (40, 3.3)):
                out.append(row_row(name, kind, wave(k, s), dyadic(k, 5)))
            out += [row_row(name, kind, [17.3, 0.1], t) for t in ([1, 0], [0, 1], [0.75, 0.25])]
            out.append(row_row(name, kind, [40.7 if kind == "f64" else 30.3, 0.1, -3.3], [1, 0, 0]))
            out.append(row_row(name, kind, wave(4, 1.9, 1024.25), dyadic(4, 7, (1,))))
    return out
