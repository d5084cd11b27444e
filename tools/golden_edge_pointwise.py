"""Edge rows of pointwise losses: which input, what comes out, and why."""
from golden_edge_table import BOTH, ROWS, absent, bad_parameters, nan_in, rows

# ---- Regression. r = prediction - target.
REGRESSION = ("squared_error", "half_squared_error", "absolute_error", "huber", "smooth_l1", "log_cosh", "quantile")
H_FAR = {"squared_error": "2", "half_squared_error": "1"}
for loss in REGRESSION:
    slope = {"squared_error": "inf", "half_squared_error": "inf", "quantile": "0.5"}.get(loss, "1")
    h_far = H_FAR.get(loss, "0")
    nan_in(loss, "0.25")
    rows(loss,
         ("", BOTH, "0.25", "nan", "nan", "nan", "nan", "nan_in", "a target over the reals: NaN in, NaN out"),
         ("", BOTH, "inf", "0.25", "inf", slope, h_far, "infinite", "limit r to inf"),
         ("", BOTH, "-inf", "0.25", "inf", "-" + slope, h_far, "infinite", "limit r to -inf"),
         ("", BOTH, "0.25", "inf", "inf", "-" + slope, h_far, "infinite", "a target over the reals: limit"),
         ("", BOTH, "0.25", "-inf", "inf", slope, h_far, "infinite", "a target over the reals: limit"))
    h_none = {"squared_error": "2", "half_squared_error": "1", "absolute_error": "0", "quantile": "0"}.get(loss, "nan")
    rows(loss, ("", BOTH, "inf", "inf", "nan", "nan", h_none, "domain", "inf - inf has no limit; a constant curvature stays"),
         ("", BOTH, "-inf", "-inf", "nan", "nan", h_none, "domain", "inf - inf has no limit; a constant curvature stays"),
         ("", BOTH, "-0.0", "0.0", "0", "0", "=", "", "r = -0 leaves no negative zero"),
         ("", BOTH, "1.3", "1.3", "0", "0", "=", "", "r = 0: smallest subgradient") if loss not in ("absolute_error", "quantile") else
         ("", BOTH, "1.3", "1.3", "0", "0", "0", "", "kink at r = 0: smallest subgradient"))
    absent(loss, "0.25", "3")
for loss in ("absolute_error", "quantile"):  # no textbook derivative at the kink
    ROWS[loss] = [e if "=" not in e[4:7] else (*e[:6], "0", *e[7:]) for e in ROWS[loss]]

rows("squared_error",
     ("", "f32", "1.9e19", "0.0", "=", "=", "2", "overflowed", "r^2 beyond the type, r in it"),
     ("", "f32", "-1.84e19", "0.0", "=", "=", "2", "", "just below the overflow of r^2"),
     ("", "f64", "1.35e154", "0.0", "=", "=", "2", "overflowed", "r^2 beyond the type, r in it"),
     ("", "f64", "1.34e154", "0.0", "=", "=", "2", "", "just below the overflow of r^2"),
     ("", "f16", "300", "0", "=", "600", "2", "-", "f16 in: the value is formed in f32 and finite"),
     ("", "f32", "2.6e-23", "0.0", "0", "=", "2", "", "r^2 below half the least subnormal"),
     ("", "f32", "2.7e-23", "0.0", "=", "=", "2", "", "r^2 rounds to the least subnormal"),
     ("", "f64", "1.5e-162", "0.0", "0", "=", "2", "", "r^2 below half the least subnormal"),
     ("", "f32", "3e38", "-3e38", "inf", "inf", "2", "overflowed", "r itself is beyond the type"),
     ("", "f64", "1.7e308", "-1.7e308", "inf", "inf", "2", "overflowed", "r itself is beyond the type"))
rows("half_squared_error",
     ("", "f32", "2e19", "0.0", "=", "=", "1", "", "r^2 overflows, r^2/2 does not: judged on the exact result"),
     ("", "f64", "1.6e154", "0.0", "=", "=", "1", "", "r^2 overflows, r^2/2 does not: judged on the exact result"),
     ("", "f32", "2.7e19", "0.0", "inf", "=", "1", "overflowed", "r^2/2 beyond the type"),
     ("", "f32", "3e38", "-3e38", "inf", "inf", "1", "overflowed", "r itself is beyond the type"))
rows("absolute_error",
     ("", "f32", "3e38", "-3e38", "inf", "1", "0", "overflowed", "r is beyond the type, its sign is not"),
     ("", "f64", "-1.7e308", "1.7e308", "inf", "-1", "0", "overflowed", "r is beyond the type, its sign is not"),
     ("", "f32", "0x1p-149", "0.0", "=", "1", "0", "", "least subnormal residual"))
rows("huber",
     (":delta=1.5", BOTH, "1.75", "0.25", "1.125", "1.5", "1", "", "abs r = delta belongs to the quadratic zone"),
     (":delta=1.5", BOTH, "-1.25", "0.25", "1.125", "-1.5", "1", "", "abs r = delta belongs to the quadratic zone"),
     (":delta=0.7", BOTH, "inf", "0.25", "inf", lambda p, t: p["delta"], "0", "infinite", "limit r to inf"),
     (":delta=0.7", BOTH, "-inf", "0.25", "inf", lambda p, t: -p["delta"], "0", "infinite", "limit r to -inf"),
     (":delta=inf", BOTH, "1.7", "0.25", "=", "=", "1", "", "delta = inf is half_squared_error"),
     (":delta=inf", BOTH, "inf", "0.25", "inf", "inf", "1", "infinite", "delta = inf is half_squared_error"),
     (":delta=inf", "f32", "2e19", "0.0", "=", "=", "1", "", "delta = inf: r^2 overflows, r^2/2 does not"),
     (":delta=0.25", "f32", "3e38", "-3e38", "=", "0.25", "0", "", "r overflows, the loss does not: judged on the exact result"),
     (":delta=0.25", "f64", "1.7e308", "-1.7e308", "=", "0.25", "0", "", "r overflows, the loss does not: judged on the exact result"),
     ("", "f32", "3e38", "-3e38", "inf", "1", "0", "overflowed", "the loss itself is beyond the type"),
     ("", "f32", "3e38", "0.0", "=", "1", "0", "", "far tail without squaring"))
bad_parameters("huber", "0.5", "0.25", ":delta=-1", ":delta=nan")
rows("smooth_l1",
     (":beta=0", BOTH, "0.25", "0.25", "0", "0", "0", "", "beta = 0 is absolute_error: smallest subgradient"),
     (":beta=0", BOTH, "1.75", "0.25", "1.5", "1", "0", "", "beta = 0 is absolute_error"),
     (":beta=0", BOTH, "-inf", "0.25", "inf", "-1", "0", "infinite", "beta = 0 is absolute_error"),
     (":beta=1.5", BOTH, "1.75", "0.25", "0.75", "1", lambda p, t: 1 / p["beta"], "", "abs r = beta belongs to the quadratic zone"),
     (":beta=1.5", BOTH, "-1.25", "0.25", "0.75", "-1", lambda p, t: 1 / p["beta"], "", "abs r = beta belongs to the quadratic zone"),
     (":beta=0.5", "f32", "3e38", "0.0", "=", "1", "0", "", "far tail without squaring"))
bad_parameters("smooth_l1", "0.5", "0.25", ":beta=-1", ":beta=nan", ":beta=inf")
rows("log_cosh",
     ("", "f32", "1e-4", "0.0", "=", "=", "=", "", "no cancellation at small r"),
     ("", "f32", "1e-3", "0.0", "=", "=", "=", "", "no cancellation at small r"),
     ("", BOTH, "100.0", "0.0", "=", "1", "=", "", "no overflow of cosh; curvature underflows in f32 only"),
     ("", BOTH, "-100.0", "0.0", "=", "-1", "=", "", "no overflow of cosh; curvature underflows in f32 only"),
     ("", BOTH, "1e4", "0.0", "=", "1", "0", "", "no overflow of cosh"),
     ("", BOTH, "-1e4", "0.0", "=", "-1", "0", "", "no overflow of cosh"),
     ("", "f32", "3e38", "-3e38", "inf", "1", "0", "overflowed", "r is beyond the type, its sign is not"),
     ("", "f32", "1e-30", "0.0", "0", "=", "1", "", "r^2/2 underflows"))
rows("quantile",
     (":tau=0.1", BOTH, "0.75", "0.75", "0", "0", "0", "", "kink at r = 0: 0 lies in the subdifferential"),
     (":tau=0.9", BOTH, "inf", "0.75", "inf", lambda p, t: 1 - p["tau"], "0", "infinite", "limit r to inf"),
     (":tau=0.9", BOTH, "-inf", "0.75", "inf", lambda p, t: -p["tau"], "0", "infinite", "limit r to -inf"),
     (":tau=0.25", "f32", "-3e38", "3e38", "=", "-0.25", "0", "", "r overflows, the loss does not: judged on the exact result"))
bad_parameters("quantile", "0.5", "0.25", ":tau=0", ":tau=1", ":tau=1.5", ":tau=-0.1", ":tau=nan", ":tau=inf")

# ---- Binary.
BCE = "binary_cross_entropy"
rows(BCE,
     ("", BOTH, "0.0", "1.0", "inf", "-inf", "inf", "infinite", "no clamp: log 0"),
     ("", BOTH, "1.0", "0.0", "inf", "inf", "inf", "infinite", "no clamp: log 0"),
     ("", BOTH, "0.0", "0.0", "0", "1", "1", "", "0 log 0 = 0; the slope from inside stays"),
     ("", BOTH, "-0.0", "0.0", "0", "1", "1", "", "p = -0 lies in the domain"),
     ("", BOTH, "1.0", "1.0", "0", "-1", "1", "", "value +0, never -0"),
     ("", BOTH, "0.0", "0.25", "inf", "-inf", "inf", "infinite", "soft target at the end of the interval"),
     ("", BOTH, "1.0", "0.25", "inf", "inf", "inf", "infinite", "soft target at the end of the interval"),
     ("", "f32", "0x1p-149", "1.0", "=", "-inf", "inf", "overflowed", "subnormal p: the log is finite"),
     ("", "f64", "0x1p-1074", "1.0", "=", "-inf", "inf", "overflowed", "subnormal p: the log is finite"),
     ("", "f32", "0x1.fffffep-1", "0.0", "=", "=", "=", "", "1 - p exact"),
     ("", "f16", "0x1p-24", "1.0", "=", "-inf", "inf", "-", "1/p beyond f16"),
     ("", BOTH, "0.5", "0.5", "=", "0", "4", "", "minimum of a soft target"),
     ("", "f32", "0x1.000002p+0", "1.0", "error:DOM001", "-", "-", "-", "p above 1 is never clamped"),
     ("", "f64", "0x1.0000000000001p+0", "1.0", "error:DOM001", "-", "-", "-", "p above 1 is never clamped"),
     ("", BOTH, "-1e-9", "0.0", "error:DOM001", "-", "-", "-", "p below 0 is never clamped"),
     ("", BOTH, "inf", "0.0", "error:DOM001", "-", "-", "-", "p above 1 is never clamped"),
     ("", BOTH, "-inf", "1.0", "error:DOM001", "-", "-", "-", "p below 0 is never clamped"),
     ("", BOTH, "0.5", "2.0", "error:DOM002", "-", "-", "-", "target outside [0,1]"),
     ("", BOTH, "0.5", "-1.0", "error:DOM002", "-", "-", "-", "target outside [0,1]"),
     ("", BOTH, "0.5", "nan", "error:DOM002", "-", "-", "-", "a target with a domain must lie in it"))
for y in ("0.0", "1.0", "0.25"):
    nan_in(BCE, y)
absent(BCE, "1.0", "0")

BCEL = "binary_cross_entropy_with_logits"
rows(BCEL,
     ("", BOTH, "1e4", "1.0", "0", "0", "0", "", "confident and right"),
     ("", BOTH, "-1e4", "0.0", "0", "0", "0", "", "confident and right"),
     ("", BOTH, "1e4", "0.0", "1e4", "1", "0", "", "confident and wrong"),
     ("", BOTH, "-1e4", "1.0", "1e4", "-1", "0", "", "confident and wrong"),
     ("", "f32", "20.0", "1.0", "=", "=", "=", "", "tail beyond z = 17"),
     ("", "f64", "-40.0", "0.0", "=", "=", "=", "", "tail beyond z = 38"),
     ("", "f64", "40.0", "1.0", "=", "=", "=", "", "tail beyond z = 38"),
     ("", "f32", "100.0", "1.0", "=", "=", "=", "", "subnormal tail: 27 * 2^-149"),
     ("", "f64", "-710.0", "0.0", "=", "=", "=", "", "subnormal tail"),
     ("", "f64", "-1000.0", "0.0", "0", "0", "0", "", "exp overflows, nothing else does"),
     ("", "f64", "-1000.0", "1.0", "1000", "-1", "0", "", "exp overflows, nothing else does"),
     ("", "f64", "-1000.0", "0.5", "500", "-0.5", "0", "", "exp overflows, nothing else does"),
     ("", BOTH, "inf", "1.0", "0", "0", "0", "", "limit"),
     ("", BOTH, "-inf", "0.0", "0", "0", "0", "", "limit"),
     ("", BOTH, "inf", "0.0", "inf", "1", "0", "infinite", "limit"),
     ("", BOTH, "-inf", "1.0", "inf", "-1", "0", "infinite", "limit"),
     ("", BOTH, "inf", "0.3", "inf", lambda p, t: 1 - t, "0", "infinite", "limit, soft target"),
     ("", BOTH, "-inf", "0.3", "inf", lambda p, t: -t, "0", "infinite", "limit, soft target"),
     ("", BOTH, "0.0", "0.5", "=", "0", "0.25", "", "minimum of a soft target"),
     ("", BOTH, "-0.0", "1.0", "=", "-0.5", "0.25", "", "z = -0"),
     (":pos_weight=0", BOTH, "-inf", "1.0", "0", "0", "0", "", "coefficient 0 times inf is 0"),
     (":pos_weight=0", BOTH, "inf", "1.0", "0", "0", "0", "", "coefficient 0 everywhere"),
     (":pos_weight=0", BOTH, "-3.7", "1.0", "0", "0", "0", "", "coefficient 0 everywhere"),
     (":pos_weight=3", "f32", "-2e38", "1.0", "inf", "-3", "0", "overflowed", "3 * 2e38 is beyond f32"),
     (":smoothing=0.5", BOTH, "inf", "1.0", "inf", "0.25", "0", "infinite", "smoothing leaves mass on the other label"),
     ("", BOTH, "0.5", "1.5", "error:DOM002", "-", "-", "-", "target outside [0,1]"),
     ("", BOTH, "0.5", "-0.5", "error:DOM002", "-", "-", "-", "target outside [0,1]"),
     ("", BOTH, "0.5", "nan", "error:DOM002", "-", "-", "-", "a target with a domain must lie in it"))
for y in ("0.0", "1.0", "0.25"):
    nan_in(BCEL, y)
bad_parameters(BCEL, "0.5", "1.0", ":pos_weight=-1", ":pos_weight=nan", ":pos_weight=inf", ":smoothing=-0.1", ":smoothing=1.5")
absent(BCEL, "1.0", "0")

for gamma in ("", ":gamma=0", ":gamma=0.5", ":gamma=1"):
    rows("focal",
         (gamma, BOTH, "inf", "1.0", "0", "0", "0", "", "limit, also for gamma < 1"),
         (gamma, BOTH, "-inf", "0.0", "0", "0", "0", "", "limit, also for gamma < 1"),
         (gamma, BOTH, "inf", "0.0", "inf", "1", "0", "infinite", "limit"),
         (gamma, BOTH, "-inf", "1.0", "inf", "-1", "0", "infinite", "limit"),
         (gamma, BOTH, "1e4", "1.0", "0", "0", "0", "", "underflow, no 0 * inf"),
         (gamma, BOTH, "-1e4", "1.0", "1e4", "-1", "0", "", "exp overflows, nothing else does"))
    nan_in("focal", "1.0", gamma)
rows("focal",
     (":alpha=0.25", BOTH, "-inf", "1.0", "inf", "-0.25", "0", "infinite", "limit times alpha"),
     (":alpha=0.25", BOTH, "inf", "0.0", "inf", "0.75", "0", "infinite", "limit times 1 - alpha"),
     (":alpha=0", BOTH, "-inf", "1.0", "0", "0", "0", "", "coefficient 0 times inf is 0"),
     ("", BOTH, "inf", "0.3", "inf", lambda p, t: (1 - t)**3, "0", "infinite", "limit, soft target"),
     ("", BOTH, "-inf", "0.3", "inf", lambda p, t: -t**3, "0", "infinite", "limit, soft target"),
     (":gamma=0", BOTH, "0.37", "1.0", "=", "=", "=", "", "gamma = 0 is binary cross-entropy"),
     ("", BOTH, "0.0", "1.0", "=", "=", "=", "", "p = 1/2"),
     ("", BOTH, "0.5", "1.5", "error:DOM002", "-", "-", "-", "target outside [0,1]"),
     ("", BOTH, "0.5", "nan", "error:DOM002", "-", "-", "-", "a target with a domain must lie in it"))
bad_parameters("focal", "0.5", "1.0", ":gamma=-1", ":gamma=nan", ":alpha=-0.25", ":alpha=nan")
absent("focal", "1.0", "0")

# ---- Counts.
rows("poisson",
     ("", "f32", "89.0", "1.0", "inf", "inf", "inf", "overflowed", "e^z beyond the type"),
     ("", "f64", "710.0", "1.0", "inf", "inf", "inf", "overflowed", "e^z beyond the type"),
     ("", "f32", "88.5", "1.0", "=", "=", "=", "", "just below the overflow"),
     ("", "f32", "88.75", "1e36", "=", "inf", "inf", "overflowed", "e^z overflows, e^z - yz does not: the exact result decides"),
     ("", "f64", "709.796875", "1e305", "=", "inf", "inf", "overflowed", "e^z overflows, e^z - yz does not: the exact result decides"),
     ("", BOTH, "inf", "0.0", "inf", "inf", "inf", "infinite", "limit"),
     ("", BOTH, "inf", "3.5", "inf", "inf", "inf", "infinite", "limit: the exponential wins"),
     ("", BOTH, "-inf", "0.0", "0", "0", "0", "", "coefficient 0 times inf is 0"),
     ("", BOTH, "-inf", "3.5", "inf", "-3.5", "0", "infinite", "limit"),
     ("", BOTH, "-1e4", "0.0", "0", "0", "0", "", "underflow"),
     ("", BOTH, "0.0", "1.0", "1", "0", "1", "", "minimum: gradient exactly +0"),
     (":full=true", BOTH, "0.0", "2.0", "=", "-1", "1", "", "log-gamma, not Stirling"),
     (":full=true", BOTH, "0.0", "0.0", "1", "1", "1", "", "log 0! = 0"),
     (":full=true", BOTH, "0.0", "1.0", "1", "0", "1", "", "log 1! = 0"),
     (":full=true", BOTH, "-inf", "0.0", "0", "0", "0", "", "coefficient 0 times inf is 0"),
     ("", BOTH, "0.5", "-1.0", "error:DOM002", "-", "-", "-", "a count is never negative"),
     ("", BOTH, "0.5", "nan", "error:DOM002", "-", "-", "-", "a target with a domain must lie in it"))
nan_in("poisson", "0.0")
nan_in("poisson", "2.5", "", ":full=true")
absent("poisson", "1.0", "3")

# ---- Margin. m = t z.
for loss in ("hinge", "squared_hinge"):
    steep, h_far = ("inf", "2") if loss == "squared_hinge" else ("1", "0")
    rows(loss,
         ("", BOTH, "1.0", "1.0", "0", "0", "0", "", "kink m = 1: smallest subgradient, right curvature"),
         ("", BOTH, "-1.0", "-1.0", "0", "0", "0", "", "kink m = 1: smallest subgradient, right curvature"),
         ("", BOTH, "inf", "1.0", "0", "0", "0", "", "limit"),
         ("", BOTH, "-inf", "-1.0", "0", "0", "0", "", "limit"),
         ("", BOTH, "-inf", "1.0", "inf", "-" + steep, h_far, "infinite", "limit"),
         ("", BOTH, "inf", "-1.0", "inf", steep, h_far, "infinite", "limit"),
         ("", BOTH, "0.0", "-1.0", "1", "2" if h_far == "2" else "1", h_far, "", "m = 0"),
         (":labels=01", BOTH, "0.5", "0.0", "=", "=", "=", "", "label 0 is -1"),
         (":labels=01", BOTH, "inf", "1.0", "0", "0", "0", "", "limit"),
         ("", BOTH, "0.5", "0.0", "error:DOM002", "-", "-", "-", "labels are -1 and 1, never guessed"),
         ("", BOTH, "0.5", "2.0", "error:DOM002", "-", "-", "-", "labels are -1 and 1"),
         ("", BOTH, "0.5", "nan", "error:DOM002", "-", "-", "-", "labels are -1 and 1"),
         (":labels=01", BOTH, "0.5", "-1.0", "error:DOM002", "-", "-", "-", "labels are 0 and 1"),
         (":labels=01", BOTH, "0.5", "0.5", "error:DOM002", "-", "-", "-", "labels are 0 and 1"))
    nan_in(loss, "1.0")
    nan_in(loss, "-1.0")
    absent(loss, "1.0", "-1")
rows("squared_hinge",
     ("", "f32", "-1e20", "1.0", "inf", "=", "2", "overflowed", "(1 - m)^2 beyond the type"),
     ("", "f64", "1e160", "-1.0", "inf", "=", "2", "overflowed", "(1 - m)^2 beyond the type"))
rows("hinge", ("", "f32", "-3e38", "1.0", "=", "-1", "0", "", "finite far tail"))
