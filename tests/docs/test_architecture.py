"""The page that follows one spec: the holes that no fence of it can run, and its size."""

import re

from fences import fences, read

from archdsl import driver
from archdsl.backends.python.layout import flat
from archdsl.ir.code import Code
from archdsl.transforms.classes import explain, plan_classes
from archdsl.transforms.classes.group import Kin
from archdsl.transforms.classes.proto import Hole

PAGE = "docs/architecture.md"


def test_the_page_is_short() -> None:
    lines = read(PAGE).splitlines()
    assert len(lines) <= 150
    assert [line for line in lines if len(line) > 110] == []


def test_the_holes_are_those_of_the_spec(monkeypatch) -> None:
    explained: dict[tuple[str, str], str] = {}
    unwatched = explain.Explainer.explain

    def watched(self: explain.Explainer, hole: Hole) -> Code:
        code = unwatched(self, hole)
        values = " ".join(str(value) for _, value in hole.column)
        explained[f"{hole.owner} {hole.hint}", values] = flat(code)
        return code

    monkeypatch.setattr(explain.Explainer, "explain", watched)
    spec = next(fence.spec for fence in fences(PAGE) if fence.language == "arch")
    loaded = driver.loads(spec)
    assert loaded.program is not None
    kin = tuple(Kin(one.of, tuple(one.made(one.names))) for one in loaded.siblings())
    plan_classes((loaded.program,), (), kin)
    rows = next(fence.text for fence in fences(PAGE) if "holes" in fence.words).splitlines()
    assert len(rows) > 4
    for row in rows:
        place, values, code = re.split(r"\s{2,}", row)
        assert explained[place, values] == code
