"""A name is another one in every file that shares it, open or not."""

import pytest
from oracle import same

from archdsl import driver
from archdsl.base.diagnostics import edited
from archdsl.base.source import Source
from archdsl.editing.analysis import Analysis
from archdsl.editing.references import references_everywhere
from archdsl.editing.renaming import CannotRename, rename_everywhere

FILES = {
    "parts/cell.arch": "block cell(width, k=3):\n    conv(width, k, padding=1)\n",
    "a.arch": 'from "parts/cell.arch" import cell\n\nnetwork a:\n    input 3x8x8\n'
    "    first = cell(4, k=3)\n    cell(width=8)\n",
    "b.arch": 'from "parts/cell.arch" import cell as other\n\nnetwork b:\n    input 3x8x8\n'
    "    other(width=4)\n",
    "c.arch": "block cell(width):\n    relu\n\nnetwork c:\n    input 3x8x8\n    cell(width=4)\n",
}


@pytest.fixture
def folder(tmp_path):
    written(tmp_path, FILES)
    return tmp_path.resolve()


def written(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(text)


def sound(folder, names):
    for name in names:
        assert not [d for d in opened(folder, name)[0].diagnostics if d.code < "W"]


def opened(folder, name):
    path = folder / name
    spec = driver.Spec(Source(str(path), path.read_text()), path.parent, None, path.stem, path)
    return Analysis(spec), path


def renamed(folder, name, place, new, nth=0):
    """The texts that change, and the published names that do."""
    analysis, path = opened(folder, name)
    at = -1
    for _ in range(nth + 1):
        at = path.read_text().index(place, at + 1)
    renamed = rename_everywhere(analysis, path, at, new, driver.read_text)
    edits = {p.relative_to(folder).as_posix(): e for p, e in renamed.edits.items()}
    return {n: edited((folder / n).read_text(), e) for n, e in edits.items()}, renamed.names


def alone(tmp_path, text, place, new, nth=0):
    """One text after a name in it is another one: the same network to PyTorch."""
    written(tmp_path, {"one.arch": text})
    texts, _ = renamed(tmp_path.resolve(), "one.arch", place, new, nth)
    assert same(text, texts["one.arch"], tmp_path)
    return texts["one.arch"]


def refused(tmp_path, text, place, new, why, nth=0):
    written(tmp_path, {"one.arch": text})
    analysis = opened(tmp_path, "one.arch")[0]
    assert not [d for d in analysis.diagnostics if d.code < "W"]
    with pytest.raises(CannotRename, match=why):
        renamed(tmp_path.resolve(), "one.arch", place, new, nth)


# --- in all files ----------------------------------------------------------------------------


@pytest.mark.parametrize("file, place", [("parts/cell.arch", "cell"), ("a.arch", "cell(4")])
def test_a_block_in_its_file_and_in_those_that_import_it(folder, file, place):
    new, names = renamed(folder, file, place, "unit")
    assert new == {
        "parts/cell.arch": FILES["parts/cell.arch"].replace("cell", "unit"),
        "a.arch": FILES["a.arch"].replace("cell(", "unit(").replace("import cell", "import unit"),
        "b.arch": FILES["b.arch"].replace("import cell as", "import unit as"),
    }
    # The line without a name in a.arch has its block's; so has that in b.arch, by its declaration.
    assert names == {f"cell.conv.{w}": f"unit.conv.{w}" for w in ("weight", "bias")}


def test_a_parameter_where_other_files_give_it_by_name(folder):
    new, names = renamed(folder, "parts/cell.arch", "width", "size")
    assert new["a.arch"] == FILES["a.arch"].replace("width=8", "size=8")
    assert new["b.arch"] == FILES["b.arch"].replace("width=4", "size=4")
    assert "c.arch" not in new and not names
    assert new == renamed(folder, "b.arch", "width", "size")[0]


def test_an_alias_stays_in_its_file(folder):
    new, _ = renamed(folder, "b.arch", "other(", "mine")
    assert new == {"b.arch": FILES["b.arch"].replace("other", "mine")}


def test_a_step_is_the_key_of_weights(folder):
    new, names = renamed(folder, "a.arch", "first", "stem")
    assert set(new) == {"a.arch"}
    assert names == {f"first.conv.{w}": f"stem.conv.{w}" for w in ("weight", "bias")}


def test_a_step_of_a_network_with_a_mistake_may_be_the_key_of_weights(tmp_path):
    text = "network n:\n    input 3x8x8\n    stem = conv(4, 3)\n    conw(3)\n"
    written(tmp_path, {"one.arch": text})
    texts, names = renamed(tmp_path.resolve(), "one.arch", "stem", "first")
    assert texts == {"one.arch": text.replace("stem", "first")} and names == {"stem": "first"}


def test_a_name_that_another_file_uses_is_refused(folder):
    text = FILES["a.arch"] + "\nblock unit:\n    relu\n"
    (folder / "a.arch").write_text(text)
    with pytest.raises(CannotRename, match=r"a\.arch"):
        renamed(folder, "parts/cell.arch", "cell", "unit")


def test_a_name_that_a_file_has_for_itself_is_free_where_the_import_has_another(folder):
    text = FILES["b.arch"] + "\nblock unit:\n    relu\n"
    (folder / "b.arch").write_text(text)
    new, _ = renamed(folder, "parts/cell.arch", "cell", "unit")
    assert new["b.arch"] == text.replace("import cell as", "import unit as")


def test_a_word_of_the_library_stays(folder):
    (folder / "d.arch").write_text("network d:\n    input 3x8x8\n    conv_bn(4, 3)\n")
    with pytest.raises(CannotRename, match="not declared"):
        renamed(folder, "d.arch", "conv_bn", "mine")


CHAIN = {
    "main.arch": 'from "lib/more.arch" import pile, cell\n\nnetwork main:\n    input 3x8x8\n'
    "    pile(4)\n    x = cell(width=2)\n",
    "lib/more.arch": 'from "deep/er/cell.arch" import cell\n\nblock pile(w):\n    cell(w, k=1)\n',
    "lib/deep/er/cell.arch": FILES["parts/cell.arch"],
    "other.arch": 'from "lib/more.arch" import cell as c\n\nnetwork other:\n    input 3x8x8\n'
    "    y = c(width=4)\n",
    "last.arch": 'from "other.arch" import c\n\nnetwork last:\n    input 3x8x8\n    c(3, k=1)\n',
}


@pytest.mark.parametrize("start", ["lib/deep/er/cell.arch", "main.arch"])
def test_files_that_import_by_others_are_found_beyond_folders_without_specs(tmp_path, start):
    written(tmp_path, CHAIN)
    new, names = renamed(tmp_path.resolve(), start, "cell(", "unit")
    wanted = {
        "lib/deep/er/cell.arch": CHAIN["lib/deep/er/cell.arch"].replace("cell", "unit"),
        "lib/more.arch": CHAIN["lib/more.arch"]
        .replace("import cell", "import unit")
        .replace("    cell", "    unit"),
        "main.arch": CHAIN["main.arch"].replace("cell", "unit"),
        "other.arch": CHAIN["other.arch"].replace("cell as", "unit as"),
    }
    assert new == wanted
    assert names["pile.cell.conv.weight"] == "pile.unit.conv.weight"
    sound(tmp_path, CHAIN)
    written(tmp_path, wanted)
    sound(tmp_path, CHAIN)


def test_a_parameter_is_found_behind_other_names_that_imports_give(tmp_path):
    written(tmp_path, CHAIN)
    new, _ = renamed(tmp_path.resolve(), "lib/deep/er/cell.arch", "k=3", "size")
    assert new == {
        n: CHAIN[n].replace("k=", "size=").replace("width, k", "width, size")
        for n in ("lib/deep/er/cell.arch", "lib/more.arch", "last.arch")
    }


def test_another_name_of_an_import_reaches_the_files_that_import_that(tmp_path):
    written(tmp_path, CHAIN)
    new, _ = renamed(tmp_path.resolve(), "last.arch", "c(3", "mine")
    assert new == {
        "other.arch": CHAIN["other.arch"].replace("as c", "as mine").replace("= c(", "= mine("),
        "last.arch": CHAIN["last.arch"].replace("import c", "import mine").replace(" c(", " mine("),
    }


def test_no_number_of_files_hides_one(folder):
    written(folder, {f"a{k:03}.arch": FILES["c.arch"] for k in range(600)})
    (folder / "z.arch").write_text(FILES["a.arch"].replace("network a", "network z"))
    assert "z.arch" in renamed(folder, "parts/cell.arch", "cell", "unit")[0]


def test_a_file_that_cannot_be_read_is_told(folder):
    (folder / "wild.arch").write_bytes(b"from \xff")
    analysis, path = opened(folder, "parts/cell.arch")
    renamed = rename_everywhere(
        analysis, path, path.read_text().index("cell"), "u", driver.read_text
    )
    (why,) = renamed.unseen.values()
    assert list(renamed.unseen) == [folder / "wild.arch"] and "UTF-8" in why


def test_a_file_that_is_open_and_not_saved_is_renamed_too(folder):
    analysis, path = opened(folder, "parts/cell.arch")
    new = folder / "new.arch"

    def read(place):
        return FILES["a.arch"] if place == new else driver.read_text(place)

    renamed = rename_everywhere(analysis, path, path.read_text().index("cell"), "u", read, [new])
    assert len(renamed.edits[new]) == 3


# --- in one ----------------------------------------------------------------------------------

VARIED = """\
network Base(width, classes=10, act: block = relu):
    input 3x8x8
    body = conv(width, 1) -> act
    global_avg_pool -> flatten -> linear(classes)

network small = Base(8):
    expect body.params == 32 and width == 8 if classes == 10

network smaller = small(classes=2, act=gelu)
"""


def test_what_variants_say_of_their_network_is_renamed(tmp_path):
    new = alone(tmp_path, VARIED, "classes", "labels")
    assert new == VARIED.replace("classes", "labels")
    assert alone(tmp_path, VARIED, "body", "trunk") == VARIED.replace("body", "trunk")
    assert alone(tmp_path, VARIED, "act", "f") == VARIED.replace("act", "f")
    assert alone(tmp_path, VARIED, "classes == 10", "labels") == new
    assert alone(tmp_path, VARIED, "classes=2", "labels") == new


def test_variants_of_other_files_are_renamed(tmp_path):
    varied = 'from "one.arch" import small\n\nnetwork mine = small(classes=3):\n'
    varied += "    expect classes == 3 and depth == 2\n"
    written(tmp_path, {"one.arch": VARIED, "two.arch": varied})
    new, _ = renamed(tmp_path.resolve(), "one.arch", "classes", "labels")
    assert new["two.arch"] == varied.replace("classes", "labels")


SCOPES = """\
network n(k=4):
    input 3x8x8
    a = path:
        inner = conv(k, 1)
        add(inner, conv(4, 1))
    b = path:
        inner = conv(4, 1)
        add(inner, conv(4, 1))
    concat(conv(k, k, padding=k // 2) for k in (1, 3))
    add(left=conv(k, 1), right=conv(4, 1))
    add(left, identity)
    bn = bn
    add(bn(), conv(k, 1))
"""


def test_a_name_is_renamed_where_it_is_known_and_not_where_another_one_is(tmp_path):
    new = alone(tmp_path, SCOPES, "inner", "mine", nth=2)
    assert new == SCOPES.replace("b = path:\n        inner", "b = path:\n        mine").replace(
        "add(inner, conv(4, 1))\n    concat", "add(mine, conv(4, 1))\n    concat"
    )
    line = "concat(conv(k, k, padding=k // 2) for k in (1, 3))"
    new = alone(tmp_path, SCOPES, "k, padding=k", "size")
    assert new == SCOPES.replace(
        line, "concat(conv(size, size, padding=size // 2) for size in (1, 3))"
    )
    new = alone(tmp_path, SCOPES, "k=4", "size")
    assert new == SCOPES.replace("k=4", "size=4").replace("(k, 1)", "(size, 1)")
    new = alone(tmp_path, SCOPES, "left", "first")
    assert new == SCOPES.replace("left", "first")
    assert alone(tmp_path, SCOPES, "bn =", "norm") == SCOPES.replace("bn =", "norm =")


def test_a_step_of_the_name_of_its_block_is_another_thing(tmp_path):
    text = "block cell(k):\n    conv(k, 1)\n\nnetwork n:\n    input 3x8x8\n"
    text += "    cell = cell(4)\n    relu\n    expect cell.params == 16\n"
    new = alone(tmp_path, text, "cell", "unit")
    assert new == text.replace("block cell", "block unit").replace("= cell(", "= unit(")
    new = alone(tmp_path, text, "cell =", "first")
    assert new == text.replace("cell =", "first =").replace("cell.params", "first.params")


def test_a_word_of_an_argument_keeps_its_name(tmp_path):
    text = "network n(height=4):\n    input 3x8x8\n    conv(height, 1)\n    mean(height)\n"
    new = alone(tmp_path, text, "height", "size")
    assert new == text.replace("height=4", "size=4").replace("conv(height", "conv(size")


BLOCK = "block foo(k):\n    conv(k, 1)\n\n"
NET = "network n(act: block = relu, dim=2):\n    input 3x8x8\n    x = foo(4)\n    act\n    {}\n"


@pytest.mark.parametrize(
    ("place", "new", "why", "line"),
    [
        ("foo", "conv_bn", "a block of the library", "bn"),
        ("foo", "conv_bn", "a block of the library", "conv_bn(4, 1)"),
        ("foo", "conv", "a word of the language", "bn"),
        ("foo", "act", "`n`, which uses `foo`", "bn"),
        ("foo", "len", "a function of the language", "conv(len((4, 8)), 1)"),
        ("foo", "for", "no name", "bn"),
        ("act", "tanh", "meaning in `n`", "tanh"),
        ("act", "foo", "meaning in `n`", "bn"),
        ("dim", "height", "row 8", "mean(dim)"),
        ("x", "depth", "meaning in `n`", "expect depth == 1"),
        ("x", "y", "mistake", 'init "x.*": zeros'),
        ("x", "y", "computes something else", 'z = foo(4)\n    init "?.*": zeros'),
        ("conv", "c", "an op", "bn"),
        ("height", "h", "not declared", "mean(height)"),
    ],
)
def test_what_would_mean_something_else_is_refused(tmp_path, place, new, why, line):
    text = BLOCK + NET.format(line)
    if why == "computes something else":
        new = "longer"
    nth = {"x": 1}.get(place, 0)  # the first stands in `3x8x8`
    nth = text[: text.index("x = foo")].count("x") if place == "x" else nth
    refused(tmp_path, text, place, new, why, nth)


# --- references ------------------------------------------------------------------------------


def referred(folder, name, place, **more):
    analysis, path = opened(folder, name)
    references_ = references_everywhere(
        analysis, path, path.read_text().index(place), driver.read_text, **more
    )
    return {
        p.relative_to(folder).as_posix(): [s.line for s in spans]
        for p, spans in references_.items()
    }


def test_references_are_those_of_all_files_by_whatever_name(tmp_path):
    written(tmp_path, CHAIN)
    everywhere = {
        "lib/deep/er/cell.arch": [1],
        "lib/more.arch": [1, 4],
        "main.arch": [1, 6],
        "other.arch": [1, 1, 5],
        "last.arch": [1, 5],
    }
    folder = tmp_path.resolve()
    for name, place in (("lib/deep/er/cell.arch", "cell"), ("last.arch", "c(3")):
        assert referred(folder, name, place) == everywhere
    del everywhere["lib/deep/er/cell.arch"]
    assert referred(folder, "main.arch", "cell(", declaration=False) == everywhere
    assert referred(folder, "main.arch", "x =") == {"main.arch": [6]}
    assert referred(folder, "lib/deep/er/cell.arch", "conv") == {"lib/deep/er/cell.arch": [2]}
