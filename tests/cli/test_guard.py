"""What nobody foresaw: one sentence, a report without the user's words, exit code 70."""

import re
from argparse import Namespace
from pathlib import Path

import pytest

from archdsl.base.fault import Fault
from archdsl.cli import check


def _broken(error: Exception):
    def run(arguments: Namespace) -> int:
        raise error

    return run


def _endless(arguments: Namespace) -> int:
    return _endless(arguments)


@pytest.fixture
def reports(tmp_path, monkeypatch):
    folder = tmp_path / "reports"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    monkeypatch.delenv("ARCHDSL_REPORT", raising=False)
    return folder


SECRET = "my_secret_network"


def _told(archdsl, monkeypatch, error: Exception):
    monkeypatch.setattr(check, "run", _broken(error))
    return archdsl("check", f"{SECRET}.arch", "--json", "-p", f"{SECRET}=1", f"--input={SECRET}")


def test_one_sentence_and_a_report_without_the_users_words(archdsl, monkeypatch, reports):
    ran = _told(archdsl, monkeypatch, KeyError(SECRET))
    assert (ran.status, ran.out) == (70, "")
    assert len(ran.err.splitlines()) == 1 and SECRET not in ran.err
    (report,) = reports.iterdir()
    assert str(report) in ran.err
    text = report.read_text()
    assert SECRET not in text
    assert "command: check --json --input\n" in text
    assert "\nKeyError\n" in text
    assert re.search(r"^  archdsl/cli/__init__.py:\d+ in _run$", text, re.M)
    assert re.search(r"^  a file of yours:\d+ in run$", text, re.M)


def test_the_whole_report_if_the_user_agrees(archdsl, monkeypatch, reports):
    monkeypatch.setenv("ARCHDSL_REPORT", "full")
    _told(archdsl, monkeypatch, Fault("a sum does not add up", details="the source"))
    text = next(reports.iterdir()).read_text()
    assert f"command: check {SECRET}.arch --json -p {SECRET}=1" in text
    assert "Fault: a sum does not add up" in text and "the source" in text


def test_a_fault_says_what_archdsl_does_not_stand_behind(archdsl, monkeypatch, reports):
    ran = _told(archdsl, monkeypatch, Fault("the emitted module has other keys", SECRET))
    assert ran.status == 70
    assert ran.err.startswith("archdsl: the emitted module has other keys: this is a fault of")
    assert SECRET not in next(reports.iterdir()).read_text()


def test_what_led_to_it_is_told_and_a_long_way_is_cut(archdsl, monkeypatch, reports):
    monkeypatch.setattr(check, "run", _endless)
    assert archdsl("check", "lenet5").status == 70
    text = next(reports.iterdir()).read_text()
    assert "RecursionError" in text and len(text.splitlines()) < 70


def test_no_report_can_be_written(archdsl, monkeypatch, reports):
    reports.rmdir()
    ran = _told(archdsl, monkeypatch, KeyError(SECRET))
    assert ran.status == 70 and "no report could be written" in ran.err


def test_too_little_memory_is_no_fault(archdsl, monkeypatch, reports):
    ran = _told(archdsl, monkeypatch, MemoryError())
    assert (ran.status, ran.err) == (2, "archdsl: there is not enough memory for this\n")
    assert not list(reports.iterdir())


def test_frames_of_libraries_are_named_from_their_package(archdsl, monkeypatch, reports):
    from archdsl.cli import guard

    assert guard._file("/home/me/venv/lib/python3.11/site-packages/torch/nn.py") == "torch/nn.py"
    assert guard._file("/home/me/model.py") == "a file of yours"
    assert guard._file(str(Path(guard.__file__))) == "archdsl/cli/guard.py"
