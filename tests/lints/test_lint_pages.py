"""The page of every warning: the wrong example has it and no other, the right one has none."""

import re

import pytest
from linting import warnings

from archdsl.codes import pages

CODES = [code for code in pages() if code.startswith("W")]
EXAMPLE = re.compile(r"## (Wrong|Right)\n\n```arch\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("code", CODES)
def test_a_page_shows_its_warning_and_the_way_out(code):
    examples = dict(EXAMPLE.findall(pages()[code]))
    everything = code.startswith("W02")
    told = {d.code for d in warnings(examples["Wrong"], everything=everything)}
    assert told == ({code, "W0101"} if code == "W0100" else {code})
    assert warnings(examples["Right"], everything=everything) == ()


@pytest.mark.parametrize("code", [c for c in CODES if c.startswith("W02")])
def test_what_published_networks_do_is_told_when_asked(code):
    wrong = dict(EXAMPLE.findall(pages()[code]))["Wrong"]
    assert warnings(wrong, everything=False) == ()


@pytest.mark.parametrize("code", CODES)
def test_a_warning_has_a_title_an_explanation_and_two_examples(code):
    title, explanation, *sections = pages()[code].split("\n\n")
    assert re.fullmatch(rf"# {code}: [a-z`]\S*( \S+)+", title)
    assert "." in explanation and not explanation.startswith("#")
    assert [s for s in sections if s.startswith("## ")] == ["## Wrong", "## Right"]
