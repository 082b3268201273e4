"""The one door to Git. A repository may come from a stranger, so nothing that its configuration or its attributes could
name is ever started: no hook, file system monitor, filter, text conversion or pager; and nothing is ever fetched."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from cmdb.model.problem import CmdbError
from cmdb.sources import refusals
from cmdb.sources.protocol import LIMIT

if TYPE_CHECKING:
    import git

_OPTIONS = (
    "--no-pager",
    "--no-optional-locks",
    "--no-replace-objects",
    "--literal-pathspecs",
    *("-c", "core.fsmonitor=false"),
    *("-c", f"core.hooksPath={os.devnull}"),
    *("-c", "core.bigFileThreshold=16m"),
    *("-c", "core.quotePath=false"),
    *("-c", "log.showSignature=false"),
    *("-c", "protocol.allow=never"),
)
_ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a git command said."""

    status: int
    out: bytes
    err: str


@dataclass(frozen=True, slots=True)
class Blob:
    """An object's bytes. None with its size where that is over the limit; None without one where it cannot be read."""

    data: bytes | None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository that a workspace lies in. `prefix` is the workspace's folder below the top of the repository, empty
    for the top itself; `folder` is where git runs."""

    folder: Path
    prefix: str
    bare: bool
    opened: git.Repo

    def run(self, *arguments: str) -> str:
        """The text a git command prints. Raises `CmdbError` where it fails."""
        answer = self.ask(*arguments)
        if answer.status:
            raise refusals.failed(self.folder, answer.err)
        return answer.out.decode(errors="surrogateescape")

    def ask(self, *arguments: str) -> Answer:
        """What a git command says, failed or not. Raises `CmdbError` where git refuses the whole repository."""
        status, out, err = self._start(arguments, with_extended_output=True, with_exceptions=False)
        text = err if isinstance(err, str) else err.decode(errors="replace")
        if status and (refusal := refusals.of_repository(self.folder, text)):
            raise refusal
        return Answer(status, out, text)

    def fed(self, stream: IO[bytes], *arguments: str) -> str:
        """The text a git command prints that reads a stream. Raises `CmdbError` where it fails."""
        status, out, err = self._start(arguments, with_extended_output=True, with_exceptions=False, istream=stream)
        if status:
            raise refusals.failed(self.folder, err if isinstance(err, str) else err.decode(errors="replace"))
        text: str = out.decode(errors="surrogateescape")
        return text

    @property
    def shallow(self) -> bool:
        """Whether history is cut off, so that what is not found may exist all the same."""
        return self.ask("rev-parse", "--is-shallow-repository").out.strip() == b"true"

    def stream(self, *arguments: str) -> Iterator[bytes]:
        """What a git command prints, in blocks. Raises `CmdbError` where it fails."""
        process = self._start(arguments, as_process=True)
        with _Drained(process) as drained:
            while block := process.stdout.read(1 << 20):
                yield block
            if drained.status():
                raise refusals.of_repository(self.folder, drained.text) or refusals.failed(self.folder, drained.text)

    def blobs(self, digests: list[str], limit: int = LIMIT) -> Iterator[Blob]:
        """Objects in the order asked, without reading those over the limit. One process serves them all, but for a new
        one after each that is too large or damaged."""
        done = 0
        while done < len(digests):
            for blob in self._batch(digests[done:], limit):
                done += 1
                yield blob

    def _batch(self, digests: list[str], limit: int) -> Iterator[Blob]:
        """At least one blob, up to the first that the process cannot go on after."""
        with tempfile.TemporaryFile() as wanted:
            wanted.write("".join(f"{digest}\n" for digest in digests).encode())
            wanted.seek(0)
            process = self._start(("cat-file", "--batch", "--buffer"), as_process=True, istream=wanted)
            with _Drained(process):
                for _ in digests:
                    blob, usable = _next(process.stdout, limit)
                    yield blob
                    if not usable:
                        return

    def _start(self, arguments: tuple[str, ...], **how: Any) -> Any:
        import git

        command = [git.Git.GIT_PYTHON_GIT_EXECUTABLE, *_OPTIONS, *arguments]
        try:
            return self.opened.git.execute(
                command, env=_environment(self.opened), stdout_as_string=False, strip_newline_in_stdout=False, **how
            )
        except git.GitCommandNotFound:
            raise refusals.no_git() from None


def open_repository(root: Path, folder: str = "") -> Repository:
    """The repository that the workspace at `root` lies in. In a bare one, which has no files, `folder` says where the
    workspace is. Raises `CmdbError` with the remedy."""
    try:
        import git
    except ImportError as error:
        raise (refusals.no_git() if "executable" in str(error) else error) from None
    real = root.resolve()
    _refuse_embedded(real)
    try:
        opened = git.Repo(real, search_parent_directories=True, expand_vars=False)
    except git.NoSuchPathError:
        raise CmdbError(f"{root} does not exist", hint="check the spelling of the workspace's folder") from None
    except git.InvalidGitRepositoryError:
        raise refusals.no_repository(root) from None
    except (git.GitError, OSError, ValueError) as error:
        raise refusals.failed(root, str(error)) from None
    if opened.bare or opened.working_tree_dir is None:
        return Repository(Path(opened.git_dir), folder.strip("/"), True, opened)
    top = Path(opened.working_tree_dir).resolve()
    prefix = real.relative_to(top).as_posix() if real.is_relative_to(top) else "."
    return Repository(top, "" if prefix == "." else prefix, False, opened)


def _refuse_embedded(real: Path) -> None:
    """Files of a checkout that make up a bare repository would be taken for the real one, with a history and settings
    of whoever committed them. Raises `CmdbError`."""
    between: list[Path] = []
    for folder in (real, *real.parents):
        if (folder / "HEAD").exists() and (folder / "objects").is_dir() and (folder / "refs").is_dir():
            between.append(folder)
        if os.path.lexists(folder / ".git"):
            if between:
                raise refusals.embedded(between[0])
            return


def _environment(opened: git.Repo) -> dict[str, str]:
    """A hook that runs cmdb has variables set that lead git elsewhere than to the workspace's own repository."""
    led = {"GIT_DIR": str(opened.git_dir)} if "GIT_DIR" in os.environ else {}
    return {**_ENVIRONMENT, **led}


def _next(stream: IO[bytes], limit: int) -> tuple[Blob, bool]:
    """The next object of `cat-file --batch`, and whether more can follow."""
    header = stream.readline().split()
    if len(header) == 2 and header[1] in (b"missing", b"ambiguous"):
        return Blob(None), True
    if len(header) != 3:
        return Blob(None), False
    size = int(header[2])
    if size > limit:
        return Blob(None, size), False
    data = stream.read(size + 1)
    return (Blob(data[:-1], size), True) if len(data) == size + 1 else (Blob(None), False)


class _Drained:
    """Reads what a process says on stderr while its output is read, lest it wait for us as we wait for it."""

    def __init__(self, process: Any) -> None:
        self.process = process
        self.text = ""
        self.thread = threading.Thread(target=self._drain, daemon=True)

    def __enter__(self) -> _Drained:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.process.proc.kill()
        self.process.proc.wait()
        self.thread.join()
        self.process.stdout.close()
        self.process.stderr.close()

    def status(self) -> int:
        """The exit status, once the process ended by itself."""
        status: int = self.process.proc.wait()
        self.thread.join()
        return status

    def _drain(self) -> None:
        self.text = self.process.stderr.read().decode(errors="replace")
