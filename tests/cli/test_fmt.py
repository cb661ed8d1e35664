"""`archdsl fmt`: what it rewrites, lists and refuses, and its exit status."""

import json
import os

import pytest

LOOSE = "network Net:\n  input 1x8x8\n  flatten->linear( 10 )  # last\n"
NEAT = "network Net:\n    input 1x8x8\n    flatten -> linear(10)  # last\n"


def test_a_file_is_rewritten_and_named(archdsl, spec):
    path = spec(LOOSE)
    ran = archdsl("fmt", path)
    assert (ran.status, ran.out, ran.err) == (0, f"{path}\n", "")
    assert path.read_text() == NEAT
    assert archdsl("fmt", path).out == ""


def test_check_lists_and_changes_nothing(archdsl, spec):
    loose, neat = spec(LOOSE, "loose.arch"), spec(NEAT, "neat.arch")
    ran = archdsl("fmt", "--check", loose, neat)
    assert (ran.status, ran.out) == (1, f"{loose}\n")
    assert ran.err == "archdsl: 1 file is not formatted; `archdsl fmt` does it\n"
    assert loose.read_text() == LOOSE
    assert archdsl("fmt", "--check", neat).status == 0


def test_line_ends_and_byte_order_marks_are_changes(archdsl, spec):
    path = spec(NEAT)
    path.write_bytes(b"\xef\xbb\xbf" + NEAT.replace("\n", "\r\n").encode())
    assert archdsl("fmt", "--check", path).status == 1
    assert archdsl("fmt", path).status == 0
    assert path.read_bytes() == NEAT.encode()


def test_a_file_with_syntax_errors_is_left_alone_and_the_others_are_done(archdsl, spec):
    bad, loose = spec("network Net\n    input 1\n", "bad.arch"), spec(LOOSE, "loose.arch")
    ran = archdsl("fmt", bad, loose)
    assert (ran.status, ran.out) == (1, f"{loose}\n")
    assert f"{bad}:1:12" in ran.err
    assert ran.err.endswith("archdsl: 1 file has errors and is left alone\n")
    assert bad.read_text() == "network Net\n    input 1\n"
    assert loose.read_text() == NEAT


def test_diagnostics_as_json(archdsl, spec):
    path = spec("network Net\n    input 1\n")
    first = archdsl("fmt", "--json", path).err.splitlines()[0]
    assert json.loads(first)["line"] == 1


def test_folders_are_walked(archdsl, spec, tmp_path):
    (tmp_path / "blocks" / ".hidden").mkdir(parents=True)
    inner, outer = spec(LOOSE, "blocks/inner.arch"), spec(LOOSE, "outer.arch")
    hidden, other = spec(LOOSE, "blocks/.hidden/a.arch"), spec(LOOSE, "other.txt")
    ran = archdsl("fmt", tmp_path, outer)
    assert (ran.status, ran.out) == (0, f"{inner}\n{outer}\n")
    assert hidden.read_text() == other.read_text() == LOOSE


def test_a_folder_without_specs_is_misuse(archdsl, tmp_path):
    ran = archdsl("fmt", tmp_path)
    assert (ran.status, ran.out) == (2, "")
    assert str(tmp_path) in ran.err


def test_files_that_cannot_be_read_are_misuse(archdsl, spec, tmp_path):
    loose = spec(LOOSE)
    ran = archdsl("fmt", tmp_path / "none.arch", loose)
    assert (ran.status, ran.out) == (2, f"{loose}\n")
    assert "there is no such file" in ran.err


def test_a_file_that_cannot_be_written_is_misuse_and_stays_whole(archdsl, spec, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    path = spec(LOOSE)
    monkeypatch.setattr(os, "replace", full)
    ran = archdsl("fmt", path)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == f"archdsl: cannot write {path}: No space left on device\n"
    assert path.read_text() == LOOSE
    assert os.listdir(path.parent) == [path.name]


def test_standard_input(command):
    assert command("fmt", "-", input=LOOSE).out == NEAT
    ran = command("fmt", "--check", "-", input=LOOSE)
    assert (ran.status, ran.out) == (1, "<stdin>\n")
    assert command("fmt", "--check", "-", input=NEAT).status == 0
    ran = command("fmt", "-", input="network Net\n")
    assert (ran.status, ran.out) == (1, "")


# --- shapes ----------------------------------------------------------------------------------


def formatted(archdsl, path):
    ran = archdsl("fmt", "--shapes", path)
    assert (ran.status, ran.err) == (0, "")
    assert archdsl("fmt", "--shapes", "--check", path).status == 0
    return path.read_text()


def test_shapes_are_written_where_they_change(archdsl, spec):
    path = spec(
        "network Net(classes=10):\n"
        "    input 3x32x32\n"
        "    conv(16, 3, padding=1)\n"
        "    bn -> relu\n"
        "    features = path:\n"
        "        max_pool(2)\n"
        "    flatten -> linear(classes)\n"
    )
    assert formatted(archdsl, path) == (
        "network Net(classes=10):\n"
        "    input 3x32x32\n"
        "    conv(16, 3, padding=1)  :: 16x32x32\n"
        "    bn -> relu\n"
        "    features = path:\n"
        "        max_pool(2)  :: 16x16x16\n"
        "    flatten -> linear(classes)  :: 10\n"
    )


def test_wrong_shapes_are_corrected_and_right_ones_kept(archdsl, spec):
    path = spec(
        "network Net(classes=10):\n"
        "    input 3x32x32\n"
        "    conv(16, 3, padding=1) :: 8x32x32\n"
        "    relu :: 3x3\n"
        "    max_pool(2) :: (16, input.height // 2, input.width // 2)\n"
        "    flatten -> linear(classes) :: classes\n"
    )
    assert formatted(archdsl, path) == (
        "network Net(classes=10):\n"
        "    input 3x32x32\n"
        "    conv(16, 3, padding=1)      :: 16x32x32\n"
        "    relu                        :: 16x32x32\n"
        "    max_pool(2)                 :: (16, input.height // 2, input.width // 2)\n"
        "    flatten -> linear(classes)  :: classes\n"
    )


def test_lines_with_several_shapes_state_none(archdsl, spec):
    path = spec(
        "block unit(c):\n"
        "    conv(c, 1)\n"
        "\n"
        "network Base(c):\n"
        "    input 3x8x8\n"
        "    unit(c)\n"
        "    for i in range(2):\n"
        "        conv(c + i, 1)\n"
        "        max_pool(2)\n"
        "    global_avg_pool -> flatten -> linear(5)\n"
        "\n"
        "network small = Base(4)\n"
        "network large = Base(8)\n"
    )
    before = path.read_text()
    assert formatted(archdsl, path) == before.replace("linear(5)", "linear(5)  :: 5")


def test_a_network_with_other_errors_is_left_alone(archdsl, spec):
    text = "network Net:\n  input 3x8x8\n  conv(4, 1)\n  flaten\n"
    path = spec(text)
    ran = archdsl("fmt", "--shapes", path)
    assert (ran.status, ran.out) == (1, "")
    assert "`flatten`" in ran.err
    assert path.read_text() == text


def test_a_wrong_shape_of_a_block_is_an_error(archdsl, spec):
    text = "block b:\n    relu :: 1x1\n\nnetwork N:\n    input 3x8x8\n    b -> conv(3, 1)\n"
    ran = archdsl("fmt", "--shapes", spec(text))
    assert ran.status == 1
    assert "E0310" in ran.err


@pytest.mark.parametrize("name", ["resnet18", "unet", "googlenet"])
def test_the_catalogue_with_its_shapes_is_still_sound(archdsl, spec, name):
    path = spec(archdsl("show", name).out, f"{name}.arch")
    before = archdsl("check", f"{path}:{name}").out
    formatted(archdsl, path)
    assert archdsl("check", f"{path}:{name}").out == before


def test_a_link_out_of_the_folder_is_left_alone(archdsl, tmp_path):
    """A folder names what lies in it; a file that is named itself is what its link says."""
    text = "network N:\n    input 3x8x8\n    conv( 4,3 )\n"
    outside, folder = tmp_path / "outside.arch", tmp_path / "specs"
    folder.mkdir()
    outside.write_text(text)
    (folder / "own.arch").write_text(text)
    (folder / "own_too.arch").symlink_to("own.arch")
    (folder / "link.arch").symlink_to(outside)
    (folder / "sub").symlink_to(tmp_path, target_is_directory=True)
    ran = archdsl("fmt", folder)
    assert (ran.status, ran.out) == (0, f"{folder / 'own.arch'}\n")
    assert f"{folder / 'link.arch'} is a link out of {folder}" in ran.err
    assert outside.read_text() == text
    assert archdsl("fmt", folder / "link.arch").status == 0
    assert outside.read_text() != text
