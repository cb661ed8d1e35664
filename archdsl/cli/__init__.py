"""The command line: arguments, files, colours and exit codes; the work is done elsewhere.

Each command's module is imported when the command runs, so that `archdsl --help` is quick; the
others are imported in here too, where Ctrl-C is looked after. argparse, because a command starts in
hundredths of a second, and richer frameworks take longer to import than most commands take to run.

Knows the flags, and the rooms that do the work.
Gives text on the terminal, files, an exit code.
Must not know rules of the language: it asks other rooms.
"""

import sys

INTERRUPTED = 130
try:
    import gc
    import os
    import signal
    from collections.abc import Sequence
    from types import FrameType
except KeyboardInterrupt:  # before there can be a handler of it
    sys.stderr.write("archdsl: interrupted\n")
    sys.exit(INTERRUPTED)

MISUSE = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; the exit status is 0, 1 (the spec is at fault), 2 (misuse), 70 (archdsl
    is at fault) or 130 (Ctrl-C)."""
    try:
        return _main(sys.argv[1:] if argv is None else list(argv))
    except KeyboardInterrupt:
        print("archdsl: interrupted", file=sys.stderr, flush=True)
        return INTERRUPTED


def entry() -> None:
    """The command as a process of its own, which Ctrl-C does not disturb while it ends."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _leave)
    try:
        status = main()
    except KeyboardInterrupt:  # a second one, while the first was told
        status = INTERRUPTED
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if status == INTERRUPTED:
        exec("")  # CPython ends by the signal where it came within `exec`, unless another follows
    sys.exit(status)


def _leave(*_: object) -> None:
    """Ctrl-C while the command is imported: nothing has begun that had to be ended."""
    os.write(2, b"archdsl: interrupted\n")
    os._exit(INTERRUPTED)


def _stop(_: int, frame: FrameType | None) -> None:
    """Ctrl-C while the command runs. A module that is being imported would be left half made, and
    an extension of C may swallow the exception and fail later: the command ends at once."""
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            _leave()
        frame = frame.f_back
    raise KeyboardInterrupt


def _main(argv: list[str]) -> int:
    from archdsl.cli.terminal import Stop, detach, ready, say

    _make_haste()
    _open()
    ready(sys.stdout, sys.stderr)
    try:
        status = _run(argv)
        sys.stdout.flush()
    except Stop as stop:
        say(f"archdsl: {stop}")
        return stop.status
    except BrokenPipeError:  # the reader (`| head`) has all it wants
        detach(sys.stdout)
        return 0
    except OSError as error:
        say(f"archdsl: {_cause(error)}")
        return MISUSE
    except MemoryError:
        say("archdsl: there is not enough memory for this")
        return MISUSE
    except Exception as error:  # nobody foresaw it
        from archdsl.cli import guard

        say(f"archdsl: {guard.tell(error, argv)}")
        return guard.STATUS
    return status


def _run(argv: list[str]) -> int:
    from importlib import import_module

    from archdsl.base.stack import deep_recursion, with_room
    from archdsl.cli.command_table import parse

    arguments = parse(argv)
    if arguments is None:
        return 0
    command = import_module(f"archdsl.cli.{arguments.module}")
    if signal.getsignal(signal.SIGINT) is _leave:
        signal.signal(signal.SIGINT, _stop)
    with deep_recursion():
        status: int = with_room(lambda: command.run(arguments))
    return status


def _cause(error: OSError) -> str:
    """The system's refusal and its place: standard output if no file is named."""
    from archdsl.cli.terminal import detach

    reason = error.strerror or str(error)
    if error.filename is not None:
        return f"{error.filename}: {reason}"
    try:
        os.getcwd()
    except OSError:
        return "the working folder is gone: change to another one"
    detach(sys.stdout)
    return f"cannot write the result: {reason}"


def _open() -> None:
    """Streams that were closed before (`>&-`) take what is written and show it to nobody."""
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115


def _make_haste() -> None:
    """A command lives for a moment: little of what it makes is garbage, and none of pydantic's
    plugins, which it would look for in every installed package, concerns it."""
    gc.set_threshold(100_000, 20, 20)
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
