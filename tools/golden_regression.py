#!/usr/bin/env python3
"""Writes tests/regression/data.csv and golden.json: coefficients of regressions by statsmodels and scikit-learn.

Needs numpy, statsmodels and scikit-learn (pip install in an environment of its own); nothing else in the project does.
Each optimum is polished by Newton steps until no entry of the gradient of its mean loss exceeds 1e-10, and the script
fails if it does.
"""
import json
from pathlib import Path

import numpy as np
import sklearn
import statsmodels
import statsmodels.api as sm
from sklearn.linear_model import ElasticNet, Lasso, LogisticRegression, Ridge

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "regression"
ROWS = 120


def data():
    random = np.random.default_rng(20240611)
    x = np.column_stack([random.normal(50, 10, ROWS), random.normal(-0.02, 0.005, ROWS), random.normal(0, 1, ROWS)])
    x[:, 2] += 0.05 * (x[:, 0] - 50)
    s = (x - [50, -0.02, 0]) / [10, 0.005, 1]
    columns = {
        "a": x[:, 0], "b": x[:, 1], "c": x[:, 2],
        "y": 3 + 2 * s[:, 0] - s[:, 1] + 0.5 * s[:, 2] + random.normal(0, 0.7, ROWS),
        "z": -1 + s[:, 1] + random.normal(0, 0.3, ROWS),
        "count": random.poisson(np.exp(0.8 + 0.5 * s[:, 0] - 0.3 * s[:, 2])),
        "yes": (s @ [1.0, -0.5, 0.8] + random.logistic(0, 1, ROWS) > 0).astype(int),
        "class": np.argmax(s @ random.normal(0, 1, (3, 3)) + random.gumbel(0, 1, (ROWS, 3)), axis=1),
        "weight": np.round(random.uniform(0.2, 3, ROWS), 3),
    }
    return {k: np.array([float(f"{v:.12g}") for v in column]) for k, column in columns.items()}


def main():
    table = data()
    x = np.column_stack([table[k] for k in "abc"])
    mean, deviation = x.mean(0), x.std(0)
    scaled = (x - mean) / deviation
    golden = {}

    def add(name, source, coefficients, gradient):
        worst = np.max(np.abs(gradient))
        assert worst <= 1e-10, (name, worst)
        rows = np.atleast_2d(np.asarray(coefficients, float))  # a row per output: bias, then weights
        golden[name] = {"source": source, "coefficients": [[float(v) for v in row] for row in rows]}

    def polish(coefficients, gradient, hessian):
        for _ in range(20):
            coefficients = coefficients - np.linalg.solve(hessian(coefficients), gradient(coefficients))
        return coefficients

    def unscaled(w, b):  # of standardised features, to the features' own units
        w = np.asarray(w) / deviation
        return np.concatenate([[b - w @ mean], w])

    # Gradients by the scaled features, as the optimisers see them.
    design_scaled = np.column_stack([np.ones(ROWS), scaled])
    sm_name, sk_name = f"statsmodels {statsmodels.__version__}", f"scikit-learn {sklearn.__version__}"

    ols = [sm.OLS(table[k], design_scaled).fit().params for k in "yz"]
    for name, fits, targets in (("linear", ols[:1], "y"), ("two_outputs", ols, "yz")):
        gradient = np.concatenate([design_scaled.T @ (design_scaled @ p - table[k]) / ROWS for p, k in zip(fits, targets)])
        add(name, sm_name + " OLS", [unscaled(p[1:], p[0]) for p in fits], gradient)
    weight = table["weight"] / table["weight"].mean()
    p = sm.WLS(table["y"], design_scaled, weights=weight).fit().params
    add("weighted", sm_name + " WLS", unscaled(p[1:], p[0]), design_scaled.T @ (weight * (design_scaled @ p - table["y"])) / ROWS)

    penalty = np.diag([0, 1, 1, 1])
    fit = Ridge(alpha=0.3 * ROWS, solver="cholesky").fit(scaled, table["y"])
    p = np.concatenate([[fit.intercept_], fit.coef_])
    add("ridge l2=0.3", sk_name + " Ridge", unscaled(p[1:], p[0]),
        design_scaled.T @ (design_scaled @ p - table["y"]) / ROWS + 0.3 * penalty @ p)

    def poisson_gradient(p): return design_scaled.T @ (np.exp(design_scaled @ p) - table["count"]) / ROWS
    p = sm.GLM(table["count"], design_scaled, family=sm.families.Poisson()).fit(tol=1e-14).params
    p = polish(p, poisson_gradient, lambda p: design_scaled.T @ (np.exp(design_scaled @ p)[:, None] * design_scaled) / ROWS)
    add("poisson", sm_name + " GLM, family Poisson", unscaled(p[1:], p[0]), poisson_gradient(p))

    def logit_gradient(p): return design_scaled.T @ (1 / (1 + np.exp(-design_scaled @ p)) - table["yes"]) / ROWS

    def logit_hessian(p):
        q = 1 / (1 + np.exp(-design_scaled @ p))
        return design_scaled.T @ ((q * (1 - q))[:, None] * design_scaled) / ROWS
    p = sm.Logit(table["yes"], design_scaled).fit(disp=0, tol=1e-14).params
    p = polish(p, logit_gradient, logit_hessian)
    add("logistic", sm_name + " Logit", unscaled(p[1:], p[0]), logit_gradient(p))

    fit = LogisticRegression(C=1 / (0.05 * ROWS), tol=1e-14, max_iter=10000, solver="newton-cg").fit(scaled, table["class"])
    w = np.column_stack([fit.intercept_, fit.coef_])
    onehot = np.eye(3)[table["class"].astype(int)]

    def softmax_gradient(flat):
        w = flat.reshape(3, 4)
        z = design_scaled @ w.T
        q = np.exp(z - z.max(1, keepdims=True))
        q /= q.sum(1, keepdims=True)
        return ((q - onehot).T @ design_scaled / ROWS + 0.05 * w @ penalty).ravel()

    def softmax_hessian(flat):  # by differences; the biases' common shift is fixed by a small addition
        h = np.array([(softmax_gradient(flat + e) - softmax_gradient(flat - e)) / 2e-6 for e in 1e-6 * np.eye(12)])
        return h + 1e-3 * np.kron(np.ones((3, 3)), np.diag([1, 0, 0, 0]))
    flat = polish(w.ravel(), softmax_gradient, softmax_hessian)
    w = flat.reshape(3, 4)
    w[:, 0] -= w[:, 0].mean()
    add("softmax l2=0.05", sk_name + " LogisticRegression", [unscaled(row[1:], row[0]) for row in w], softmax_gradient(w.ravel()))

    fit = Lasso(alpha=0.9, tol=1e-14, max_iter=1000000).fit(scaled, table["y"])
    p = np.concatenate([[fit.intercept_], fit.coef_])
    gradient = design_scaled.T @ (design_scaled @ p - table["y"]) / ROWS + 0.9 * np.sign(p) * [0, 1, 1, 1]
    add("lasso l1=0.9", sk_name + " Lasso", unscaled(p[1:], p[0]), np.where(p != 0, gradient, 0))

    fit = ElasticNet(alpha=0.7, l1_ratio=5 / 7, tol=1e-14, max_iter=1000000).fit(scaled, table["y"])
    p = np.concatenate([[fit.intercept_], fit.coef_])
    gradient = design_scaled.T @ (design_scaled @ p - table["y"]) / ROWS + (0.5 * np.sign(p) + 0.2 * p) * [0, 1, 1, 1]
    add("elastic l1=0.5 l2=0.2", sk_name + " ElasticNet", unscaled(p[1:], p[0]), np.where(p != 0, gradient, 0))

    def polish_sparse(p, gradient, hessian, l1):  # on the coefficients that are not 0; the others must want to stay there
        penalised = np.resize([0, 1, 1, 1], p.size)
        free = (p != 0) | (penalised == 0)
        for _ in range(20):
            slope = gradient(p) + l1 * np.sign(p) * penalised
            p = p.copy()
            p[free] -= np.linalg.solve(hessian(p)[np.ix_(free, free)], slope[free])
        slope = gradient(p) + l1 * np.sign(p) * penalised
        assert np.all(np.abs(slope[~free]) < l1) and not np.all(free)
        return p, np.where(free, slope, 0)

    fit = LogisticRegression(C=1 / (0.15 * ROWS), l1_ratio=1, solver="saga", tol=1e-12, max_iter=1000000).fit(scaled, table["yes"])
    p, slope = polish_sparse(np.concatenate([fit.intercept_, fit.coef_[0]]), logit_gradient, logit_hessian, 0.15)
    add("logistic l1=0.15", sk_name + " LogisticRegression", unscaled(p[1:], p[0]), slope)

    fit = LogisticRegression(C=1 / (0.05 * ROWS), l1_ratio=1, solver="saga", tol=1e-12, max_iter=1000000).fit(scaled, table["class"])

    def unpenalised_gradient(flat): return softmax_gradient(flat) - 0.05 * (flat.reshape(3, 4) @ penalty).ravel()

    def unpenalised_hessian(flat): return softmax_hessian(flat) - 0.05 * np.kron(np.eye(3), penalty)
    flat, slope = polish_sparse(np.column_stack([fit.intercept_, fit.coef_]).ravel(), unpenalised_gradient, unpenalised_hessian, 0.05)
    w = flat.reshape(3, 4)
    w[:, 0] -= w[:, 0].mean()
    add("softmax l1=0.05", sk_name + " LogisticRegression", [unscaled(row[1:], row[0]) for row in w], slope)

    FOLDER.mkdir(exist_ok=True)
    rows = [",".join(table)] + [",".join(f"{float(v):.12g}" for v in row) for row in zip(*table.values())]
    (FOLDER / "data.csv").write_text("\n".join(rows) + "\n")
    (FOLDER / "golden.json").write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    main()
