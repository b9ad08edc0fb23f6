"""The labelled questions: what is understood, and that nothing is silently wrong."""

import pytest
from sentences import FILES, Result, judged


@pytest.mark.parametrize("name", FILES)
def test_sentences__never_silently_wrong(name):
    wrong = {
        question: said
        for question, (result, said) in judged(name).items()
        if result is Result.SILENTLY_WRONG
    }

    assert wrong == {}


@pytest.mark.parametrize(
    ("name", "results", "least"),
    [
        ("english", (Result.EXACT, Result.ONE_CLICK), 0.85),
        ("chinese", (Result.EXACT, Result.ONE_CLICK), 0.85),
        ("out_of_scope", (Result.REFUSED, Result.EXACT), 0.95),
        ("mixed", (Result.EXACT, Result.ONE_CLICK, Result.REFUSED), 0.9),
        ("independent", (Result.EXACT, Result.ONE_CLICK, Result.REFUSED), 0.92),
        ("team", (Result.EXACT, Result.ONE_CLICK, Result.REFUSED), 0.98),
        ("hostile", (Result.REFUSED, Result.EXACT, Result.ONE_CLICK), 1.0),
    ],
)
def test_sentences__how_many_are_understood(name, results, least):
    found = [result for result, _ in judged(name).values()]

    assert sum(map(found.count, results)) >= least * len(found)
