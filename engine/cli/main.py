"""`loom`: the way in, the exit statuses, and the last word on whatever goes wrong.

0 done · 1 a node failed while running · 2 wrong usage or an invalid workflow · 130 interrupted. Words about what went
wrong go to standard error, one line each; a traceback only ever goes to the log.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from datetime import datetime
from importlib.metadata import EntryPoint, entry_points

import click

from engine.cli.logs import set_up_logs
from engine.cli.say import complain
from engine.graph.faults import InvalidWorkflow, LoomError
from engine.store.home import find_home, made

GROUP = "latentloom.commands"
BUILT_IN = ("run", "check", "nodes", "models", "fmt", "diff", "verify")
DONE, FAILED, REFUSED, INTERRUPTED = 0, 1, 2, 130


class Commands(click.Group):
    """The built-in commands and those of installed packages (entry points of `latentloom.commands`)."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        """Names of all commands, the built-in ones first."""
        return [*BUILT_IN, *sorted(set(_further()) - set(BUILT_IN))]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002
        """A command, imported now; None where there is none of that name."""
        if name in BUILT_IN:
            from importlib import import_module

            command = import_module(f"engine.cli.{name}_command").command
        else:
            point = _further().get(name)
            command = _loaded(point) if point is not None else None
        return command if isinstance(command, click.Command) else None


def _further() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}


def _loaded(point: EntryPoint) -> click.Command:
    """A package's command; one that cannot be imported says so when it is called."""
    try:
        found = point.load()
    except Exception as error:
        why = f"command '{point.name}' could not be loaded: {type(error).__name__}: {_first_line(error)}"

        def refuse() -> None:
            raise LoomError(why)

        return click.Command(point.name, callback=refuse, help="(could not be loaded)", short_help="(broken)")
    if not isinstance(found, click.Command):
        raise LoomError(f"command '{point.name}' is no click command: {point.value}")
    return found


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="latentloom", prog_name="Latent Loom")
def loom() -> None:
    """Run and check workflows of image diffusion.

    A workflow is a .json file, or a picture that carries one.
    """


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    try:
        set_up_logs(find_home().logs)
        result = loom.main(args=None if arguments is None else list(arguments), prog_name="loom", standalone_mode=False)
        return result if isinstance(result, int) else DONE
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return REFUSED
    except click.UsageError as error:
        hint = f" (see {error.ctx.command_path} --help)" if error.ctx else ""
        complain(error.format_message().replace("\n", " ") + hint)
        return REFUSED
    except (click.exceptions.Exit, SystemExit) as error:
        code = error.exit_code if isinstance(error, click.exceptions.Exit) else error.code
        return code if isinstance(code, int) else FAILED
    except (KeyboardInterrupt, click.Abort):
        complain("interrupted")
        return INTERRUPTED
    except InvalidWorkflow as error:
        for fault in error.faults:
            complain(fault.message)
        return REFUSED
    except LoomError as error:
        complain(str(error))
        return REFUSED
    except BrokenPipeError:
        _drop_output()
        return FAILED
    except OSError as error:
        return _system_error(error)
    except Exception as error:
        return _unknown_error(error)


def _system_error(error: OSError) -> int:
    """The disk is full, a folder may not be written, …: known by what the system says, yet kept in the log."""
    where = f" ({error.filename})" if error.filename else ""
    complain(f"{error.strerror or error}{where}{_logged(error)}")
    return FAILED


def _unknown_error(error: Exception) -> int:
    complain(f"this should not have happened: {type(error).__name__}: {_first_line(error)}{_logged(error)}")
    return FAILED


def _logged(error: BaseException) -> str:
    """Write the traceback to a file of its own; the words that say where it is."""
    try:
        name = f"error-{datetime.now():%Y%m%d-%H%M%S}-{os.getpid()}.log"
        path = made(find_home().logs) / name
        path.write_text("".join(traceback.format_exception(error)), encoding="utf-8", errors="backslashreplace")
    except OSError:
        return ""
    return f"; details: {path}"


def _drop_output() -> None:
    """Nobody reads on: keep Python from saying so once more when it flushes at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).strip().splitlines()), "")


if __name__ == "__main__":
    sys.exit(main())
