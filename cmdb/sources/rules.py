"""What all sources agree on: which paths and names there are, and in which words a file is refused."""

from __future__ import annotations

from cmdb.sources.protocol import LIMIT, NotThere, Unreadable

YAML = (".yaml", ".yml")
OUTSIDE = "put the file itself here; nothing outside the workspace is read"


def clean(path: str) -> str:
    """The path without a trailing slash; empty for the workspace itself. Raises `Unreadable` for one that leads out."""
    if path[:1] not in ("", ".", "/") and path[-1] != "/" and not ("/." in path or "//" in path or "\0" in path):
        return path
    tidy = "" if path == "." else path.removesuffix("/")
    parts = tidy.split("/") if tidy else []
    if "\0" in path or any(part in ("", ".", "..") for part in parts):
        raise Unreadable(path, "is no path inside the workspace", OUTSIDE)
    return tidy


def hidden(path: str) -> bool:
    """Whether a part of the path begins with a dot."""
    return path.startswith(".") or "/." in path


def is_text(name: str) -> bool:
    """Whether a name from a file system is legible, and not bytes that are no UTF-8."""
    if name.isascii():
        return True
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def legible(name: str) -> str:
    """The name with odd bytes escaped."""
    return name.encode(errors="surrogateescape").decode(errors="backslashreplace")


def illegible(path: str, *, folder: bool) -> Unreadable:
    """A name that is not UTF-8."""
    return Unreadable(legible(path), "has a name that is not UTF-8 text", "rename it", folder=folder)


def not_a_folder(path: str) -> Unreadable:
    """A file where a folder belongs."""
    return Unreadable(path, "is a file, not a folder", "put the files into a folder of that name", folder=True)


def yaml_folder(path: str) -> Unreadable:
    """A folder that looks like a file. Its own files are read all the same."""
    return Unreadable(path, "is a folder, not a file", "rename it, so that nobody takes it for a file")


def not_regular(path: str) -> Unreadable:
    """A pipe, a socket or a device."""
    return Unreadable(path, "is a pipe, a socket or a device, not a file", "delete it")


def too_large(path: str, size: int) -> Unreadable:
    """A file over the limit."""
    reason = f"has {size / 2**20:,.1f} MiB; files over {LIMIT // 2**20} MiB are not read"
    return Unreadable(path, reason, "split it into smaller files")


def absent(path: str) -> NotThere:
    """A file that is not there."""
    return NotThere(path, "does not exist", "check the spelling of its path")


def leads_out(path: str, target: str, *, folder: bool) -> Unreadable:
    """A link to something outside."""
    return Unreadable(path, f"is a link out of the workspace, to {target}", OUTSIDE, folder=folder)


def into_hidden(path: str, target: str, *, folder: bool) -> Unreadable:
    """A link to something that nobody means to publish, such as what is in `.git`."""
    return Unreadable(path, f"is a link to {target}, which is hidden", OUTSIDE, folder=folder)


def broken(path: str, target: str) -> Unreadable:
    """A link to nothing."""
    return Unreadable(path, f"is a broken link, to {target}", "restore what it leads to, or delete the link")


def loop(path: str) -> Unreadable:
    """A link that comes back to itself or to a folder it stands in."""
    return Unreadable(path, "is a link that leads back to itself", "delete the link", folder=True)


def second_link(path: str, real: str) -> Unreadable:
    """A link to a folder whose files another link shows already."""
    reason = f"is a link to {real}, which another link brings in already"
    return Unreadable(path, reason, "keep one of the two links", folder=True)
