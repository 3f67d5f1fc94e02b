import subprocess
import sys

import pytest

import scoring
import scoring.rating


def test_importing_scoring_loads_no_part_of_it():
    assert modules_after("import scoring") & {"numpy", "scipy", "scoring.rating"} == set()


def test_a_district_is_rated_without_loading_numpy():
    assert modules_after("import scoring.rating") & {"numpy", "scipy"} == set()


def modules_after(statement):
    code = f"import sys; {statement}; print(' '.join(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


def test_a_part_is_loaded_when_it_is_asked_for():
    assert "scoring.rating" in modules_after("import scoring; scoring.rating")


def test_every_name_of_the_rating_is_there():
    assert all(getattr(scoring.rating, name) is not None for name in scoring.rating.__all__)


@pytest.mark.parametrize("package", [scoring, scoring.rating])
def test_an_unknown_name_is_an_attribute_error(package):
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = package.nothing


def test_the_parts_are_listed():
    assert {"aggregation", "allocation", "groupmark", "matching", "ranks", "rating"} <= set(dir(scoring))


def test_a_part_is_the_module_of_its_name():
    assert scoring.__getattr__("rating") is scoring.rating
