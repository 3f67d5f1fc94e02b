"""Reviews in, grades with their uncertainty and their reasons out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.stats import t as student

from scoring.aggregation import VERSION, Criterion, Policy, Published, Reviews, Rubric, aggregate
from scoring.aggregation import judged as judged_module
from scoring.aggregation.adjust import adjust, huber_adjust
from scoring.aggregation.baselines import mean_half_up
from scoring.aggregation.crossed import RESIDUAL, REVIEW, REVIEWER, WORK, fit_crossed
from scoring.aggregation.outcome import Escalation, Reason
from scoring.aggregation.records import Incomplete, Model, Obstacle
from scoring.errors import InvalidInput, NotConverged

RUBRIC = Rubric(
    "essay-2",
    (Criterion("idea", 10, minimum=2, weight=2), Criterion("logic", 10, weight=1), Criterion("style", 5, weight=1)),
)
ADJUSTED = Policy(publish=Published.ADJUSTED)
SPAN = RUBRIC.maximum - RUBRIC.minimum  # 35 - 4 points


def panel(*, seed=0, works=20, reviewers=8, each=3, severity=1.0, tenths=True):
    """Rows of (work, reviewer, criterion, score)."""
    rng = np.random.default_rng(seed)
    quality, severe = rng.normal(0, 1, works), rng.normal(0, severity, reviewers)
    rows = []
    for work in range(works):
        for reviewer in rng.choice(reviewers, each, replace=False).tolist():
            halo = rng.normal(0, 0.5)
            for criterion in RUBRIC.criteria:
                middle = (criterion.maximum + criterion.minimum) / 2
                mark = middle + 0.7 * (quality[work] - severe[reviewer] + halo + rng.normal(0, 0.6))
                mark = round(float(np.clip(mark, criterion.minimum, criterion.maximum)), 1 if tenths else 0)
                rows.append((f"w{work:02d}", f"r{reviewer}", criterion.name, mark))
    return rows


def run(rows, policy=ADJUSTED, rubric=RUBRIC):
    return aggregate(Reviews.from_rows(rows), rubric, policy=policy)


def totals(rows):
    """Total of each review."""
    weight = {criterion.name: criterion.weight for criterion in RUBRIC.criteria}
    found = {}
    for work, reviewer, criterion, mark in rows:
        found[work, reviewer] = found.get((work, reviewer), 0.0) + weight[criterion] * mark
    return found


def model(rows):
    """Codes, values in fractions of the range and the fit, computed by the parts."""
    found = totals(rows)
    work = np.unique([key[0] for key in found], return_inverse=True)[1]
    reviewer = np.unique([key[1] for key in found], return_inverse=True)[1]
    values = (np.array(list(found.values())) - RUBRIC.minimum) / SPAN
    return work, reviewer, values, fit_crossed(work, reviewer, values)


@pytest.fixture(scope="module")
def rows():
    return panel()


@pytest.fixture(scope="module")
def result(rows):
    return run(rows)


def test_the_plain_mean_is_exact_and_rounded_half_up(rows, result):
    found = totals(rows)
    for row in result.works:
        mine = [round(total, 6) for (work, _), total in found.items() if work == row.work]
        assert row.mean == mean_half_up(np.array(mine))
        assert row.median == pytest.approx(np.median(mine))
        assert row.spread == pytest.approx(max(mine) - min(mine))
        assert row.n == len(mine)


def test_the_adjusted_mean_is_the_model_s_in_points(rows, result):
    work, reviewer, values, fit = model(rows)
    ratio = float(fit.variances[REVIEWER] / fit.variances[RESIDUAL])
    made = adjust(work, reviewer, values, np.ones(len(values)), ratio)
    assert_allclose(result.works.adjusted, RUBRIC.minimum + SPAN * made.grade)
    assert_allclose(result.works.adjusted_se, SPAN * np.sqrt(fit.variances[RESIDUAL] * made.variance))
    assert_allclose(result.works.blup, RUBRIC.minimum + SPAN * (fit.fixed[0] + fit.work_effects))
    assert_allclose(result.reviewers.severity, -SPAN * made.leniency)
    assert_allclose(result.reviewers.severity_se, SPAN * np.sqrt(fit.variances[RESIDUAL] * made.leniency_variance))
    noise = [
        np.sqrt((made.residual[reviewer == one] ** 2).sum() / made.freedom[reviewer == one].sum()) for one in range(8)
    ]
    assert_allclose(result.reviewers.noise, SPAN * np.array(noise))


def test_intervals_are_student_s_with_satterthwaite_s_degrees_of_freedom(rows, result):
    work, reviewer, values, fit = model(rows)
    ratio = float(fit.variances[REVIEWER] / fit.variances[RESIDUAL])
    made = adjust(work, reviewer, values, np.ones(len(values)), ratio)
    slope = np.stack([made.from_reviewers, made.variance - ratio * made.from_reviewers], axis=1)
    variance = slope @ fit.variances[[REVIEWER, RESIDUAL]]
    covariance = fit.covariance[np.ix_([REVIEWER, RESIDUAL], [REVIEWER, RESIDUAL])]
    df = 2 * variance**2 / np.einsum("ij,jk,ik->i", slope, covariance, slope)
    half = SPAN * student.ppf(0.975, df) * np.sqrt(variance)
    works = result.works
    assert_allclose(works.adjusted_low, np.maximum(works.adjusted - half, RUBRIC.minimum))
    assert_allclose(works.adjusted_high, np.minimum(works.adjusted + half, RUBRIC.maximum))


def test_the_mean_s_error_holds_severity_and_noise(rows, result):
    _, _, _, fit = model(rows)
    expected = SPAN * np.sqrt((fit.variances[REVIEWER] + fit.variances[RESIDUAL]) / 3)
    assert_allclose(result.works.mean_se, expected)
    df = 2 * (fit.variances[REVIEWER] + fit.variances[RESIDUAL]) ** 2 / fit.covariance[np.ix_([1, 3], [1, 3])].sum()
    row = next(iter(result.works))
    exact = np.mean([total for (work, _), total in totals(rows).items() if work == row.work])
    assert row.mean_high == pytest.approx(exact + student.ppf(0.975, df) * expected)
    assert row.mean_low == pytest.approx(exact - student.ppf(0.975, df) * expected)


def test_the_chosen_adjusted_mean_is_published_rounded_with_its_interval(result):
    assert result.published is Published.ADJUSTED
    assert result.reasons == ()
    assert result.offered == (Published.MEAN, Published.ADJUSTED)
    works = result.works
    assert_allclose(works.grade, np.floor(works.adjusted * 10 + 0.5) / 10)
    assert_allclose(works.se, works.adjusted_se)
    assert_allclose([works.low, works.high], [works.adjusted_low, works.adjusted_high])


def test_the_default_publishes_the_mean_and_shows_the_other(rows, result):
    found = run(rows, Policy())
    assert found.published is Published.MEAN
    assert found.reasons == (Reason.CHOSEN,)
    assert found.offered == (Published.MEAN, Published.ADJUSTED)
    assert_allclose(found.works.grade, result.works.mean)
    assert_allclose(found.works.se, result.works.mean_se)
    assert_allclose([found.works.low, found.works.high], [result.works.mean_low, result.works.mean_high])
    assert_allclose(found.works.adjusted, result.works.adjusted)


def test_the_shift_is_that_of_the_published_number(rows, result):
    found = run(rows, Policy())
    for published in (result, found):
        for row in list(published.works)[:4]:
            shifts = {}
            for reviewer in {entry[1] for entry in rows if entry[0] == row.work}:
                left = [entry for entry in rows if entry[:2] != (row.work, reviewer)]
                if published is found:
                    mine = [total for (work, _), total in totals(left).items() if work == row.work]
                    before = [total for (work, _), total in totals(rows).items() if work == row.work]
                    shifts[reviewer] = np.mean(mine) - np.mean(before)
                else:
                    work, code, values, _ = model(left)
                    fit = model(rows)[3]
                    ratio = float(fit.variances[REVIEWER] / fit.variances[RESIDUAL])
                    made = adjust(work, code, values, np.ones(len(values)), ratio)
                    number = sorted({entry[0] for entry in rows}).index(row.work)
                    shifts[reviewer] = RUBRIC.minimum + SPAN * made.grade[number] - row.adjusted
            assert row.shift == pytest.approx(max(shifts.values(), key=abs))
            assert row.shift_reviewer == max(shifts, key=lambda one: abs(shifts[one]))


def test_diagnostics_describe_the_panel(rows, result):
    _, _, _, fit = model(rows)
    found = result.diagnostics
    assert (found.n_works, found.n_reviewers, found.n_reviews, found.components) == (20, 8, 60, 1)
    assert found.density == 60 / 160
    assert found.variances.work == pytest.approx(SPAN**2 * fit.variances[WORK])
    assert found.variances.severity == pytest.approx(SPAN**2 * fit.variances[REVIEWER])
    assert found.variances.noise == pytest.approx(SPAN**2 * fit.variances[RESIDUAL])
    assert found.variances.halo == 0
    assert found.severity_p == pytest.approx(fit.severity_p)
    assert found.log_likelihood == pytest.approx(fit.log_likelihood)
    error = (result.works.mean_se[0] / SPAN) ** 2
    assert found.reliability == pytest.approx(fit.variances[WORK] / (fit.variances[WORK] + error))
    assert (found.problem, found.rasch_problem) == (None, None)
    assert (result.rubric_version, result.version) == ("essay-2", VERSION)


def test_rows_of_results_can_be_looked_up(result):
    with pytest.raises(KeyError):
        result.works["w99"]
    with pytest.raises(KeyError):
        result.reviewers["w03"]
    assert len(result.works) == 20
    assert len(result.reviewers) == 8
    assert result.works["w03"] == list(result.works)[3]
    assert result.works["w03"].work == "w03"
    assert result.reviewers["r5"].reviewer == "r5"
    assert result.reviewers["r5"].severity == list(result.reviewers)[5].severity
    assert type(result.works["w03"].grade) is float
    assert type(result.works["w03"].n) is int


def test_criteria_with_a_halo_give_the_grades_of_totals_where_reviews_are_complete(rows, result):
    found = run(rows, replace(ADJUSTED, model=Model.CRITERIA))
    assert_allclose(found.works.adjusted, result.works.adjusted, rtol=1e-4)
    assert_allclose(found.works.adjusted_se, result.works.adjusted_se, rtol=1e-3)
    assert_allclose(found.works.blup, result.works.blup, rtol=1e-4)
    assert_allclose(found.works.mean_se, result.works.mean_se, rtol=1e-3)
    assert_allclose(found.reviewers.noise, result.reviewers.noise, rtol=1e-3)
    assert_allclose(found.reviewers.severity_se, result.reviewers.severity_se, rtol=1e-3)
    width = found.works.adjusted_high - found.works.adjusted_low
    assert_allclose(width, result.works.adjusted_high - result.works.adjusted_low, rtol=1e-3)
    assert found.diagnostics.variances.halo > 0
    assert found.diagnostics.severity_p == pytest.approx(result.diagnostics.severity_p, rel=1e-3)


def test_the_model_of_criteria_is_the_crossed_fit_with_a_review_effect(rows):
    found = run(rows, replace(ADJUSTED, model=Model.CRITERIA))
    points = {"idea": 16, "logic": 10, "style": 5}
    low = {"idea": 2, "logic": 0, "style": 0}
    width = {"idea": 8, "logic": 10, "style": 5}
    work = np.unique([row[0] for row in rows], return_inverse=True)[1]
    reviewer = np.unique([row[1] for row in rows], return_inverse=True)[1]
    names = np.array([row[2] for row in rows])
    fit = fit_crossed(
        work,
        reviewer,
        np.array([(row[3] - low[row[2]]) / width[row[2]] for row in rows]),
        fixed=np.stack([names == name for name in points], axis=1).astype(float),
        weights=np.array([points[name] * 3 / 31 for name in names]),
        review=np.unique(work * 100 + reviewer, return_inverse=True)[1],
    )
    found_variances = found.diagnostics.variances
    expected = SPAN**2 * fit.variances
    assert found_variances.work == pytest.approx(expected[WORK], rel=1e-4)
    assert found_variances.severity == pytest.approx(expected[REVIEWER], rel=1e-4)
    assert found_variances.halo == pytest.approx(expected[REVIEW], rel=1e-4)
    assert found_variances.noise == pytest.approx(expected[RESIDUAL], rel=1e-4)


def test_an_incomplete_review_counts_pro_rata_where_the_season_says_so(rows):
    holes = [row for row in rows if row[:3] not in {("w00", rows[0][1], "style"), ("w05", rows[45][1], "idea")}]
    strict = run(holes)
    assert len(strict.diagnostics.set_aside) == 2
    assert strict.diagnostics.n_reviews == 58
    for kind in Model:
        lax = run(holes, replace(ADJUSTED, incomplete=Incomplete.PRORATE, model=kind))
        assert lax.diagnostics.set_aside == ()
        assert lax.works["w00"].n == 3
        assert abs(lax.works["w00"].adjusted - run(rows).works["w00"].adjusted) < 2


def test_a_criterion_that_nobody_marked_is_left_out_of_the_model():
    rows = [row for row in panel() if row[2] != "style"]
    found = run(rows, replace(ADJUSTED, incomplete=Incomplete.PRORATE, model=Model.CRITERIA))
    assert found.diagnostics.problem is None
    assert np.isfinite(found.works.adjusted).all()


def test_the_robust_variant_uses_huber_s_weights(rows):
    wild = [(*row[:3], 2.0 if row[2] == "idea" else 0.0) if row[:2] == rows[0][:2] else row for row in rows]
    work, reviewer, values, fit = model(wild)
    ratio = float(fit.variances[REVIEWER] / fit.variances[RESIDUAL])
    noise = float(np.sqrt(fit.variances[RESIDUAL]))
    expected = huber_adjust(work, reviewer, values, np.ones(len(values)), ratio, noise=noise)
    plain, robust = run(wild), run(wild, replace(ADJUSTED, robust=True))
    assert_allclose(robust.works.adjusted, RUBRIC.minimum + SPAN * expected.grade)
    assert robust.works.adjusted[0] > plain.works.adjusted[0] + 0.5
    assert robust.works.adjusted_se[0] > plain.works.adjusted_se[0]


def test_a_review_s_weight_enters_mean_and_model():
    rows = [(*row, 4.0 if row[1] == "r0" else 1.0) for row in panel()]
    found = run(rows)
    variances = found.diagnostics.variances
    work, reviewer, values, _ = model([row[:4] for row in rows])
    heavy = np.where(reviewer == 0, 4.0, 1.0)
    fit = fit_crossed(work, reviewer, values, weights=heavy)
    assert variances.noise == pytest.approx(SPAN**2 * fit.variances[RESIDUAL])
    made = adjust(work, reviewer, values, heavy, float(fit.variances[REVIEWER] / fit.variances[RESIDUAL]))
    assert_allclose(found.works.adjusted, RUBRIC.minimum + SPAN * made.grade)
    by_work = {}
    for (work, reviewer), total in totals([row[:4] for row in rows]).items():
        by_work.setdefault(work, []).append((total, 4.0 if reviewer == "r0" else 1.0))
    for row in found.works:
        points, weights = np.array(by_work[row.work]).T
        share = weights / weights.sum()
        assert row.mean == pytest.approx(share @ points, abs=0.051)
        expected = variances.severity * (share**2).sum() + variances.noise * (share**2 / weights).sum()
        assert row.mean_se == pytest.approx(np.sqrt(expected))


def test_degrees_of_freedom_are_at_least_one():
    rows = panel(seed=3, works=20, reviewers=2, each=2, severity=3.0)
    _, _, _, fit = model(rows)
    df = 2 * (fit.variances[REVIEWER] + fit.variances[RESIDUAL]) ** 2 / fit.covariance[np.ix_([1, 3], [1, 3])].sum()
    assert df < 1.5
    works = run(rows, replace(ADJUSTED, confidence=0.2)).works
    half = student.ppf(0.6, max(df, 1.0)) * works.mean_se
    assert_allclose(works.mean_high - works.mean_low, 2 * half)


def test_a_dense_panel_offers_only_the_plain_mean():
    found = run(panel(works=20, reviewers=4, each=4))
    assert found.reasons == (Reason.DENSE_PANEL,)
    assert found.published is Published.MEAN
    assert found.offered == (Published.MEAN,)
    assert_allclose(found.works.adjusted, found.works.mean, atol=0.051)


def test_few_works_are_published_as_their_plain_mean():
    assert run(panel(works=14)).reasons == (Reason.FEW_WORKS,)
    assert run(panel(works=15)).reasons == ()
    assert run(panel(works=14), replace(ADJUSTED, fewest_works=14)).reasons == ()


def test_severity_that_does_not_show_is_not_corrected():
    rows = panel(seed=2, severity=0.3)
    found = run(rows)
    p = found.diagnostics.severity_p
    assert found.reasons == (Reason.NO_SEVERITY,)
    assert 0.05 < p < 0.9
    assert run(rows, replace(ADJUSTED, significance=p)).reasons == (Reason.NO_SEVERITY,)
    assert run(rows, replace(ADJUSTED, significance=p + 1e-6)).reasons == ()


def test_severities_of_variance_zero_have_no_error_to_show():
    for seed in range(20):
        found = run(panel(seed=seed, severity=0.0))
        if found.diagnostics.variances.severity == 0:
            break
    assert np.isnan(found.reviewers.severity_se).all()
    assert not found.reviewers.severity.any()
    assert (found.reviewers.noise > 0).all()


def test_panels_without_a_common_reviewer_are_told_apart():
    rows = panel(works=20) + [(f"x{row[0]}", f"x{row[1]}", *row[2:]) for row in panel(seed=1, works=20)]
    found = run(rows)
    assert found.diagnostics.components == 2
    assert {row.component for row in found.works if row.work[0] == "w"} == {0}
    assert {row.component for row in found.works if row.work[0] == "x"} == {1}
    assert {row.component for row in found.reviewers if row.reviewer[0] == "x"} == {1}


def test_intervals_and_grades_stay_within_the_rubric():
    best = {criterion.name: criterion.maximum for criterion in RUBRIC.criteria}
    severe = run(panel(severity=2.0)).reviewers
    harsh = sorted(severe.reviewer, key=lambda one: -severe[one].severity)[:3]
    top = [("best", reviewer, name, mark) for reviewer in harsh for name, mark in best.items()]
    works = run([*panel(severity=2.0), *top]).works
    assert works["best"].adjusted == works["best"].adjusted_high == works["best"].mean_high == RUBRIC.maximum
    assert works["best"].grade == RUBRIC.maximum
    assert works.adjusted_low.min() >= RUBRIC.minimum


def test_escalation_uses_the_published_interval_and_the_maximum(rows):
    asked = run(rows, replace(ADJUSTED, interval_limit=0.1, divergence_limit=0.15))
    for row in asked.works:
        assert (Escalation.WIDE_INTERVAL in row.escalation) == (row.high - row.low > 3.5)
        assert (Escalation.DIVERGENCE in row.escalation) == (row.spread > 0.15 * 35)
        assert row.escalated == bool(row.escalation)
    assert any(row.escalated for row in asked.works)


def test_a_policy_s_confidence_decimals_and_trim_are_used(rows, result):
    found = run(rows, replace(ADJUSTED, confidence=0.5, decimals=2, trim=0.4))
    assert (
        found.works.adjusted_high - found.works.adjusted_low < result.works.adjusted_high - result.works.adjusted_low
    ).all()
    assert_allclose(found.works.grade, np.floor(found.works.adjusted * 100 + 0.5) / 100)
    assert_allclose(found.works.trimmed_mean, found.works.median)
    assert (np.abs(found.works.mean - result.works.mean) > 0.001).any()


def test_rasch_runs_when_asked_and_gives_each_reviewer_their_fit():
    rows = panel(tenths=False)
    assert run(rows).rasch is None
    assert np.isnan(run(rows).reviewers.infit).all()
    found = run(rows, replace(ADJUSTED, rasch=True))
    assert found.rasch.judges.labels == found.reviewers.reviewer
    assert found.rasch.examinees.labels == found.works.work
    assert_allclose(found.reviewers.infit, found.rasch.judges.infit)
    assert_allclose(found.reviewers.outfit, found.rasch.judges.outfit)
    assert len(found.rasch.thresholds) == 3  # criteria of different scales have thresholds of their own
    assert found.diagnostics.rasch_problem is None
    assert np.corrcoef(found.rasch.judges.measure, found.reviewers.severity)[0, 1] > 0.8


def test_criteria_of_one_scale_share_their_thresholds():
    rubric = Rubric("1", (Criterion("idea", 10), Criterion("logic", 10, weight=3), Criterion("style", 10)))
    rows = [(*row[:3], min(row[3], 10.0)) for row in panel(tenths=False)]
    assert len(run(rows, Policy(rasch=True), rubric).rasch.thresholds) == 1


def test_why_there_is_no_rasch_model_is_said():
    rows = panel(works=20, tenths=False) + [(f"x{row[0]}", f"x{row[1]}", *row[2:]) for row in panel(tenths=False)]
    found = run(rows, Policy(rasch=True))
    assert found.rasch is None
    assert found.diagnostics.rasch_problem is Obstacle.DISCONNECTED
    assert run([], Policy(rasch=True)).diagnostics.rasch_problem is Obstacle.FEW_LEVELS


def test_an_iteration_that_does_not_settle_leaves_the_mean(rows, monkeypatch):
    def unsettled(*_arguments, **_options):
        raise NotConverged("anything", iterations=1, gap=1.0)

    monkeypatch.setattr(judged_module, "fit_crossed", unsettled)
    monkeypatch.setattr("scoring.aggregation.pipeline.fit_rasch", unsettled)
    found = run(rows, replace(ADJUSTED, rasch=True))
    assert found.reasons == (Reason.NOT_ESTIMABLE,)
    assert found.diagnostics.problem is found.diagnostics.rasch_problem is Obstacle.NOT_CONVERGED
    assert found.works.grade.tolist() == run(rows, Policy()).works.mean.tolist()


def test_malformed_reviews_are_refused():
    with pytest.raises(InvalidInput, match="no criterion wit"):
        run([("w", "r", "wit", 3)])
