"""The command line itself: words it does not know, help, pipes, signals, what it imports."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import termios
import time
from array import array

import pytest

from archdsl.cli.command_table import COMMANDS, parse


@pytest.mark.parametrize(
    ("argv", "hint"),
    [
        (("chek", "lenet5"), "did you mean check?"),
        (("audit", "lenet5", "--dept", "2"), "did you mean --depth?"),
        (("audit", "lenet5", "--format", "jsn"), "did you mean json?"),
        (
            ("audit", "lenet5", "--count", "ptflops"),
            "there are torchvision, fvcore, thop, torchinfo",
        ),
        (("audit", "lenet5", "--depth", "-1"), "no whole number, or all"),
        (("audit", "lenet5", "--batch", "0"), "no whole number above 0"),
        (("audit", "lenet5", "vgg16"), "'vgg16'"),
        (("audit",), "SPEC"),
        (("compile",), "SPEC"),
        (("frobnicate",), "there are check, compile"),
        (("summary", "lenet5"), "did you mean audit?"),
        (("visualize", "lenet5"), "did you mean draw?"),
        (("net.arch",), "a command stands before the file: archdsl check net.arch"),
        (("check", "lenet5", "-p", "classes", "26"), "write -p classes=26"),
        (("check", "lenet5", "--classes", "26"), "is given by -p classes=26"),
        (("check", "lenet5", "--num-classes=26"), "is given by -p num_classes=26"),
        (("compile", "lenet5", "lenet5.py"), "for a file to write, -o lenet5.py"),
        (("audit", "net.arch", "resnet18"), "for a network of the file, net.arch:resnet18"),
    ],
)
def test_misuse_is_told_on_standard_error(archdsl, argv, hint):
    ran = archdsl(*argv)
    assert (ran.status, ran.out) == (2, "")
    assert hint in ran.err
    assert "--help` tells more" in ran.err


def test_every_command_has_its_help(archdsl):
    ran = archdsl("--help")
    assert ran.status == 0
    for name in COMMANDS:
        assert f"    {name}" in ran.out
        page = archdsl(name, "--help")
        assert (page.status, page.err) == (0, "")
        assert page.out.startswith(f"usage: archdsl {name}")


def test_the_overview(archdsl):
    for argv in ((), ("help",), ("--help",)):
        ran = archdsl(*argv)
        assert (ran.status, ran.err) == (0, "")
        assert "examples:\n  archdsl audit resnet18" in ran.out
    assert archdsl("help", "audit").out == archdsl("audit", "--help").out


@pytest.mark.parametrize("name", COMMANDS)
def test_every_example_is_a_command_line(archdsl, name):
    example = COMMANDS[name].example
    assert f"example: {example}\n" in archdsl("help", name).out
    program, *words = example.split()
    arguments = parse(words)
    assert program == "archdsl"
    assert arguments is not None
    assert arguments.command == name


@pytest.mark.parametrize(
    "argv",
    [("audit", "lenet5"), ("sizes", "lenet5", "--up-to", "30"), ("diff", "lenet5", "lenet5")],
)
def test_results_in_tables_are_json_with_the_diagnostics(archdsl, argv):
    assert json.loads(archdsl(*argv, "--json").out) == json.loads(
        archdsl(*argv, "--format", "json").out
    )


def test_the_list(archdsl):
    lines = archdsl("list", "--json", "VGG1").out.splitlines()
    entries = [json.loads(line) for line in lines]
    assert {e["name"] for e in entries} == {
        f"vgg{n}{bn}" for n in (11, 13, 16, 19) for bn in ("", "_bn")
    }
    assert {e["file"] for e in entries} == {"specs/vgg.arch"}
    ran = archdsl("list", "resnt18")
    assert (ran.status, ran.out) == (2, "")
    assert "resnet18" in ran.err


def test_version(archdsl):
    import archdsl as package

    assert archdsl("--version").out == f"archdsl {package.__version__}\n"


def test_help_imports_nothing_heavy():
    code = (
        "import sys, archdsl.cli; archdsl.cli.main(['--help']);"
        "print(sorted({'pydantic', 'lark', 'rich', 'torch'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stderr == "[]\n"


def test_nothing_slow_is_imported_before_ctrl_c_is_looked_after():
    code = "import sys, archdsl.cli; print('typing' in sys.modules, 're' in sys.modules)"
    done = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True)
    assert done.stdout == "False False\n"


def test_no_command_imports_torch():
    code = (
        "import sys, archdsl.cli; archdsl.cli.main(['audit', 'resnet18']);"
        "print(sorted({'torch', 'torchvision'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stderr == "[]\n"


def test_a_reader_that_stops_reading_is_no_fault():
    words = [sys.executable, "-m", "archdsl.cli", "ops"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(60) == 0


def _waiting(pipe):
    """The number of bytes in a pipe that nobody has read."""
    count = array("i", [0])
    fcntl.ioctl(pipe, termios.FIONREAD, count)
    return count[0]


def test_interruption_has_no_traceback():
    words = [sys.executable, "-m", "archdsl.cli", "check", "-"]
    process = subprocess.Popen(
        words,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell may ignore it
    )
    process.stdin.write(b"network N:\n")
    process.stdin.flush()
    while _waiting(process.stdin):
        assert process.poll() is None
        time.sleep(0.01)  # until it reads its input, and waits for the end of it
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 130
    assert process.stderr.read() == b"archdsl: interrupted\n"
    process.stdin.close()


def test_interruption_within_exec_has_the_same_exit_code(tmp_path):
    code = (
        "import archdsl.cli as cli\n"
        "cli._run = lambda argv: exec('raise KeyboardInterrupt')\n"
        "cli.entry()\n"
    )
    (tmp_path / "interrupted.py").write_text(code)
    words = [sys.executable, "-m", "interrupted"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (130, "archdsl: interrupted\n")


def test_interruption_of_an_import_cannot_be_swallowed(tmp_path):
    """As extensions of C do, which then fail at their first use."""
    kill = "os.kill(os.getpid(), signal.SIGINT)"
    swallowing = f"    {kill}\n    sum(range(9))\nexcept KeyboardInterrupt:\n    pass\n"
    (tmp_path / "swallows.py").write_text(f"import os, signal\ntry:\n{swallowing}")
    code = (
        "import signal, sys, archdsl.cli as cli\n"
        "def run(argv):\n"
        "    signal.signal(signal.SIGINT, cli._stop)\n"
        "    try:\n        import os\n        KILL\n        sum(range(9))\n"
        "    except KeyboardInterrupt:\n        print('raised', flush=True)\n"
        "    import swallows\n"
        "cli._run = run\n"
        "cli.entry()\n"
    )
    words = [sys.executable, "-c", code.replace("KILL", kill)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (
        130,
        "raised\n",
        "archdsl: interrupted\n",
    )


def test_a_narrow_encoding_loses_characters_not_the_command(command):
    ran = command("audit", "lenet5", env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert (ran.status, ran.err) == (0, "")


def test_colours_only_on_a_terminal(command):
    assert "\x1b" not in command("audit", "resnet18").out
    assert "\x1b[1m" in on_terminal("audit", "resnet18")
    assert "\x1b" not in on_terminal("audit", "resnet18", NO_COLOR="1")
    assert "\x1b" in on_terminal("ops", "conv")


def on_terminal(*argv, **environment):
    """What a command writes to a terminal."""
    import pty

    ours, theirs = pty.openpty()
    kept = {k: v for k, v in os.environ.items() if k != "NO_COLOR"} | {"TERM": "xterm"}
    words = [sys.executable, "-m", "archdsl.cli", *argv]
    process = subprocess.Popen(words, stdout=theirs, env=kept | environment)
    os.close(theirs)
    text = b""
    while True:
        try:
            chunk = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not chunk:
            break
        text += chunk
    process.wait(60)
    os.close(ours)
    return text.decode()


def test_what_begins_several_networks_of_the_catalogue(archdsl):
    result = archdsl("audit", "vgg1")
    assert result.status == 2
    told = result.err
    names = ("vgg11", "vgg13", "vgg16", "vgg19")
    assert all(name in told for name in names)
    assert "VGG" not in told  # what these are built of is no complete network
