"""The table of edge rows, and what several losses have in common there. See golden_edges.py for the notation."""
BOTH = "f32 f64"
ROWS = {}


def rows(name, *entries):
    """(suffix, types, prediction, target, value, gradient, curvature, flags, why[, options])"""
    ROWS.setdefault(name, [])
    for suffix, kinds, x, t, v, g, h, flags, why, *options in entries:
        ROWS[name].append((suffix, kinds, x, t, v, g, h, options[0] if options else "", flags, why))


def absent(name, target, ignored):
    rows(name, ("", BOTH, "nan", target, "0", "0", "0", "", "weight 0 is absent, whatever the prediction", "weight=0"),
         ("", BOTH, "inf", target, "0", "0", "0", "", "weight 0 is absent, whatever the prediction", "weight=0"),
         ("", BOTH, "nan", ignored, "0", "0", "0", "", "ignored is absent", f"ignore={ignored}"),
         ("", BOTH, "0.5", target, "error:DOM003", "-", "-", "-", "a weight is never negative", "weight=-1"),
         ("", BOTH, "0.5", target, "error:DOM003", "-", "-", "-", "a weight is never NaN", "weight=nan"),
         ("", BOTH, "0.5", target, "error:DOM003", "-", "-", "-", "a weight is never infinite", "weight=inf"))


def nan_in(name, target, *suffixes):
    for s in suffixes or ("",):
        rows(name, (s, BOTH, "nan", target, "nan", "nan", "nan", "nan_in", "NaN in, NaN out"))


def bad_parameters(name, x, t, *suffixes):
    for s in suffixes:
        code = "error:PAR003/PAR004" if "nan" in s or "inf" in s else "error:PAR003"
        rows(name, (s, BOTH, x, t, code, "-", "-", "-", "parameter outside its range"))
