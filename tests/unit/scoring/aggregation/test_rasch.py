"""The many-facet Rasch model beyond the published examples: its own likelihood, extremes, parts that do not connect."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from scoring.aggregation.rasch import Method, Steps, choose_method, fit_rasch, jmle, marks_of, mml
from scoring.aggregation.rasch.categories import code, moments, probabilities
from scoring.aggregation.rasch.extremes import informative, measure_at_score
from scoring.errors import InvalidInput, NotConverged, NotIdentified


def simulated(*, seed=0, examinees=40, per_criterion=False):
    judges, criteria, categories, each = 5, 3, 4, 3
    rng = np.random.default_rng(seed)
    ability = rng.normal(0, 1.2, examinees)
    severity = np.linspace(-0.8, 0.8, judges)
    difficulty = np.linspace(-0.5, 0.5, criteria)
    threshold = np.linspace(-1.2, 1.2, categories - 1)
    rows = []
    for examinee in range(examinees):
        for judge in (np.arange(each) + examinee) % judges:
            for criterion in range(criteria):
                shift = 0.4 * (criterion - 1) if per_criterion else 0.0
                logit = np.arange(categories) * (ability[examinee] - severity[judge] - difficulty[criterion])
                logit -= np.concatenate([[0], np.cumsum(threshold * (1 + shift))])
                odds = np.exp(logit - logit.max())
                rows.append((examinee, judge, criterion, rng.choice(categories, p=odds / odds.sum())))
    return tuple(np.array(column) for column in zip(*rows, strict=True))


@pytest.fixture(scope="module")
def columns():
    return simulated()


@pytest.fixture(scope="module")
def marks(columns):
    return marks_of(*columns)


def test_probabilities_follow_the_log_odds():
    found = probabilities(np.array([0.7]), np.array([0]), np.array([[0.0, -0.5, 0.3, np.inf]]))[0]
    assert np.log(found[1] / found[0]) == pytest.approx(0.7 + 0.5)
    assert np.log(found[2] / found[1]) == pytest.approx(0.7 - 0.8)
    assert found[3] == 0
    assert found.sum() == pytest.approx(1)


def test_probabilities_far_out_do_not_overflow():
    found = probabilities(np.array([900.0, -900.0]), np.array([0, 0]), np.array([[0.0, 0.0, 0.0]]))
    assert_allclose(found, [[0, 0, 1], [1, 0, 0]], atol=1e-12)


def test_moments_are_those_of_the_distribution():
    p = np.array([[0.1, 0.2, 0.3, 0.4]])
    found = moments(p)
    mean = 0.2 + 0.6 + 1.2
    assert found.expected[0] == pytest.approx(mean)
    assert found.variance[0] == pytest.approx(0.2 + 1.2 + 3.6 - mean**2)
    assert_allclose(found.reached[0], [0.9, 0.7, 0.4])
    # Cov(X, X >= h) = E[X; X >= h] - E[X] P(X >= h)
    assert_allclose(found.joint[0], [2.0 - mean * 0.9, 1.8 - mean * 0.7, 1.2 - mean * 0.4])


def total_log_likelihood(marks, fit):
    cumulative = np.array([[0.0, *np.cumsum(threshold)] for threshold in fit.thresholds])
    location = (
        fit.examinees.measure[marks.examinee] - fit.judges.measure[marks.judge] - fit.criteria.measure[marks.criterion]
    )
    group = np.zeros(len(location), dtype=int) if len(fit.thresholds) == 1 else marks.criterion
    chosen = probabilities(location, group, cumulative)[np.arange(len(location)), marks.value.astype(int)]
    return np.log(chosen).sum()


@pytest.mark.parametrize("steps", list(Steps))
def test_joint_estimates_are_a_stationary_point_of_the_likelihood(steps):
    marks = marks_of(*simulated(seed=2, per_criterion=steps is Steps.PER_CRITERION))
    counts, _ = informative((marks.examinee,), (40,), marks.value, np.zeros(len(marks.value), dtype=int))
    kept = marks_of(marks.examinee[counts], marks.judge[counts], marks.criterion[counts], marks.value[counts])
    fit = fit_rasch(kept, method=Method.JMLE, steps=steps)
    assert fit.log_likelihood == pytest.approx(total_log_likelihood(kept, fit), abs=1e-8)
    # Observed scores equal expected ones, element by element: the equations of maximum likelihood.
    cumulative = np.array([[0.0, *np.cumsum(threshold)] for threshold in fit.thresholds])
    location = (
        fit.examinees.measure[kept.examinee] - fit.judges.measure[kept.judge] - fit.criteria.measure[kept.criterion]
    )
    group = np.zeros(len(location), dtype=int) if steps is Steps.COMMON else kept.criterion
    probability = probabilities(location, group, cumulative)
    expected = probability @ np.arange(4)
    for level in (kept.examinee, kept.judge, kept.criterion):
        assert_allclose(np.bincount(level, expected), np.bincount(level, kept.value), atol=1e-6)
    for number in range(len(fit.thresholds)):
        observed = np.bincount(kept.value[group == number].astype(int), minlength=4)
        assert_allclose(probability[group == number].sum(axis=0), observed, atol=1e-6)


def test_joint_measures_meet_their_constraints(marks):
    fit = fit_rasch(marks, method=Method.JMLE)
    known = ~np.array(fit.examinees.extreme)
    assert fit.examinees.measure[known].sum() == pytest.approx(0, abs=1e-8)
    assert fit.criteria.measure.sum() == pytest.approx(0, abs=1e-8)
    assert fit.thresholds[0].sum() == pytest.approx(0, abs=1e-8)
    assert np.isnan(fit.variance)


@pytest.mark.parametrize("method", list(Method))
def test_measures_find_the_truth(method):
    fit = fit_rasch(marks_of(*simulated(seed=5, examinees=200)), method=method)
    judges = fit.judges.measure - fit.judges.measure.mean()
    bias = (
        9 / 8 if method is Method.JMLE else 1.0
    )  # joint estimates spread out by about n / (n - 1) at 9 marks an examinee
    assert_allclose(judges, bias * np.linspace(-0.8, 0.8, 5), atol=0.12)
    assert_allclose(fit.judges.infit, 1, atol=0.2)
    assert_allclose(fit.judges.outfit, 1, atol=0.25)


def marginal_log_likelihood(marks, judge, criterion, cumulative, variance):
    """By the definition, on a grid of its own."""
    nodes = np.linspace(-9, 9, 361)
    density = np.exp(-(nodes**2) / (2 * variance)) / np.sqrt(2 * np.pi * variance) * (nodes[1] - nodes[0])
    location = nodes - judge[:, None, None] - criterion[:, None]
    table = probabilities(location.ravel(), np.zeros(location.size, dtype=int), cumulative)
    logarithm = np.log(table).reshape(*location.shape, -1)
    joint = np.zeros((len(marks.examinees), len(nodes)))
    np.add.at(joint, marks.examinee, logarithm[marks.judge, marks.criterion, :, marks.value.astype(int)])
    return np.log(np.exp(joint) @ density).sum()


def test_marginal_estimates_are_a_maximum_and_their_errors_its_curvature(marks):
    fit = fit_rasch(marks, method=Method.MML)
    # Free coordinates: four judges, three criteria, two thresholds; the last judge and threshold follow.
    basis = np.zeros((11, 9))
    basis[:4, :4], basis[4, :4] = np.eye(4), -1
    basis[5:8, 4:7] = np.eye(3)
    basis[8:10, 7:9], basis[10, 7:9] = np.eye(2), -1

    def at(shift, factor=1.0):
        moved = basis @ shift
        threshold = fit.thresholds[0] + moved[8:]
        return marginal_log_likelihood(
            marks,
            fit.judges.measure + moved[:5],
            fit.criteria.measure + moved[5:8],
            np.array([[0.0, *np.cumsum(threshold)]]),
            fit.variance * factor,
        )

    step, unit = 0.01, np.eye(9)
    best = at(np.zeros(9))
    assert fit.log_likelihood == pytest.approx(best, abs=1e-4)
    slopes = [(at(step * one) - at(-step * one)) / (2 * step) for one in unit]
    assert_allclose(slopes, 0, atol=3e-3)
    assert (at(np.zeros(9), 1.02) - at(np.zeros(9), 0.98)) / 0.04 == pytest.approx(0, abs=0.02)
    curvature = [
        [
            (at(step * (a + b)) - at(step * (a - b)) - at(step * (b - a)) + at(-step * (a + b))) / (4 * step**2)
            for a in unit
        ]
        for b in unit
    ]
    covariance = basis @ np.linalg.inv(-np.array(curvature)) @ basis.T
    assert_allclose(fit.judges.se, np.sqrt(np.diag(covariance)[:5]), rtol=2e-3)
    assert_allclose(fit.criteria.se, np.sqrt(np.diag(covariance)[5:8]), rtol=2e-3)


def test_marginal_measures_meet_their_constraints(marks):
    fit = fit_rasch(marks, method=Method.MML)
    assert fit.judges.measure.sum() == pytest.approx(0, abs=1e-8)
    assert fit.thresholds[0].sum() == pytest.approx(0, abs=1e-8)
    assert fit.examinees.extreme == (False,) * 40
    assert 0 < fit.examinees.reliability < 1
    spread, noise = fit.examinees.measure.var(), (fit.examinees.se**2).mean()
    assert fit.examinees.reliability == pytest.approx(spread / (spread + noise))
    assert fit.examinees.separation == pytest.approx((spread / noise) ** 0.5)


def test_alike_examinees_have_no_variance_below_the_grid():
    rng = np.random.default_rng(1)
    examinee, judge, criterion, _ = simulated(examinees=60)
    fit = fit_rasch(marks_of(examinee, judge, criterion, rng.integers(0, 3, len(judge))), method=Method.MML)
    assert fit.variance == pytest.approx(0.3**2)


@pytest.mark.parametrize("method", list(Method))
def test_the_order_of_rows_and_the_labels_do_not_matter(columns, method):
    order = np.random.default_rng(2).permutation(len(columns[0]))
    names = np.array([f"j{number}" for number in range(5)])
    once = fit_rasch(marks_of(*columns), method=method)
    examinee, judge, criterion, value = (column[order] for column in columns)
    again = fit_rasch(marks_of(examinee, names[judge], criterion, value), method=method)
    assert again.judges.labels == ("j0", "j1", "j2", "j3", "j4")
    assert_allclose(again.judges.measure, once.judges.measure, atol=1e-5)
    assert_allclose(again.judges.outfit, once.judges.outfit, atol=1e-4)
    assert again.log_likelihood == pytest.approx(once.log_likelihood, abs=1e-6)


def test_only_the_order_of_values_counts_and_fair_averages_are_on_their_scale(columns):
    examinee, judge, criterion, value = columns
    levels = np.array([0.0, 25.0, 50.0, 100.0])
    once, again = fit_rasch(marks_of(*columns)), fit_rasch(marks_of(examinee, judge, criterion, levels[value]))
    assert_allclose(again.judges.measure, once.judges.measure, atol=1e-9)
    assert again.categories[0].tolist() == levels.tolist()
    assert (again.judges.fair_average > 25).all()
    assert_allclose(again.judges.score, np.bincount(judge, levels[value]))
    assert (np.diff(again.judges.fair_average) < 0).all()  # more severe judges give less


def test_fair_averages_are_expected_marks_where_the_rest_is_average(marks):
    fit = fit_rasch(marks, method=Method.MML)
    cumulative = np.array([[0.0, *np.cumsum(fit.thresholds[0])]])
    mean = {name: getattr(fit, name).measure.mean() for name in ("examinees", "judges", "criteria")}

    def expected(location):
        return probabilities(location, np.zeros(len(location), dtype=int), cumulative) @ np.arange(4)

    assert_allclose(
        fit.judges.fair_average, expected(mean["examinees"] - fit.judges.measure - mean["criteria"]), atol=1e-9
    )
    assert_allclose(
        fit.examinees.fair_average, expected(fit.examinees.measure - mean["judges"] - mean["criteria"]), atol=1e-9
    )
    assert_allclose(
        fit.criteria.fair_average, expected(mean["examinees"] - mean["judges"] - fit.criteria.measure), atol=1e-9
    )


def test_with_thresholds_of_their_own_criteria_are_averaged():
    marks = marks_of(*simulated(seed=3, per_criterion=True))
    fit = fit_rasch(marks, method=Method.MML, steps=Steps.PER_CRITERION)
    mean = fit.examinees.measure.mean() - fit.judges.measure.mean()
    by_criterion = [
        probabilities(
            mean - fit.criteria.measure[[number]],
            np.array([0]),
            np.array([[0.0, *np.cumsum(fit.thresholds[number])]]),
        )[0]
        @ np.arange(4)
        for number in range(3)
    ]
    assert_allclose(fit.criteria.fair_average, by_criterion, atol=1e-9)
    location = fit.examinees.measure.mean() - fit.judges.measure[2]
    third = [
        probabilities(
            np.array([location - fit.criteria.measure[number]]),
            np.array([0]),
            np.array([[0.0, *np.cumsum(fit.thresholds[number])]]),
        )[0]
        @ np.arange(4)
        for number in range(3)
    ]
    assert fit.judges.fair_average[2] == pytest.approx(np.mean(third))


def test_criteria_may_have_scales_of_different_length():
    examinee, judge, criterion, value = simulated(seed=4)
    value = np.where(criterion == 1, np.minimum(value, 1), value)
    fit = fit_rasch(marks_of(examinee, judge, criterion, value), steps=Steps.PER_CRITERION)
    assert [len(levels) for levels in fit.categories] == [4, 2, 4]
    assert [len(thresholds) for thresholds in fit.thresholds] == [3, 1, 3]
    assert fit.thresholds[1][0] == pytest.approx(0)


def test_marginal_likelihood_is_chosen_for_few_or_extreme_marks():
    examinee, judge, criterion, value = simulated()
    assert choose_method(marks_of(examinee, judge, criterion, value)) is Method.JMLE
    few = (judge != 4) | (np.cumsum(judge == 4) <= 4)
    assert choose_method(marks_of(examinee[few], judge[few], criterion[few], value[few])) is Method.MML
    five = (judge != 4) | (np.cumsum(judge == 4) <= 5)
    assert choose_method(marks_of(examinee[five], judge[five], criterion[five], value[five])) is Method.JMLE
    generous = np.where(judge == 4, 3, value)
    assert choose_method(marks_of(examinee, judge, criterion, generous)) is Method.MML
    grim = np.where(judge == 4, 0, value)
    assert choose_method(marks_of(examinee, judge, criterion, grim)) is Method.MML


def test_a_judge_with_only_the_highest_marks_is_measured_just_inside():
    examinee, judge, criterion, value = simulated()
    fit = fit_rasch(marks_of(examinee, judge, criterion, np.where(judge == 4, 3, value)))
    assert fit.method is Method.MML
    assert fit.judges.extreme == (False, False, False, False, True)
    assert fit.judges.measure[4] < fit.judges.measure[:4].min() - 1
    assert np.isfinite(fit.judges.se[4])
    assert np.isnan(fit.judges.infit[4])
    assert np.isnan(fit.judges.outfit[4])
    assert fit.judges.n[4] == (judge == 4).sum()
    assert fit.judges.fair_average[4] > fit.judges.fair_average[:4].max()
    left = judge != 4
    without = fit_rasch(marks_of(examinee[left], judge[left], criterion[left], value[left]), method=Method.MML)
    assert_allclose(fit.judges.measure[:4], without.judges.measure, atol=1e-6)
    assert fit.judges.separation == pytest.approx(without.judges.separation, abs=1e-5)


def test_an_extreme_examinee_is_set_aside_by_joint_likelihood_only():
    examinee, judge, criterion, value = simulated()
    value = np.where(examinee == 0, 3, np.where(examinee == 1, 0, value))
    marks = marks_of(examinee, judge, criterion, value)
    joint, marginal = (fit_rasch(marks, method=method) for method in Method)
    assert joint.examinees.extreme[:2] == (True, True)
    assert joint.examinees.measure[0] == joint.examinees.measure.max() < 20
    assert joint.examinees.measure[1] == joint.examinees.measure.min() > -20
    assert not any(marginal.examinees.extreme)
    assert joint.pairs == marginal.pairs - 2 * 9  # three judges, three criteria: nine pairs an examinee


def test_an_extreme_element_is_measured_at_a_score_three_tenths_inside():
    cumulative = np.array([[0.0, -0.4, 0.0]])
    location = np.array([0.3, -0.2, 0.1, 0.0])
    group, top = np.zeros(4, dtype=int), np.full(4, 2)
    for category, score in ((top, 7.7), (0 * top, 0.3), (np.array([1, 1, 1, 2]), 5.0)):
        measure, error = measure_at_score(location, group, category, cumulative)
        moment = moments(probabilities(location + measure, group, cumulative))
        assert moment.expected.sum() == pytest.approx(score)
        assert error == pytest.approx(moment.variance.sum() ** -0.5)


def test_without_marks_beside_measured_elements_there_is_no_measure():
    empty = np.array([], dtype=int)
    assert np.isnan(measure_at_score(empty.astype(float), empty, empty, np.array([[0.0, 0.0]]))).all()


def test_a_score_out_of_reach_stops_where_nothing_changes_any_more(monkeypatch):
    monkeypatch.setattr("scoring.aggregation.rasch.extremes.MAX_STEPS", 3)
    measure, _ = measure_at_score(np.array([-50.0]), np.array([0]), np.array([1]), np.array([[0.0, 0.0]]))
    assert measure == pytest.approx(3.0)  # one logit a step


def test_setting_aside_goes_on_until_nobody_is_extreme():
    # Judge 1 and examinees 1 and 2 gave or got only 1s; without them examinee 0 and judge 0 are left with a single 0.
    examinee, judge, value = np.array([0, 0, 1, 2]), np.array([0, 1, 0, 0]), np.array([0.0, 1, 1, 1])
    counts, (examinees, judges) = informative((examinee, judge), (3, 2), value, np.zeros(4, dtype=int))
    assert not counts.any()
    assert examinees.tolist() == [True, True, True]
    assert judges.tolist() == [True, True]


def test_scales_are_extreme_each_by_itself():
    value = np.array([1.0, 0.0, 5.0, 3.0])
    group = np.array([0, 0, 1, 1])
    counts, (found,) = informative((np.array([0, 1, 0, 1]),), (2,), value, group)
    assert found.tolist() == [True, True]
    assert not counts.any()


def test_on_a_common_scale_a_criterion_s_own_bounds_are_no_extremes():
    examinee, judge, criterion, value = simulated()
    value = np.where(criterion == 1, np.minimum(value, 1), value)
    left = ~((judge == 4) & (criterion != 1))
    value = np.where((judge == 4) & (criterion == 1), 1, value)
    columns = (examinee[left], judge[left], criterion[left], value[left])
    assert fit_rasch(marks_of(*columns), method=Method.MML).judges.extreme[4] is False
    own = fit_rasch(marks_of(*columns), method=Method.MML, steps=Steps.PER_CRITERION)
    assert own.judges.extreme[4] is True


def test_a_panel_that_falls_apart_is_refused():
    examinee, judge, criterion, value = simulated()
    apart = (examinee < 20) == (judge < 2)
    with pytest.raises(NotIdentified) as error:
        fit_rasch(marks_of(examinee[apart], judge[apart], criterion[apart], value[apart]), method=Method.MML)
    assert error.value.code == "disconnected"
    assert "2 parts" in str(error.value)


def test_nothing_but_extremes_is_refused():
    with pytest.raises(NotIdentified) as error:
        fit_rasch(
            marks_of(np.array([0, 1]), np.array([0, 0]), np.array([0, 0]), np.array([0.0, 1.0])), method=Method.JMLE
        )
    assert error.value.code == "extreme"


@pytest.mark.parametrize("method", list(Method))
def test_a_measure_without_a_finite_estimate_is_refused(method):
    # The middle category is given by judge 0 alone, and only to examinees below all others: its threshold runs away.
    examinee = np.repeat(np.arange(12), 2)
    judge = np.tile([0, 1], 12)
    value = np.where(examinee < 6, judge, judge + 1)
    with pytest.raises(NotIdentified) as error:
        fit_rasch(marks_of(examinee, judge, np.zeros(24, dtype=int), value), method=method)
    assert error.value.code == "separated"


def test_a_criterion_without_variation_is_refused_on_a_scale_of_its_own():
    examinee, judge, criterion, value = simulated()
    with pytest.raises(NotIdentified) as error:
        fit_rasch(marks_of(examinee, judge, criterion, np.where(criterion == 1, 2, value)), steps=Steps.PER_CRITERION)
    assert error.value.code == "no_variation"


def test_categories_outside_what_counts_join_the_nearest_one():
    marks = marks_of(np.arange(4), np.zeros(4, dtype=int), np.zeros(4, dtype=int), np.array([0.0, 1, 2, 9]))
    coding = code(marks, Steps.COMMON, np.array([False, True, True, False]))
    assert coding.category.tolist() == [0, 0, 1, 1]
    assert coding.values[0].tolist() == [1.0, 2.0]


def test_one_examinee_has_no_separation():
    judge, criterion = np.divmod(np.arange(12), 3)
    value = np.random.default_rng(3).integers(0, 3, 12)
    fit = fit_rasch(marks_of(np.zeros(12, dtype=int), judge, criterion, value), method=Method.MML)
    assert np.isnan([fit.examinees.separation, fit.examinees.reliability]).all()


def test_alike_judges_have_no_separation_rather_than_a_negative_one():
    examinee, judge, criterion, value = simulated(seed=8)
    twice = (np.tile(column, 2) for column in (examinee, judge * 3 + criterion, value))
    tiled, thing, values = twice
    fit = fit_rasch(marks_of(tiled, np.repeat([0, 1], len(examinee)), thing, values))
    assert fit.judges.separation == 0
    assert fit.judges.reliability == 0
    assert fit.agreements == fit.pairs == 9 * fit.examinees.extreme.count(False)
    assert fit.expected_agreements < 0.6 * fit.pairs


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (([0], [0], [0], [1.0, 2.0]), "one length"),
        (([], [], [], []), "not empty"),
        (([0, 1], [0], [0, 1], [1.0, 2.0]), "one length"),
        (([0], [0], [0], [np.nan]), "finite"),
    ],
)
def test_malformed_marks_are_refused(columns, message):
    with pytest.raises(InvalidInput, match=message) as error:
        marks_of(*(np.array(column) for column in columns))
    assert error.value.field == "value"


def test_unknown_methods_and_steps_are_refused(marks):
    with pytest.raises(InvalidInput, match="method: 'best' is none of jmle, mml"):
        fit_rasch(marks, method="best")
    with pytest.raises(InvalidInput, match="steps: 'few' is none of common, per_criterion"):
        fit_rasch(marks, steps="few")
    assert fit_rasch(marks, method="mml").method is Method.MML


@pytest.mark.parametrize(("module", "method"), [(jmle, Method.JMLE), (mml, Method.MML)])
def test_running_out_of_steps_is_an_error_and_not_an_answer(marks, monkeypatch, module, method):
    monkeypatch.setattr(module, "MAX_STEPS", 2)
    with pytest.raises(NotConverged) as error:
        fit_rasch(marks, method=method)
    assert error.value.iterations == 2
    assert error.value.gap > 1e-6


def test_a_step_that_only_loses_is_an_error(marks, monkeypatch):
    monkeypatch.setattr(jmle, "solve_step", lambda gradient, _information: -gradient)
    with pytest.raises(NotConverged):
        fit_rasch(marks, method=Method.JMLE)
