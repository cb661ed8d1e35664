"""What the written pages list is what the code has: commands, flags, functions, types, limits."""

import re
from contextlib import redirect_stdout
from io import StringIO

import pytest
import torch
from fences import ROOT, WRITTEN, anchor, prose, read

import archdsl
from archdsl.analyses.figures.facts import FACTS
from archdsl.analyses.figures.report import Audit, BlockRow, LayerRow
from archdsl.base.diagnostics import Diagnostic
from archdsl.base.labels import Label
from archdsl.base.render import to_json
from archdsl.base.source import Source, Span
from archdsl.base.version import __version__
from archdsl.cli import main
from archdsl.cli.command_table import COMMANDS, parser_of
from archdsl.cli.sweep import WRITERS
from archdsl.codes import pages, renamed
from archdsl.network import load
from archdsl.ops.initialiser import initialisers
from archdsl.semantics.evaluate.functions import FUNCTIONS
from archdsl.semantics.limits import LIMITS
from archdsl.semantics.names.parameters import type_names
from archdsl.syntax import line_reader, literals, logical_lines
from archdsl.syntax.words import HARD, OPENERS

FLAG = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")
EVERYWHERE = {"-h", "--help"}


def section(text: str, heading: str) -> str:
    """The text under a heading, up to the next one of its level or above."""
    start = re.search(rf"^(#+) {heading}.*$", text, re.MULTILINE)
    assert start, heading
    rest = text[start.end() :]
    end = re.search(rf"^#{{1,{len(start[1])}}} ", rest, re.MULTILINE)
    return rest[: end.start()] if end else rest


def words_in(text: str) -> set[str]:
    """Everything that stands as code."""
    return {word for code in re.findall(r"`([^`\n]+)`", text) for word in code.split()}


# --- the command line -------------------------------------------------------------------------


def help_of(command: str) -> str:
    out = StringIO()
    with redirect_stdout(out):
        main([command, "--help"])
    return out.getvalue()


def test_every_command_has_a_section_and_no_other():
    headings = re.findall(r"^### `archdsl (\w+)", read("docs/cli.md"), re.MULTILINE)
    assert sorted(headings) == sorted(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_flag_of_a_command_is_described_and_no_other(command):
    text = read("docs/cli.md")
    own = section(text, f"`archdsl {command}")
    common = section(text, "Flags of every command")
    if "SPEC" in help_of(command):
        common += section(text, "Varying a SPEC")
    described = set(FLAG.findall(" ".join(words_in(own + common))))
    has = set(FLAG.findall(help_of(command).split("options:")[1])) - EVERYWHERE
    assert has <= described
    assert set(FLAG.findall(" ".join(words_in(table_of(own))))) <= has


def table_of(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if line.startswith("| `-"))


def test_the_fields_of_the_json_are_described():
    text = read("docs/cli.md")
    audit = {name for name, field in Audit.model_fields.items() if not field.exclude}
    rows = {*LayerRow.model_fields, *BlockRow.model_fields}
    assert audit | rows <= words_in(section(text, "The audit as JSON"))
    diagnostic = to_json(Diagnostic("E0100", "", Label(Span(Source("", " "), 0, 1))))
    assert set(diagnostic) <= words_in(section(text, "Diagnostics as JSON"))


def section_of(command):
    return section(read("docs/cli.md"), f"`archdsl {command}")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_choice_of_a_flag_is_listed_in_its_row(command):
    rows = {row.split("`")[1].split()[0]: row for row in table_of(section_of(command)).splitlines()}
    for flag, choices in parser_of(command).choices().items():
        told = rows[flag] if flag.startswith("-") else section_of(command)
        assert set(choices) <= words_in(told), flag


def test_the_endings_of_a_sweeps_results_are_listed():
    assert set(WRITERS) <= words_in(section_of("sweep"))


def test_the_readme_lists_the_commands():
    table = section(read("README.md"), "Commands")
    assert set(COMMANDS) == set(re.findall(r"`archdsl (\w+)", table))


# --- the language -----------------------------------------------------------------------------

LANGUAGE = read("docs/language.md")


def test_the_functions_are_listed():
    listed = re.findall(r"^\| `(\w+)\(", section(LANGUAGE, "Functions"), re.MULTILINE)
    assert sorted(listed) == sorted(FUNCTIONS)


def test_a_chain_of_averages_is_a_blur_of_fixed_numbers():
    """As the decisions say, against torch's convolution with that kernel."""
    (chain,) = re.findall(r"`(pad\(.*?\))` is the kernel", section(LANGUAGE, "Decisions"))
    model = archdsl.loads(f"network Blur:\n    input 8x8x8\n    {chain}\n").build()
    row, image = torch.tensor([1.0, 2.0, 1.0]) / 4, torch.randn(2, 8, 8, 8)
    kernel = torch.outer(row, row).expand(8, 1, 3, 3)
    margins = torch.nn.functional.pad(image, (1, 1, 1, 1), mode="reflect")
    blurred = torch.nn.functional.conv2d(margins, kernel, stride=2, groups=8)
    torch.testing.assert_close(model(image), blurred)


def test_the_types_are_listed():
    listed = re.findall(r"^\| `(\w+)` ", section(LANGUAGE, "Types of parameters"), re.MULTILINE)
    assert sorted(listed) == sorted(type_names())


def test_the_words_are_listed():
    text = section(LANGUAGE, "Words")
    assert {*OPENERS, *HARD} <= words_in(text)


def test_the_figures_of_expect_are_listed():
    listed = re.findall(r"^\| `(\w+)` ", section(LANGUAGE, "`expect`"), re.MULTILINE)
    assert listed == list(FACTS)


def test_the_initialisers_are_listed():
    assert set(initialisers()) <= words_in(section(LANGUAGE, "`init`"))


def test_the_limits_are_listed():
    text = section(LANGUAGE, "Limits")
    flags = LIMITS.__struct_fields__
    limits = [getattr(LIMITS, flag) for flag in flags]
    limits += [line_reader.MAX_CHARACTERS, line_reader.MAX_DEPTH, line_reader.MAX_ERRORS]
    limits += [logical_lines.MAX_BRACKETS, logical_lines.MAX_LEVELS, literals.MAX_DIGITS]
    rows = re.findall(r"^\| .* \| ([\d,]+) \|", text, re.MULTILINE)
    assert {f"{limit:,}" for limit in limits} == set(rows)
    named = {f"`{flag}` | {getattr(LIMITS, flag):,}" for flag in flags}
    pairs = re.findall(r"^\| .* \| ([\d,]+) \| (`\w+`) \|", text, re.MULTILINE)
    assert {f"{name} | {most}" for most, name in pairs} == named


# --- codes and links --------------------------------------------------------------------------


@pytest.mark.parametrize("page", WRITTEN)
def test_every_code_on_a_page_has_an_explanation(page):
    assert set(re.findall(r"\bE\d{4}\b", read(page))) <= {*pages(), *renamed()}


@pytest.mark.parametrize("page", [*WRITTEN, "docs/claims.md"])
def test_every_link_leads_somewhere(page):
    here = (ROOT / page).parent
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if target.startswith("http"):
            continue
        path, _, anchor = target.partition("#")
        file = here / path if path else ROOT / page
        assert file.exists(), target
        if anchor:
            assert anchor in anchors(file.read_text(encoding="utf-8")), target


def anchors(text: str) -> set[str]:
    """The headings as GitHub makes links of them."""
    return {anchor(heading) for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}


# --- the picture ------------------------------------------------------------------------------


def test_the_picture_in_the_readme_says_what_is_drawn_now():
    kept = (ROOT / "docs/resnet18.svg").read_text(encoding="utf-8")
    drawn = load("resnet18").draw().decode()
    assert labels(kept) == labels(drawn)


def labels(svg: str) -> list[str]:
    """The words of a drawing, wherever Graphviz puts them."""
    return sorted(re.findall(r"<text[^>]*>([^<]*)</text>", svg))


# --- the project ------------------------------------------------------------------------------


def test_what_is_cited_is_this_version():
    assert f"\nversion: {__version__}\n" in read("CITATION.cff")


def test_the_project_says_its_licence_once():
    assert 'license = "Apache-2.0"' in read("pyproject.toml")
    assert "Apache License" in read("LICENSE") and "license: Apache-2.0" in read("CITATION.cff")
