"""Imports: relative to the file, within the folder, once, under their own names or others."""

from pathlib import Path

import pytest
from small_specs import codes, made, output, paths

from archdsl import driver

NETWORK = "network Net:\n    input 3x8x8\n    {}\n"
STEM = "block stem(c):\n    conv(c, 1)\n"


def load(folder: Path, **files: str) -> driver.Loaded:
    """Writes files (`blocks__se` is `blocks/se.arch`) and loads `net.arch`."""
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.arch"
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(text, encoding="utf-8")
    return driver.load(str(folder / "net.arch"))


def test_a_block_of_another_file(tmp_path: Path) -> None:
    text = 'from "blocks/stems.arch" import stem\n' + NETWORK.format("stem(4)")
    assert paths(made(load(tmp_path, net=text, blocks__stems=STEM))) == ["stem", "stem.conv"]


def test_under_another_name(tmp_path: Path) -> None:
    text = 'from "stems.arch" import stem as start, act\n' + NETWORK.format("start(4) -> act(1)")
    other = STEM + "fn act(i) = relu if i > 0 else gelu\n"
    assert paths(made(load(tmp_path, net=text, stems=other)))[0] == "stem"


def test_paths_are_relative_to_the_importing_file(tmp_path: Path) -> None:
    made_program = made(
        load(
            tmp_path,
            net='from "a/one.arch" import one\n' + NETWORK.format("one(4)"),
            a__one='from "b/two.arch" import two\nblock one(c):\n    two(c)\n',
            a__b__two='from "../../base.arch" import base\nblock two(c):\n    base(c)\n',
            base="block base(c):\n    conv(c, 1)\n",
        )
    )
    assert paths(made_program)[-1] == "one.two.base.conv"


def test_a_block_sees_the_names_of_its_own_file(tmp_path: Path) -> None:
    made_program = made(
        load(
            tmp_path,
            net='from "one.arch" import one\nblock helper:\n    relu\n'
            + NETWORK.format("helper -> one"),
            one="block one:\n    helper\n\nblock helper:\n    conv(7, 1)\n",
        )
    )
    assert output(made_program) == "7x8x8"


def test_networks_and_variants_can_be_imported(tmp_path: Path) -> None:
    base = "network Base(c):\n    input 3x8x8\n    conv(c, 1)\nnetwork eight = Base(8)\n"
    text = (
        'from "base.arch" import Base, eight\n'
        "network net = Base(4)\n"
        "network other:\n    input 3x8x8\n    eight\n"
    )
    assert output(made(load(tmp_path, net=text, base=base))) == "4x8x8"
    assert output(made(driver.load(f"{tmp_path}/net.arch:other"))) == "8x8x8"


def test_what_is_imported_can_be_imported_on(tmp_path: Path) -> None:
    text = 'from "middle.arch" import stem\n' + NETWORK.format("stem(4)")
    middle = 'from "stems.arch" import stem\n'
    assert output(made(load(tmp_path, net=text, middle=middle, stems=STEM))) == "4x8x8"


def test_a_file_imported_twice_is_one(tmp_path: Path) -> None:
    text = 'from "one.arch" import one\nfrom "two.arch" import two\n' + NETWORK.format(
        "one(3) -> two(3)"
    )
    one = 'from "stems.arch" import stem\nblock one(c):\n    stem(c)\n'
    two = 'from "stems.arch" import stem\nblock two(c):\n    stem(c)\n'
    root = made(load(tmp_path, net=text, one=one, two=two, stems=STEM)).root
    first, second = (step.target.steps[0].target for step in root.steps)
    assert first is second


@pytest.mark.parametrize(
    "path", ["../out.arch", "a/../../out.arch", "/etc/hostname", "link.arch", "linked/out.arch"]
)
def test_nothing_outside_the_folder_is_read(tmp_path: Path, path: str) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "out.arch").write_text(STEM, encoding="utf-8")
    (inside / "link.arch").symlink_to(tmp_path / "out.arch")
    (inside / "linked").symlink_to(tmp_path)
    loaded = load(inside, net=f'from "{path}" import stem\n' + NETWORK.format("stem(4)"))
    assert codes(loaded) == ["E0601"]
    assert "outside the folder of the spec" in loaded.diagnostics[0].message


def test_a_link_within_the_folder_is_followed(tmp_path: Path) -> None:
    (tmp_path / "stems.arch").write_text(STEM, encoding="utf-8")
    (tmp_path / "link.arch").symlink_to(tmp_path / "stems.arch")
    text = 'from "link.arch" import stem\n' + NETWORK.format("stem(4)")
    assert output(made(load(tmp_path, net=text))) == "4x8x8"


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "binary.arch").write_bytes(b"block b:\n    \xff\xfe\n")
    (tmp_path / "large.arch").write_bytes(b"#" * 10_000_001)
    for name, reason in {
        "binary.arch": "it is not UTF-8 text",
        "large.arch": "it is larger than",
        "none.arch": "there is no such file",
        "": "it is a folder",
        "a\\0b.arch": "there can be no such file",
    }.items():
        loaded = load(tmp_path, net=f'from "{name}" import stem\n' + NETWORK.format("stem(4)"))
        assert codes(loaded) == ["E0601"], name
        assert reason in loaded.diagnostics[0].message


def test_mistakes_of_several_files_come_by_file_and_place(tmp_path: Path) -> None:
    text = 'from "stems.arch" import stem\n' + NETWORK.format("cnov(4)\n    stem(4)\n    rleu")
    loaded = load(tmp_path, net=text, stems="block stem(c):\n    conv(c, 1) -> rleu -> bnn\n")
    places = [
        (Path(d.primary.span.source.name).name, d.primary.span.line) for d in loaded.diagnostics
    ]
    assert places == [("net.arch", 4), ("net.arch", 6), ("stems.arch", 2), ("stems.arch", 2)]
    columns = [d.primary.span.column for d in loaded.diagnostics[2:]]
    assert columns == sorted(columns)


def test_an_imported_block_takes_the_place_of_the_library_s(tmp_path: Path) -> None:
    text = 'from "own.arch" import bottleneck\n' + NETWORK.format("bottleneck(4)")
    own = "block bottleneck(c):\n    conv(c, 1)\n"
    assert paths(made(load(tmp_path, net=text, own=own))) == ["bottleneck", "bottleneck.conv"]
