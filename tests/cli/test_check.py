"""`archdsl check`: what it prints where, and its exit status."""

import json
import re

JSON_FIELDS = {
    "severity", "code", "message", "file", "line", "column", "end_line", "end_column", "path",
    "related", "hint",
}  # fmt: skip


def test_a_sound_spec_gets_its_line(archdsl):
    ran = archdsl("check", "lenet5")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.split() == ["lenet5", "61,706", "params", "417K", "MACs", "ok"]


def test_faults_go_to_standard_error_with_the_place(archdsl, faulty):
    ran = archdsl("check", faulty)
    assert (ran.status, ran.out) == (1, "")
    assert f"{faulty}:3:5" in ran.err
    assert "`flatten`" in ran.err
    assert ran.err.endswith("archdsl: 2 errors\n")


def test_several_specs_have_a_line_each(archdsl, faulty):
    ran = archdsl("check", "lenet5", faulty, "resnet18")
    assert ran.status == 1
    assert [line.split()[0] for line in ran.out.splitlines()] == ["lenet5", "resnet18"]
    assert ran.err.endswith("archdsl: 2 errors in 1 of 3 specs\n")


def test_misuse_outweighs_faults_and_stops_nothing(archdsl, faulty):
    ran = archdsl("check", "no_such_network", faulty, "lenet5")
    assert ran.status == 2
    assert "no_such_network" in ran.err
    assert "flatten" in ran.err
    assert "lenet5" in ran.out


def test_json_is_one_object_a_line(archdsl, faulty):
    ran = archdsl("check", "--json", faulty)
    assert ran.status == 1
    objects = [json.loads(line) for line in ran.out.splitlines()]
    assert len(objects) == 2
    assert all(set(o) >= JSON_FIELDS for o in objects)
    assert (objects[0]["severity"], objects[0]["line"], objects[0]["column"]) == ("error", 3, 5)
    assert objects[0]["file"] == str(faulty)
    assert ran.err == "archdsl: 2 errors\n"


def test_github_annotations(archdsl, faulty):
    ran = archdsl("check", "--format", "github", faulty)
    assert ran.status == 1
    assert ran.out.startswith(f"::error file={faulty},line=3,")


def test_a_parameter_and_an_input_from_the_command_line(archdsl, sound):
    assert "650 params" in archdsl("check", sound).out
    assert "195 params" in archdsl("check", sound, "-p", "classes=3").out
    assert "2,570 params" in archdsl("check", sound, "--input", "1x16x16").out
    assert "771 params" in archdsl("check", sound, "-p", "classes=3", "--input", "1x16x16").out


def test_promises_of_the_network_as_written_become_notes(archdsl, spec):
    path = spec("network N(n=3):\n    input 4\n    linear(n)\n    expect params == 15\n")
    assert archdsl("check", path).err == ""
    ran = archdsl("check", path, "-p", "n=4")
    assert ran.status == 0
    assert "note[E0701]" in ran.err
    assert "params" in ran.out


def test_parameters_that_make_no_sense(archdsl, sound):
    for given, why in [
        ("classes", "-p NAME=VALUE"),
        ("classes=", "-p NAME=VALUE"),
        ("clases=3", "classes"),
        ("classes=)", "classes"),
    ]:
        ran = archdsl("check", sound, "-p", given)
        assert ran.status == 2
        assert why in ran.err
    assert "twice" in archdsl("check", sound, "-p", "classes=3", "-p", "classes=4").err


def test_one_of_several_inputs_by_name(archdsl, spec):
    path = spec(
        "network Two:\n"
        "    input left: 1x8\n"
        "    input right: 1x8\n"
        "    add(left, right) -> conv(2, 3)\n"
    )
    ran = archdsl("check", path, "--input", "left=1x9", "--input", "right=1x9")
    assert (ran.status, ran.err) == (0, "")
    ran = archdsl("check", path, "--input", "left=1x9", "--input", "left=1x9")
    assert ran.status == 2


def test_standard_input(command):
    text = "network Net:\n    input 4\n    linear(3)\n"
    ran = command("check", "-", input=text)
    assert (ran.status, ran.err) == (0, "")
    assert "15 params" in ran.out


def test_unreadable_files_are_misuse(archdsl, tmp_path):
    (tmp_path / "bytes.arch").write_bytes(b"\xff\xfe")
    for path in (tmp_path / "none.arch", tmp_path, tmp_path / "bytes.arch"):
        ran = archdsl("check", path)
        assert ran.status == 2
        assert str(path) in ran.err
        assert "Traceback" not in ran.err


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
    ran = archdsl("check", file)
    assert (ran.status, ran.out.split()[0]) == (1, "Good")
    assert ran.err.count("E0303") == 1
    assert ran.err.endswith("archdsl: 1 error in 1 of 2 specs\n")


def test_what_does_not_concern_the_network_asked_for_is_not_told(archdsl, tmp_path):
    file = written(tmp_path, both=PART + GOOD + BAD) / "both.arch"
    for command in (("check",), ("compile",), ("audit",), ("draw", "--format", "mermaid")):
        ran = archdsl(*command, f"{file}:Good")
        assert (ran.status, ran.err) == (0, ""), command
    assert archdsl("check", f"{file}:Bad").status == 1


def test_one_mistake_of_several_networks_is_told_once(archdsl, tmp_path):
    other = GOOD.replace("Good", "Other")
    file = written(tmp_path, two=FAULTY_PART + GOOD + other) / "two.arch"
    ran = archdsl("check", file)
    assert ran.err.count("E0303") == 1
    assert ran.err.endswith("archdsl: 1 error in 2 of 2 specs\n")


def test_what_no_network_uses_is_checked_too(archdsl, tmp_path):
    file = written(tmp_path, one=PART + "block idle:\n    conv(nothing, 3)\n\n" + GOOD) / "one.arch"
    ran = archdsl("check", file)
    assert ran.status == 1
    assert "E0201" in ran.err


def test_a_file_of_another_ending(archdsl, tmp_path):
    file = tmp_path / "nets.txt"
    file.write_text(GOOD.replace("part(4)", "relu") + "network Other:\n    input 4\n    relu\n")
    ran = archdsl("check", file)
    assert [line.split()[0] for line in ran.out.splitlines()] == ["Good", "Other"]
    assert archdsl("check", f"{file}:Other").out.split()[0] == "Other"
    assert "has no network `Othr`" in archdsl("check", f"{file}:Othr").err


def test_a_folder_and_the_working_folder(archdsl, tmp_path, monkeypatch):
    (tmp_path / "below").mkdir()
    written(tmp_path, a=PART + GOOD, parts=PART)
    written(tmp_path / "below", b=GOOD.replace("part(4)", "relu"))
    for given in ([str(tmp_path)], []):
        monkeypatch.chdir(tmp_path)
        ran = archdsl("check", *given)
        assert ran.status == 0
        assert [line.split()[0] for line in ran.out.splitlines()] == ["Good", "Good", "parts"]
        assert ran.err == "archdsl: all 3 specs in 3 files are sound\n"


def test_a_folder_without_specs(archdsl, tmp_path):
    ran = archdsl("check", tmp_path)
    assert (ran.status, ran.out) == (2, "")
    assert "there is no .arch file" in ran.err


def test_a_folder_without_specs_among_others(archdsl, tmp_path):
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
    written(tmp_path / "b", b=GOOD.replace("part(4)", "relu"))
    ran = archdsl("check", tmp_path / "a", tmp_path / "b", tmp_path / "c")
    assert (ran.status, ran.out.split()[0]) == (2, "Good")
    assert ran.err.splitlines() == [
        f"archdsl: there is no .arch file in {tmp_path / name}" for name in ("a", "c")
    ]


def test_a_network_of_standard_input_is_checked_with_what_it_uses(command):
    faulty = "network Other:\n    input 4\n    lineer(2)\n"
    ran = command("check", "-:Good", input=GOOD.replace("part(4)", "relu") + faulty)
    assert (ran.status, ran.out.split()[0], ran.err) == (0, "Good", "")


def test_parameters_are_for_one_network(archdsl, tmp_path):
    lines = "(c=2):\n    input 3x8x8\n    conv(c, KERNEL)\n"
    text = f"network A{lines}\nnetwork B{lines}".replace("KERNEL", "3", 1).replace("KERNEL", "1")
    file = written(tmp_path, ab=text) / "ab.arch"
    assert archdsl("check", file, "-p", "c=4").status == 2
    ran = archdsl("check", file, "--all", "-p", "c=4")
    assert [line.split()[:2] for line in ran.out.splitlines()] == [["A", "112"], ["B", "16"]]


def test_a_file_of_the_catalogue_is_told_by_its_name_and_how_to_see_it(archdsl):
    complaint = archdsl("check", "swin_v2_t", "--input", "3x2x2").err
    assert "--> swin (catalogue):" in complaint and "called at swin (catalogue):" in complaint
    assert "= see `archdsl show swin`" in complaint and "specs" not in complaint
    text = archdsl("show", "swin").out
    line = int(re.search(r"--> swin \(catalogue\):(\d+):", complaint)[1])
    assert text.splitlines()[line - 1] == "    conv(width, size, stride=size)"


def test_a_block_of_the_library_is_told_by_its_name_and_how_to_see_it(archdsl, tmp_path):
    spec = tmp_path / "small.arch"
    spec.write_text("network small:\n    input 3x8x8\n    bottleneck(0)\n")
    complaint = archdsl("check", str(spec)).err
    assert "--> bottleneck (library):" in complaint and f"called at {spec}:3:5" in complaint
    assert "= see `archdsl show bottleneck`" in complaint


def test_scripts_are_told_the_file(archdsl):
    printed = archdsl("check", "swin_v2_t", "--input", "3x2x2", "--json").out
    assert json.loads(printed.splitlines()[0])["file"] == "specs/swin.arch"
