"""`# allow: CODE` silences a warning on its line."""

import pytest
from linting import warnings

from archdsl import driver

SPEC = "network N:\n    input 8x32x32\n{}    relu\n"


def told(lines: str) -> list[str]:
    return [d.code for d in warnings(SPEC.format(lines), everything=False)]


@pytest.mark.parametrize(
    "comment",
    [
        "# allow: W0101",
        "#allow:W0101",
        "# allow: W0101 as published",
        "# allow: W0102, W0101",
        "# allow: W0101, as published",
    ],
)
def test_at_the_end_of_the_line(comment):
    assert told(f"    conv(16, 3) -> bn  {comment}\n") == []


def test_on_a_line_of_its_own_above():
    assert told("    # allow: W0101\n    conv(16, 3) -> bn\n") == []


@pytest.mark.parametrize(
    "lines",
    [
        "    conv(16, 3) -> bn  # allow: W0102\n",
        "    conv(16, 3) -> bn\n    # allow: W0101\n",
        "    # allow: W0101\n    tanh\n    conv(16, 3) -> bn\n",
        "    tanh  # allow: W0101\n    conv(16, 3) -> bn\n",
        "    conv(16, 3) -> bn  # W0101 is fine\n",
    ],
)
def test_what_does_not_silence(lines):
    assert told(lines) == ["W0101"]


def test_a_string_is_no_comment():
    lines = '    let a = "# allow: W0101"\n    step{len(a)} = conv(16, 3) -> bn\n'
    assert told(lines) == ["W0101"]


def test_a_code_that_there_is_not():
    (diagnostic,) = warnings(SPEC.format("    conv(16, 3)  # allow: W0199\n"), everything=False)
    assert (diagnostic.code, diagnostic.primary.span.text, diagnostic.primary.span.line) == (
        "W0100",
        "W0199",
        3,
    )
    assert "W01" in diagnostic.hint


def test_other_warnings_can_be_allowed_and_errors_cannot():
    idle = "network N:\n    input 3x32x32\n    conv(16, 3){}\n    input -> conv(8, 3)\n"
    assert [d.code for d in driver.loads(idle.format("")).diagnostics] == ["W0116"]
    assert driver.loads(idle.format("  # allow: W0116")).diagnostics == ()
    assert warnings(idle.format("  # allow: E0816")) == ()  # as the code was called before
    wrong = "network N:\n    input 3x32x32\n    conv(16, 33)  # allow: E0303\n"
    assert [d.code for d in driver.loads(wrong).diagnostics] == ["E0303"]


@pytest.mark.parametrize(
    "lines",
    [
        "    conv(\n        16,  # allow: W0101\n        3,\n    ) -> bn\n",
        "    conv(\n        # allow: W0101\n        16,\n        3,\n    ) -> bn\n",
        "    conv(\n        16,\n        3,\n    ) -> bn  # allow: W0101\n",
        "    # allow: W0101\n    conv(\n        16,\n        3,\n    ) -> bn\n",
        "    conv(16, 3)\n        -> bn  # allow: W0101\n",
        "    relu\n        # allow: W0101\n        -> conv(16, 3) -> bn\n",
    ],
)
def test_a_line_of_several_rows_is_one(lines):
    assert told(lines) == []


def test_a_comment_below_the_last_line_means_none():
    assert told("    conv(16, 3) -> bn\n    # allow: W0101\n") == ["W0101"]
