"""A name is another one in every file that shares it, open or not."""

import pytest

from archdsl import driver
from archdsl.base.diagnostics import edited
from archdsl.base.source import Source
from archdsl.editing.analysis import Analysis
from archdsl.editing.renaming import rename_everywhere
from archdsl.editing.symbols import CannotRename

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
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return tmp_path


def renamed(folder, name, place, new):
    path = (folder / name).resolve()
    text = path.read_text()
    analysis = Analysis(driver.Spec(Source(str(path), text), path.parent, None, path.stem, path))
    found = rename_everywhere(analysis, path, text.index(place), new, driver.read_text)
    texts = {p.relative_to(folder.resolve()).as_posix(): e for p, e in found.edits.items()}
    return {n: edited(FILES[n], e) for n, e in texts.items()}, found.renamed


@pytest.mark.parametrize("file, place", [("parts/cell.arch", "cell"), ("a.arch", "cell(4")])
def test_a_block_in_its_file_and_in_those_that_import_it(folder, file, place):
    new, keys = renamed(folder, file, place, "unit")
    assert new == {
        "parts/cell.arch": FILES["parts/cell.arch"].replace("cell", "unit"),
        "a.arch": FILES["a.arch"].replace("cell(", "unit(").replace("import cell", "import unit"),
        "b.arch": FILES["b.arch"].replace("import cell as", "import unit as"),
    }
    assert not keys


def test_a_parameter_where_other_files_give_it_by_name(folder):
    new, _ = renamed(folder, "parts/cell.arch", "width", "size")
    assert new["a.arch"] == FILES["a.arch"].replace("width=8", "size=8")
    assert new["b.arch"] == FILES["b.arch"].replace("width=4", "size=4")
    assert "c.arch" not in new


def test_an_alias_stays_in_its_file(folder):
    new, _ = renamed(folder, "b.arch", "other(", "mine")
    assert new == {"b.arch": FILES["b.arch"].replace("other", "mine")}


def test_a_step_is_the_key_of_weights(folder):
    new, keys = renamed(folder, "a.arch", "first", "stem")
    assert set(new) == {"a.arch"} and keys


def test_a_name_that_another_file_uses_is_refused(folder):
    text = FILES["a.arch"] + "\nblock unit:\n    relu\n"
    (folder / "a.arch").write_text(text)
    with pytest.raises(CannotRename, match=r"a\.arch"):
        renamed(folder, "parts/cell.arch", "cell", "unit")


def test_a_word_of_the_library_stays(folder):
    (folder / "d.arch").write_text("network d:\n    input 3x8x8\n    conv_bn(4, 3)\n")
    with pytest.raises(CannotRename, match="not declared"):
        renamed(folder, "d.arch", "conv_bn", "mine")
