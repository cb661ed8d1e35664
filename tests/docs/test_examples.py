"""Every example on the written pages does what the page says."""

import pytest
from fences import ROOT, Fence, all_fences, fences

from archdsl import driver
from archdsl.backends.python import emit, emit_family
from archdsl.base.labels import Severity
from archdsl.base.source import Source
from archdsl.syntax import tree
from archdsl.syntax.parse import parse

NETWORK = "network Nothing:\n    input 1x8x8\n    relu\n"  # for a spec of nothing but blocks
KNOWN = {"arch", "bash", "console", "elisp", "js", "json", "lua", "python", "text", "toml", "vim"}


def named(fence: Fence) -> str:
    return fence.where


@pytest.fixture
def page_folder(tmp_path, monkeypatch):
    """Makes a folder with the files that a page names, and stands in it."""

    def enter(fence: Fence) -> None:
        for other in fences(fence.page):
            if other.language == "arch" and other.file is not None:
                path = tmp_path / other.file
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(other.spec, encoding="utf-8")
        monkeypatch.chdir(tmp_path)

    return enter


@pytest.mark.parametrize("fence", all_fences("arch"), ids=named)
def test_a_spec_loads_or_shows_its_mistake(fence, page_folder):
    page_folder(fence)
    names = _complete_networks(fence.spec)
    text = fence.spec if names else f"{fence.spec}\n{NETWORK}"
    for network in names or ["Nothing"]:
        loaded = driver.loads(text, network=network)
        told = {d.code for d in loaded.diagnostics if d.severity is not Severity.NOTE}
        told -= set() if names else {"W0113"}  # blocks for others to import
        assert told == set(fence.codes), "\n".join(d.message for d in loaded.diagnostics)
        if not fence.codes:
            compile(emit(loaded.program), fence.where, "exec")


def _complete_networks(text: str) -> list[str]:
    """The networks that need no argument; a base of variants is built by them."""
    declared = [
        d
        for d in parse(Source("page", text)).file.declarations
        if isinstance(d, tree.NetworkDecl | tree.VariantDecl)
    ]
    return [d.name.id for d in declared if not _needs_arguments(d)]


def _needs_arguments(network: tree.NetworkDecl | tree.VariantDecl) -> bool:
    if isinstance(network, tree.VariantDecl):
        return False
    return any(p.default is None for p in network.parameters)


@pytest.mark.parametrize(
    "fence", [f for f in all_fences("python") if "excerpt" in f.words], ids=named
)
def test_an_excerpt_is_what_is_emitted(fence, page_folder):
    page_folder(fence)
    spec = fence.words[fence.words.index("excerpt") + 1]
    parts = [part.strip("\n") for part in fence.text.split("…\n")]
    assert all(parts)
    source = emitted(spec)
    for part in parts:
        assert part in source


def emitted(spec: str) -> str:
    """What `compile` writes."""
    if driver.names_several(spec):
        family = driver.family(spec)
        return emit_family(family.word, family.programs, family.siblings())
    loaded = driver.load(spec)
    return emit(loaded.program, siblings=loaded.siblings())


def test_every_fence_says_what_it_is():
    strangers = [
        fence.where
        for page in {f.page for language in KNOWN for f in all_fences(language)}
        for fence in fences(page)
        if fence.language not in KNOWN
    ]
    assert strangers == []


def test_the_specs_on_the_pages_are_those_of_the_catalogue():
    for fence in all_fences("arch"):
        if "whole" in fence.words:
            spec = fence.words[fence.words.index("whole") + 1]
            assert fence.text == (ROOT / "specs" / spec).read_text(encoding="utf-8")
