"""Edge rows of the losses of golden_entries.py: limits, kinks, NaN, and what is refused."""
from golden_edge_table import BOTH, absent, bad_parameters, nan_in, rows

# ---- Functions of a residual: (value, slope, curvature) far away at the defaults, and whether 0 is a kink.
FAR = {
    "pseudo_huber": ("inf", "1", "0", False), "charbonnier": ("inf", "1", "0", False),
    "logistic_distance": ("inf", "1", "0", False), "quantile_huber": ("inf", "0.5", "0", False),
    "expectile": ("inf", "inf", "1", False), "epsilon_insensitive": ("inf", "1", "0", False),
    "squared_epsilon_insensitive": ("inf", "inf", "2", False), "berhu": ("inf", "inf", "1", True),
    "truncated_squared": ("2", "0", "0", False),
}
for loss, (value, slope, h, kink) in FAR.items():
    back, flag = "0" if slope == "0" else "-" + slope, "infinite" if value == "inf" else ""
    nan_in(loss, "0.25")
    rows(loss,
         ("", BOTH, "0.25", "nan", "nan", "nan", "nan", "nan_in", "a target over the reals: NaN in, NaN out"),
         ("", BOTH, "inf", "0.25", value, slope, h, flag, "limit r to inf"),
         ("", BOTH, "-inf", "0.25", value, back, h, flag, "limit r to -inf"),
         ("", BOTH, "0.25", "inf", value, back, h, flag, "a target over the reals: limit"),
         ("", BOTH, "0.25", "-inf", value, slope, h, flag, "a target over the reals: limit"),
         ("", BOTH, "inf", "inf", "nan", "nan", "0" if loss == "epsilon_insensitive" else "nan", "domain",
          "inf - inf has no limit; a constant curvature stays"),
         ("", BOTH, "-0.0", "0.0", "0", "0", "0" if kink else "=", "", "r = -0 leaves no negative zero"),
         ("", BOTH, "1.3", "1.3", "0", "0", "0" if kink else "=", "", "r = 0: smallest subgradient"))
    absent(loss, "0.25", "3")
rows("epsilon_insensitive", (":epsilon=0.5", BOTH, "0.75", "0.25", "0", "0", "0", "", "kink at the edge of the tube"),
     (":epsilon=0.5", BOTH, "-0.25", "0.25", "0", "0", "0", "", "kink at the edge of the tube"),
     (":epsilon=0", BOTH, "1.75", "0.25", "1.5", "1", "0", "", "epsilon = 0 is absolute_error"))
rows("squared_epsilon_insensitive", (":epsilon=0.5", BOTH, "0.75", "0.25", "0", "0", "0", "", "the edge of the tube is in it"))
rows("berhu", (":c=1.5", BOTH, "1.75", "0.25", "1.5", "1", "0", "", "abs r = c belongs to the linear zone"),
     (":c=1.5", BOTH, "-1.25", "0.25", "1.5", "-1", "0", "", "abs r = c belongs to the linear zone"))
rows("truncated_squared", (":c=1.5", BOTH, "1.75", "0.25", "1.125", "1.5", "1", "", "abs r = c still counts"),
     (":c=1.5", BOTH, "3.25", "0.25", "1.125", "0", "0", "", "beyond c nothing pulls"))
rows("expectile", (":tau=0.25", BOTH, "1.3", "1.3", "0", "0", "1.5", "", "r = 0 belongs to the side above"),
     (":tau=0.25", BOTH, "-inf", "0.25", "inf", "-inf", "0.5", "infinite", "limit r to -inf"),
     (":tau=0.25", BOTH, "inf", "0.25", "inf", "inf", "1.5", "infinite", "limit r to inf"))
rows("quantile_huber", (":tau=0.25:kappa=0.5", BOTH, "0.75", "0.25", "0.1875", "0.75", "1.5", "", "abs r = kappa belongs to the quadratic zone"),
     (":tau=0.25", BOTH, "-inf", "0.25", "inf", "-0.25", "0", "infinite", "limit r to -inf"))
rows("pseudo_huber", ("", "f32", "3e38", "0.0", "=", "1", "0", "", "far tail without squaring"),
     ("", "f32", "1e-30", "0.0", "0", "=", "1", "", "r^2/2 underflows"),
     (":delta=0.25", "f32", "3e38", "-3e38", "=", "0.25", "0", "", "r overflows, the loss does not: judged on the exact result"))
rows("charbonnier", ("", "f64", "1e300", "0.0", "=", "1", "0", "", "far tail without squaring"))
for loss, parameter, legal_zero in (("pseudo_huber", "delta", False), ("charbonnier", "epsilon", False), ("berhu", "c", False),
                                    ("truncated_squared", "c", False), ("epsilon_insensitive", "epsilon", True),
                                    ("squared_epsilon_insensitive", "epsilon", True), ("quantile_huber", "kappa", False)):
    bad_parameters(loss, "0.5", "0.25", f":{parameter}=-1", f":{parameter}=nan", f":{parameter}=inf",
                   *([] if legal_zero else [f":{parameter}=0"]))
for loss in ("expectile", "quantile_huber"):
    bad_parameters(loss, "0.5", "0.25", ":tau=0", ":tau=1", ":tau=-0.1", ":tau=nan")

# ---- Functions of a margin: (value, slope, curvature) of a gross mistake; what is right costs nothing.
WRONG = {
    "smooth_hinge": ("inf", "1", "0"), "modified_huber": ("inf", "4", "0"), "perceptron": ("inf", "1", "0"),
    "soft_margin": ("inf", "1", "0"), "exponential": ("inf", "inf", "inf"), "binary_sparsemax": ("inf", "1", "0"),
    "ramp": ("2", "0", "0"), "sigmoid_margin": ("2", "0", "0"), "savage": ("1", "0", "0"),
}
for loss, (value, slope, h) in WRONG.items():
    back, flag = "0" if slope == "0" else "-" + slope, "infinite" if value == "inf" else ""
    nan_in(loss, "1.0")
    nan_in(loss, "-1.0")
    rows(loss,
         ("", BOTH, "inf", "1.0", "0", "0", "0", "", "limit"), ("", BOTH, "-inf", "-1.0", "0", "0", "0", "", "limit"),
         ("", BOTH, "-inf", "1.0", value, back, h, flag, "limit"), ("", BOTH, "inf", "-1.0", value, slope, h, flag, "limit"),
         (":labels=01", BOTH, "inf", "0.0", value, slope, h, flag, "limit"), (":labels=01", BOTH, "inf", "1.0", "0", "0", "0", "", "limit"),
         ("", BOTH, "0.5", "0.0", "error:DOM002", "-", "-", "-", "the coding is never guessed"),
         (":labels=01", BOTH, "0.5", "-1.0", "error:DOM002", "-", "-", "-", "the coding is never guessed"),
         ("", BOTH, "0.5", "nan", "error:DOM002", "-", "-", "-", "a target with a domain must lie in it"))
    absent(loss, "1.0", "-1")
for loss in ("smooth_hinge", "modified_huber", "binary_sparsemax", "ramp"):
    rows(loss, ("", BOTH, "1.0", "1.0", "0", "0", "0", "", "m = 1 is right"), ("", BOTH, "-1.0", "-1.0", "0", "0", "0", "", "m = 1 is right"))
rows("perceptron", ("", BOTH, "0.0", "1.0", "0", "0", "0", "", "kink m = 0: smallest subgradient"),
     ("", BOTH, "-0.0", "1.0", "0", "0", "0", "", "m = -0 leaves no negative zero"))
rows("modified_huber", ("", BOTH, "-1.0", "1.0", "4", "-4", "2", "", "m = -1 belongs to the quadratic zone"))
rows("binary_sparsemax", ("", BOTH, "-1.0", "1.0", "1", "-1", "0", "", "m = -1 belongs to the linear zone"))
rows("ramp", ("", BOTH, "-1.0", "1.0", "2", "0", "0", "", "kink m = -1: smallest subgradient"))
rows("smooth_hinge", ("", BOTH, "0.0", "1.0", "0.5", "-1", "0", "", "m = 1 - gamma belongs to the linear zone"))
bad_parameters("smooth_hinge", "0.5", "1.0", ":gamma=0", ":gamma=-1", ":gamma=nan", ":gamma=inf")
rows("soft_margin", ("", "f32", "20.0", "1.0", "=", "=", "=", "", "tail beyond m = 17"),
     ("", "f64", "40.0", "1.0", "=", "=", "=", "", "tail beyond m = 38"),
     ("", "f32", "-3e38", "1.0", "=", "-1", "0", "", "finite far tail"))
rows("exponential", ("", "f32", "-89.0", "1.0", "inf", "-inf", "inf", "overflowed", "e^89 is beyond f32"),
     ("", "f64", "-710.0", "1.0", "inf", "-inf", "inf", "overflowed", "e^710 is beyond f64"))

# ---- A probability, a rate.
rows("brier", ("", BOTH, "0.0", "1.0", "1", "-2", "2", "", "wrong and certain"), ("", BOTH, "1.0", "1.0", "0", "0", "2", "", "right and certain"),
     ("", BOTH, "-1e-9", "0.0", "error:DOM001", "-", "-", "-", "p below 0 is never clamped"),
     ("", BOTH, "0.5", "1.5", "error:DOM002", "-", "-", "-", "target outside [0,1]"))
nan_in("brier", "0.25")
absent("brier", "1.0", "0")
rows("poisson_rate", ("", BOTH, "0.75", "0.0", "0.75", "1", "0", "", "0 log x = 0"),
     ("", BOTH, "0.0", "1.0", "error:DOM001", "-", "-", "-", "a rate of 0 is never clamped"),
     ("", BOTH, "-1.0", "1.0", "error:DOM001", "-", "-", "-", "a rate is more than 0"),
     ("", BOTH, "0.5", "-1.0", "error:DOM002", "-", "-", "-", "a count is 0 or more"))
nan_in("poisson_rate", "1.0")
absent("poisson_rate", "1.0", "0")
