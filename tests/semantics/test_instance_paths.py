"""The instance that a message names is the one that the audit names once it is mended."""

import pytest
from small_specs import load, made, paths

RES = """
block res(c):
    add(conv(c, 3, padding=1), {skip})
"""
BAD, GOOD = RES.format(skip="identity"), RES.format(skip="conv(c, 1)")


@pytest.mark.parametrize(
    ("lines", "instance"),
    [
        ("res(3)\nres(32)", "res_2"),
        ("for c in (3, 3, 32):\n    res(c)", "res_3"),
        ("res(3) * 2 -> res(32)", "res_3"),
        ("res_2 = conv(3, 1)\nres(3)\nres(32)", "res_3"),
        ("res(3)\nres(32)\nres_2 = conv(3, 1)", "res_3"),  # taken by a later line
        ("head = res(3) -> res(32)", "head.1"),
        ("relu\nhead = res(32)", "head"),
        ("layer tower = res(32)\nrelu -> tower", "tower"),
        ("layer tower = res(3) -> res(32)\nrelu -> tower", "tower.1"),
        ("add(res(3), res(32))", "res_2"),
        ("parts = path(a=relu, b=res(32))", "parts.b"),
    ],
)
def test_a_message_names_the_instance_as_the_audit_does(lines: str, instance: str) -> None:
    (diagnostic,) = load(lines, above=BAD).diagnostics[:1]
    assert diagnostic.path == f"Net / {instance} (res)"
    mended = load(lines, above=GOOD)
    known = paths(mended.program) if mended.program is not None else [instance]
    assert instance in known


def test_a_block_that_a_mistake_left_without_a_step_counts() -> None:
    above = "block gone(c):\n    linear(c, -1)\n\nblock late(c):\n    relu -> conv(c, nothing)\n"
    first, second = load("gone(3)\nlate(4) -> late(5)", above=above).diagnostics
    assert first.path == "Net / gone (gone)"
    assert second.path == "Net / late (late)"


def test_a_nested_instance_has_every_name_on_the_way() -> None:
    above = f"{BAD}\nblock stage(c):\n    relu -> res(3)\n    res(c)\n"
    (diagnostic,) = load("stage(3)\nstage(32)", above=above).diagnostics
    assert diagnostic.path == "Net / stage_2.res_2 (res)"


def test_the_paths_of_a_sound_network_are_as_they_were() -> None:
    assert "res_2" in paths(made(load("res(3)\nres(32)", above=GOOD)))
