"""`archdsl check`: what it prints where, and its exit status."""

import json
import re

JSON_FIELDS = {
    "severity", "code", "message", "file", "line", "column", "end_line", "end_column", "path",
    "related", "hint",
}  # fmt: skip


def test_a_sound_spec_gets_its_line(archdsl):
    found = archdsl("check", "lenet5")
    assert (found.status, found.err) == (0, "")
    assert found.out.split() == ["lenet5", "61,706", "params", "417K", "MACs", "ok"]


def test_faults_go_to_standard_error_with_the_place(archdsl, faulty):
    found = archdsl("check", faulty)
    assert (found.status, found.out) == (1, "")
    assert f"{faulty}:3:5" in found.err
    assert "`flatten`" in found.err
    assert found.err.endswith("archdsl: 2 errors\n")


def test_several_specs_have_a_line_each(archdsl, faulty):
    found = archdsl("check", "lenet5", faulty, "resnet18")
    assert found.status == 1
    assert [line.split()[0] for line in found.out.splitlines()] == ["lenet5", "resnet18"]
    assert found.err.endswith("archdsl: 2 errors in 1 of 3 specs\n")


def test_misuse_outweighs_faults_and_stops_nothing(archdsl, faulty):
    found = archdsl("check", "no_such_network", faulty, "lenet5")
    assert found.status == 2
    assert "no_such_network" in found.err
    assert "flatten" in found.err
    assert "lenet5" in found.out


def test_json_is_one_object_a_line(archdsl, faulty):
    found = archdsl("check", "--json", faulty)
    assert found.status == 1
    objects = [json.loads(line) for line in found.out.splitlines()]
    assert len(objects) == 2
    assert all(set(o) >= JSON_FIELDS for o in objects)
    assert (objects[0]["severity"], objects[0]["line"], objects[0]["column"]) == ("error", 3, 5)
    assert objects[0]["file"] == str(faulty)
    assert found.err == "archdsl: 2 errors\n"


def test_github_annotations(archdsl, faulty):
    found = archdsl("check", "--format", "github", faulty)
    assert found.status == 1
    assert found.out.startswith(f"::error file={faulty},line=3,")


def test_a_parameter_and_an_input_from_the_command_line(archdsl, sound):
    assert "650 params" in archdsl("check", sound).out
    assert "195 params" in archdsl("check", sound, "-p", "classes=3").out
    assert "2,570 params" in archdsl("check", sound, "--input", "1x16x16").out
    assert "771 params" in archdsl("check", sound, "-p", "classes=3", "--input", "1x16x16").out


def test_promises_of_the_network_as_written_become_notes(archdsl, spec):
    path = spec("network N(n=3):\n    input 4\n    linear(n)\n    expect params == 15\n")
    assert archdsl("check", path).err == ""
    found = archdsl("check", path, "-p", "n=4")
    assert found.status == 0
    assert "note[E0701]" in found.err
    assert "params" in found.out


def test_parameters_that_make_no_sense(archdsl, sound):
    for given, why in [
        ("classes", "-p NAME=VALUE"),
        ("classes=", "-p NAME=VALUE"),
        ("clases=3", "classes"),
        ("classes=)", "classes"),
    ]:
        found = archdsl("check", sound, "-p", given)
        assert found.status == 2
        assert why in found.err
    assert "twice" in archdsl("check", sound, "-p", "classes=3", "-p", "classes=4").err


def test_one_of_several_inputs_by_name(archdsl, spec):
    path = spec(
        "network Two:\n"
        "    input left: 1x8\n"
        "    input right: 1x8\n"
        "    add(left, right) -> conv(2, 3)\n"
    )
    found = archdsl("check", path, "--input", "left=1x9", "--input", "right=1x9")
    assert (found.status, found.err) == (0, "")
    found = archdsl("check", path, "--input", "left=1x9", "--input", "left=1x9")
    assert found.status == 2


def test_standard_input(command):
    text = "network Net:\n    input 4\n    linear(3)\n"
    found = command("check", "-", input=text)
    assert (found.status, found.err) == (0, "")
    assert "15 params" in found.out


def test_unreadable_files_are_misuse(archdsl, tmp_path):
    (tmp_path / "bytes.arch").write_bytes(b"\xff\xfe")
    for path in (tmp_path / "none.arch", tmp_path, tmp_path / "bytes.arch"):
        found = archdsl("check", path)
        assert found.status == 2
        assert str(path) in found.err
        assert "Traceback" not in found.err


# --- files and folders -------------------------------------------------------------------------

GOOD = "network Good:\n    input 3x8x8\n    part(4)\n\n"
BAD = "network Bad:\n    input 3x8x8\n    conv(4, 30)\n\n"
PART = "block part(c):\n    conv(c, 3)\n\n"
FAULTY_PART = "block part(c):\n    conv(c, 30)\n\n"


def written(folder, **texts):
    for name, text in texts.items():
        file = folder / f"{name}.arch"
        file.write_text(text, encoding="utf-8")
    return folder


def test_all_networks_of_a_file_are_checked(archdsl, tmp_path):
    file = written(tmp_path, both=PART + GOOD + BAD) / "both.arch"
    found = archdsl("check", file)
    assert (found.status, found.out.split()[0]) == (1, "Good")
    assert found.err.count("E0303") == 1
    assert found.err.endswith("archdsl: 1 error in 1 of 2 specs\n")


def test_what_does_not_concern_the_network_asked_for_is_not_told(archdsl, tmp_path):
    file = written(tmp_path, both=PART + GOOD + BAD) / "both.arch"
    for command in (("check",), ("compile",), ("audit",), ("draw", "--format", "mermaid")):
        found = archdsl(*command, f"{file}:Good")
        assert (found.status, found.err) == (0, ""), command
    assert archdsl("check", f"{file}:Bad").status == 1


def test_one_mistake_of_several_networks_is_told_once(archdsl, tmp_path):
    other = GOOD.replace("Good", "Other")
    file = written(tmp_path, two=FAULTY_PART + GOOD + other) / "two.arch"
    found = archdsl("check", file)
    assert found.err.count("E0303") == 1
    assert found.err.endswith("archdsl: 1 error in 2 of 2 specs\n")


def test_what_no_network_uses_is_checked_too(archdsl, tmp_path):
    file = written(tmp_path, one=PART + "block idle:\n    conv(nothing, 3)\n\n" + GOOD) / "one.arch"
    found = archdsl("check", file)
    assert found.status == 1
    assert "E0201" in found.err


def test_a_file_of_another_ending(archdsl, tmp_path):
    file = tmp_path / "nets.txt"
    file.write_text(GOOD.replace("part(4)", "relu") + "network Other:\n    input 4\n    relu\n")
    found = archdsl("check", file)
    assert [line.split()[0] for line in found.out.splitlines()] == ["Good", "Other"]
    assert archdsl("check", f"{file}:Other").out.split()[0] == "Other"
    assert "has no network `Othr`" in archdsl("check", f"{file}:Othr").err


def test_a_folder_and_the_working_folder(archdsl, tmp_path, monkeypatch):
    (tmp_path / "below").mkdir()
    written(tmp_path, a=PART + GOOD, parts=PART)
    written(tmp_path / "below", b=GOOD.replace("part(4)", "relu"))
    for given in ([str(tmp_path)], []):
        monkeypatch.chdir(tmp_path)
        found = archdsl("check", *given)
        assert found.status == 0
        assert [line.split()[0] for line in found.out.splitlines()] == ["Good", "Good", "parts"]
        assert found.err == "archdsl: all 3 specs in 3 files are sound\n"


def test_a_folder_without_specs(archdsl, tmp_path):
    found = archdsl("check", tmp_path)
    assert (found.status, found.out) == (2, "")
    assert "there is no .arch file" in found.err


def test_a_folder_without_specs_among_others(archdsl, tmp_path):
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
    written(tmp_path / "b", b=GOOD.replace("part(4)", "relu"))
    found = archdsl("check", tmp_path / "a", tmp_path / "b", tmp_path / "c")
    assert (found.status, found.out.split()[0]) == (2, "Good")
    assert found.err.splitlines() == [
        f"archdsl: there is no .arch file in {tmp_path / name}" for name in ("a", "c")
    ]


def test_a_network_of_standard_input_is_checked_with_what_it_uses(command):
    faulty = "network Other:\n    input 4\n    lineer(2)\n"
    found = command("check", "-:Good", input=GOOD.replace("part(4)", "relu") + faulty)
    assert (found.status, found.out.split()[0], found.err) == (0, "Good", "")


def test_parameters_are_for_one_network(archdsl, tmp_path):
    lines = "(c=2):\n    input 3x8x8\n    conv(c, KERNEL)\n"
    text = f"network A{lines}\nnetwork B{lines}".replace("KERNEL", "3", 1).replace("KERNEL", "1")
    file = written(tmp_path, ab=text) / "ab.arch"
    assert archdsl("check", file, "-p", "c=4").status == 2
    found = archdsl("check", file, "--all", "-p", "c=4")
    assert [line.split()[:2] for line in found.out.splitlines()] == [["A", "112"], ["B", "16"]]


def test_a_file_of_the_catalogue_is_told_by_its_name_and_how_to_see_it(archdsl):
    found = archdsl("check", "swin_v2_t", "--input", "3x2x2").err
    assert "--> swin (catalogue):" in found and "called at swin (catalogue):" in found
    assert "= see `archdsl show swin`" in found and "specs" not in found
    text = archdsl("show", "swin").out
    line = int(re.search(r"--> swin \(catalogue\):(\d+):", found)[1])
    assert text.splitlines()[line - 1] == "    conv(width, size, stride=size)"


def test_a_block_of_the_library_is_told_by_its_name_and_how_to_see_it(archdsl, tmp_path):
    spec = tmp_path / "small.arch"
    spec.write_text("network small:\n    input 3x8x8\n    bottleneck(0)\n")
    found = archdsl("check", str(spec)).err
    assert "--> bottleneck (library):" in found and f"called at {spec}:3:5" in found
    assert "= see `archdsl show bottleneck`" in found


def test_scripts_are_told_the_file(archdsl):
    found = archdsl("check", "swin_v2_t", "--input", "3x2x2", "--json").out
    assert json.loads(found.splitlines()[0])["file"] == "specs/swin.arch"
