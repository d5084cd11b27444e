"""Golden rows computed by torch, scikit-learn, SciPy and optax in float64, each checked against mpmath.

A row is f32: its inputs are numbers that float32 holds, so float64 is 2^29 times finer than what it judges.
"""
import importlib.metadata

from mpmath import mpf

from golden_file import existing
from golden_numbers import hexf, to_type
from golden_pointwise import POINTWISE


def source(package):
    return f"{package} {importlib.metadata.version(package).split('+')[0]} float64"


def torch_derivatives(f, x):
    """Value, gradient and diagonal curvature of the scalar f at the list x, by autograd."""
    import torch
    z = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    v = f(z)
    (g,) = torch.autograd.grad(v, z, create_graph=True)
    h = [torch.autograd.grad(g[j], z, retain_graph=True, allow_unused=True)[0] if g.requires_grad else None for j in range(len(x))]
    h = [0.0 if r is None else r[j].item() for j, r in enumerate(h)]
    # Its second derivative of binary_cross_entropy adds 1e-12 to a denominator.
    return v.item(), g.tolist(), None if "BinaryCrossEntropyBackward" in str(v.grad_fn) else h


def torch_call(name, text, t, options):
    """The torch function of a loss text, as f(z); None where torch has none."""
    import torch
    import torch.nn.functional as F
    p = dict(part.split("=") for part in text.split(":")[1:])
    number = lambda key, default: to_type(float(p.get(key, default)), "f32")  # noqa: E731
    y = torch.tensor(t, dtype=torch.int64 if isinstance(t, int) else torch.float64)
    index = y[None] if isinstance(t, int) else y[None, :] if isinstance(t, list) else y
    w = torch.tensor([float.fromhex(a) for a in options.split("=")[1].split(",")], dtype=torch.float64) if options else None
    kl = lambda x, **kw: F.kl_div(x, y, reduction="sum", **kw)  # noqa: E731
    return {
        "squared_error": lambda z: F.mse_loss(z[0], y),
        "half_squared_error": lambda z: F.mse_loss(z[0], y) / 2,
        "absolute_error": lambda z: F.l1_loss(z[0], y),
        "huber": lambda z: F.huber_loss(z[0], y, delta=number("delta", 1)),
        "smooth_l1": lambda z: F.smooth_l1_loss(z[0], y, beta=number("beta", 1)),
        "binary_cross_entropy": lambda z: F.binary_cross_entropy(z[0], y),
        "binary_cross_entropy_with_logits": lambda z: F.binary_cross_entropy_with_logits(
            z[0], y, pos_weight=torch.tensor(number("pos_weight", 1), dtype=torch.float64)),
        "poisson": lambda z: F.poisson_nll_loss(z[0], y, log_input=True),
        "softmax_cross_entropy": lambda z: F.cross_entropy(
            z[None, :], index, weight=w, label_smoothing=number("smoothing", 0), reduction="sum"),
        "nll": lambda z: F.nll_loss(z[None, :], index, weight=w, reduction="sum"),
        "kl_divergence": lambda z: kl(torch.log(z)),
        "kl_divergence_with_log_probabilities": lambda z: kl(z, log_target=p.get("log_target") == "true"),
        "kl_divergence_with_logits": lambda z: kl(torch.log_softmax(z, 0)),
    }.get(name)


def optax_call(name, text, t):
    import jax
    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp
    import optax
    p = dict(part.split("=") for part in text.split(":")[1:])
    y = jnp.array(t, dtype=jnp.float64)
    f = {
        "log_cosh": lambda z: optax.losses.log_cosh(z, y),
        "focal": lambda z: optax.losses.sigmoid_focal_loss(
            z, y, alpha=float(p["alpha"]) if "alpha" in p else None, gamma=float(p.get("gamma", 2))),
        "hinge": lambda z: optax.losses.hinge_loss(z, y),
        "squared_hinge": lambda z: optax.losses.hinge_loss(z, y)**2,
    }[name]
    return lambda x: [float(a(jnp.float64(x))) for a in (f, jax.grad(f), jax.grad(jax.grad(f)))]


def sklearn_call(name, text, t):
    import numpy as np
    from sklearn._loss.loss import HalfBinomialLoss, HalfPoissonLoss, PinballLoss
    from sklearn.linear_model._sgd_fast import Hinge, SquaredHinge
    if name in ("hinge", "squared_hinge"):
        f = {"hinge": Hinge, "squared_hinge": SquaredHinge}[name](1.0)
        return lambda x: [f.py_loss(x, float(t)), f.py_dloss(x, float(t)), None]
    if name == "quantile":
        tau = to_type(float(text.split("=")[1]) if "=" in text else 0.5, "f32")
        f = PinballLoss(quantile=tau)
    else:
        f = {"poisson": HalfPoissonLoss, "binary_cross_entropy_with_logits": HalfBinomialLoss}[name]()

    def call(x):
        a, b = np.array([float(t)]), np.array([float(x)])
        g, h = f.gradient_hessian(a, b)
        return [f.loss(a, b)[0], g[0], None if name == "quantile" else h[0]]
    return call


def scipy_call(name):
    from scipy import special, stats
    if name == "log_cosh":  # the hyperbolic secant distribution has density 1 / (pi cosh x)
        return lambda x, t: -stats.hypsecant.logpdf(x - t) - special.loggamma(0.5).real * 2
    if name == "quantile":
        from sklearn.metrics import mean_pinball_loss
        return lambda x, t: mean_pinball_loss([t], [x])
    return lambda x, t: special.rel_entr(t, x).sum()


def take(row, got, name):
    """The row with the outside numbers in place of ours, or None where they disagree by more than rounding."""
    ours = [[mpf(float.fromhex(c)) for c in row[i].split()] for i in (4, 5, 6)]
    theirs = [[got[0]], got[1] if isinstance(got[1], list) else [got[1]], got[2] if isinstance(got[2], list) else [got[2]]]
    for a, b in zip(theirs, ours):
        for x, y in zip(a, b):
            # Relative to the result: what loses its tail is no witness.
            if x is not None and abs(mpf(x) - y) > mpf(2)**-37 * abs(y):
                return None
    out = list(row)
    for i, a in zip((4, 5, 6), theirs):
        out[i] = "-" if a[0] is None else " ".join(hexf(float(x)) for x in a)
    out[-1] = source(name)
    return out


def rows(name):
    out, tried = [], 0
    for row in existing(name, "mpmath"):
        text, kind, x, t, options = row[0], row[1], row[2], row[3], row[7]
        if kind != "f32" or x.startswith("ramp") or "temperature" in text or "softcap" in text or "z_weight" in text or "full" in text:
            continue
        z = [float.fromhex(a) for a in x.split()]
        target = int(t[1:]) if t.startswith("i") else [float.fromhex(a) for a in t.split()]
        if name in POINTWISE:
            target = target[0]
        calls = []
        if not ("smoothing" in text and name != "softmax_cross_entropy") and not (
                "smoothing" in text and "class_weight" in options):
            f = torch_call(name, text, target, options)
            if f:
                calls.append(("torch", lambda f=f: torch_derivatives(f, z)))
        if name in ("log_cosh", "focal", "hinge", "squared_hinge") and "labels" not in text:
            calls.append(("optax", lambda: optax_call(name, text, target)(z[0])))
        if name in ("quantile", "poisson", "hinge", "squared_hinge", "binary_cross_entropy_with_logits") and ":" not in text.replace(":tau", "") and "labels" not in text:
            calls.append(("scikit-learn", lambda: sklearn_call(name, text, target)(z[0])))
        if name in ("log_cosh", "kl_divergence"):
            import numpy as np
            at = (z[0], target) if name == "log_cosh" else (np.array(z), np.array(target))
            calls.append(("scipy", lambda: [float(scipy_call(name)(*at)), None, None]))
        for package, call in calls:
            tried += 1
            try:
                got = take(row, [a if isinstance(a, list) or a is None else float(a) for a in call()], package)
            except Exception as e:  # a package may refuse an input that is legal here
                print(f"{name}: {package} refuses {text} {x[:40]} {t[:40]}: {str(e)[:80]}")
                continue
            if got:
                out.append(got)
            else:
                print(f"{name}: {package} differs at {text} | {x[:60]} | {t[:60]}")
    kept, seen = [], {}
    for r in out:  # a few of each package and text are enough
        key = (r[-1], r[0], r[7], r[3].startswith("i"))
        seen[key] = seen.get(key, 0) + 1
        if seen[key] <= 4:
            kept.append(r)
    print(f"{name}: {len(kept)} outside rows of {len(out)} that agree, {tried} tried")
    return kept
