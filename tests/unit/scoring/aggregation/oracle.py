"""The crossed model written down naively, with the covariance matrix in full: slow, obvious, and the judge of the
fast one.
"""

from __future__ import annotations

import numpy as np


def panel(seed=0, works=6, reviewers=4, each=2, criteria=1, **spread):
    """Codes of work, reviewer and review of each observation, and values."""
    sd = {"work": 1.0, "reviewer": 0.7, "review": 0.5, "noise": 0.6, **spread}
    rng = np.random.default_rng(seed)
    work = np.repeat(np.arange(works), each)
    reviewer = np.concatenate([(np.arange(each) + start) % reviewers for start in range(works)])
    review = np.arange(len(work))
    work, reviewer, review = (np.repeat(column, criteria) for column in (work, reviewer, review))
    values = (
        3
        + rng.normal(0, sd["work"], works)[work]
        + rng.normal(0, sd["reviewer"], reviewers)[reviewer]
        + rng.normal(0, sd["review"], len(review) // criteria)[review]
        + rng.normal(0, sd["noise"], len(work))
    )
    return work, reviewer, review, values


def indicator(codes):
    return np.eye(codes.max() + 1)[codes]


class Dense:
    """Restricted likelihood of ``y ~ N(X b, sum of variance_k V_k)``."""

    def __init__(self, values, fixed, parts):
        self.y, self.x, self.parts = values, fixed, parts

    def covariance(self, variances):
        return sum(variance * part for variance, part in zip(variances, self.parts, strict=True))

    def projection(self, variances):
        inverse = np.linalg.inv(self.covariance(variances))
        cross = self.x.T @ inverse
        return inverse - cross.T @ np.linalg.inv(cross @ self.x) @ cross

    def log_likelihood(self, variances):
        covariance = self.covariance(variances)
        inverse = np.linalg.inv(covariance)
        constant = (len(self.y) - self.x.shape[1]) * np.log(2 * np.pi)
        terms = np.linalg.slogdet(covariance)[1] + np.linalg.slogdet(self.x.T @ inverse @ self.x)[1]
        return -(constant + terms + self.y @ self.projection(variances) @ self.y) / 2

    def average_information(self, variances):
        p = self.projection(variances)
        scores = [part @ p @ self.y for part in self.parts]
        return np.array([[left @ p @ right / 2 for right in scores] for left in scores])

    def best(self, start):
        """Maximum by a general optimiser over logarithms of variances."""
        from scipy.optimize import minimize

        found = minimize(
            lambda logs: -self.log_likelihood(np.exp(logs)),
            np.log(start),
            method="Nelder-Mead",
            options={"xatol": 1e-7, "fatol": 1e-10, "maxiter": 20_000, "maxfev": 20_000},
        )
        return np.exp(found.x), -found.fun
