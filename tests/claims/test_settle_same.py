"""Two places of the report: only one exact number of one thing in each is compared."""

import pytest
from rows import case, label, settled

FILES = {"tests/test_a.py": 'import pytest\n\n@pytest.mark.parametrize("n", [1, 2, 3])\ndef test_a(n):\n    assert n\n'}


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("The coverage is 85%.", "We have a coverage of 91%.", "contradicted"),
        ("The coverage is 85%.", "We have a coverage of 85 percent.", "supported"),
        ("The coverage is 85%.", "We have a coverage of 84.6%.", "supported"),  # rounded
        ("The coverage is 85%.", "We have a coverage of 91% and 80% of branches.", "open"),
        ("The coverage is 85%.", "We have a coverage of about 91%.", "open"),
        ("The coverage is 85%.", "We have a coverage of at least 91%.", "open"),
        ("The coverage is 85%.", "Before that we had a coverage of 91%.", "open"),
        ("The coverage is 85%.", "We aim for a coverage of 91%.", "open"),
        ("The coverage is 85%.", "We have a unit coverage of 91%.", "open"),
        ("The coverage is 85%.", "The coverage of `data.py` is 91%.", "open"),
        ("The training accuracy is 99%.", "The test accuracy is 91%.", "open"),
        ("The accuracy is 99%.", "The coverage is 91%.", "open"),
        ("The accuracy on MNIST is 99%.", "The accuracy on FashionMNIST is 91%.", "open"),
        ("Training takes 20 minutes.", "Training takes 2 hours.", "open"),  # two units
        ("Training takes 20 minutes.", "Training takes 45 minutes.", "contradicted"),
        ("One epoch of training takes 20 minutes.", "Training takes 45 minutes.", "open"),
        ("We trained the network for 20 epochs.", "The network was trained for 50 epochs.", "contradicted"),
        ("We trained for 20 epochs.", "The model was trained for 5-10 epochs.", "open"),
        ("We have six workflows.", "All in all there are seven workflows.", "contradicted"),
        ("We have six workflows.", "We have seven services.", "open"),
        ("We have three images.", "The dataset has 40 images.", "open"),
        ("We wrote 4 tests.", "There are 7 tests.", "contradicted"),
        ("We wrote 1 test.", "There are 3 tests.", "open"),  # functions, and their cases
        ("We did not use Compute Engine.", "We trained on Compute Engine.", "open"),
        ("We use resnet18.", "We use resnet50.", "open"),
        ("Python 3.11 is used.", "Python 3.12 is used.", "open"),
    ],
)
def test_two_places(first: str, second: str, expected: str) -> None:
    here = case(FILES, answers={"coverage": first, "architecture": second})
    assert label(here, "same", first, other=second) == expected


def test_both_must_stand_in_the_answers() -> None:
    here = case({}, answers={"coverage": "The coverage is 85%."})
    assert label(here, "same", "The coverage is 85%.", other="We have a coverage of 91%.") == "open"
    assert label(here, "same", "coverage is 85%", other="The coverage is 85%.") == "open"


def test_the_other_place_is_shown() -> None:
    here = case({}, answers={"coverage": "The coverage is 85%.", "architecture": "A line.\n\nThe coverage is 91%."})
    found = settled(here, "same", "The coverage is 85%.", other="The coverage is 91%.")
    assert found
    assert found.rule == "prose-contradicts-prose"
    assert found.detail
    assert found.evidence[0].start == here.report.questions[1].answer_lines[0] + 2
    assert found.difference == f"One place says 85 %, the other (line {found.evidence[0].start}) 91 %."
