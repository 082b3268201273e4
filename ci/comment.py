"""Brings a comment on a pull request up to date in place: the one that begins with the same first line as the report,
or a new one where there is none. One file that needs nothing but Python, for pipelines.

    GITHUB_TOKEN=… python3 -I comment.py github NUMBER report.md
    GITLAB_TOKEN=… python3 -I comment.py gitlab NUMBER report.md

Where the server is, and which project, say the variables that the CI system sets. Only comments of one's own are
replaced, for anybody may write one that begins like ours: on GitHub those of COMMENT_AUTHOR, by default
github-actions[bot]; on GitLab those of the token's owner.
"""

from __future__ import annotations

import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

PAGE = 100
PAGES = 50
"""More comments than that are not looked through."""
PATIENCE = 30.0
"""Seconds for one answer."""


@dataclass(frozen=True)
class Comments:
    """The comments of one pull request: where they are listed and made, where one of them is changed and how, and what
    says who asks; and whose are one's own."""

    listed: str
    one: str
    change: str
    header: tuple[str, str]
    author: str = ""

    def put(self, text: str) -> str:
        """Replaces the comment that begins like the text, or makes one. Says which."""
        marker = text.partition("\n")[0].strip()
        if not (marker.startswith("<!--") and marker.endswith("-->")):
            raise SystemExit("the report does not begin with a marker, so no comment could be found again")
        for comment in self._all():
            begins = str(comment.get("body", "")).partition("\n")[0].strip() == marker
            if begins and author_of(comment) == self.author:
                self.ask(self.change, self.one.format(comment["id"]), text)
                return "updated"
        self.ask("POST", self.listed, text)
        return "written"

    def _all(self) -> Iterator[dict[str, Any]]:
        for page in range(1, PAGES + 1):
            found = self.ask("GET", f"{self.listed}?per_page={PAGE}&page={page}")
            yield from found
            if len(found) < PAGE:
                return

    def ask(self, method: str, url: str, text: str | None = None) -> Any:
        """What the server answers. Ends the program where it refuses."""
        data = None if text is None else json.dumps({"body": text}).encode()
        headers = {"Accept": "application/json", "Content-Type": "application/json", "User-Agent": "cmdb"}
        request = urllib.request.Request(url, data, {**headers, self.header[0]: self.header[1]}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise SystemExit(f"{method} {url}: {error.code} {error.reason}") from None
        except (urllib.error.URLError, TimeoutError) as error:
            raise SystemExit(f"{method} {url}: {error}") from None


def github(number: int) -> Comments:
    """The comments of a pull request on GitHub."""
    api = f"{variable('GITHUB_API_URL')}/repos/{variable('GITHUB_REPOSITORY')}/issues"
    token = f"Bearer {variable('GITHUB_TOKEN')}"
    author = os.environ.get("COMMENT_AUTHOR") or "github-actions[bot]"
    return Comments(f"{api}/{number}/comments", f"{api}/comments/{{}}", "PATCH", ("Authorization", token), author)


def gitlab(number: int) -> Comments:
    """The notes of a merge request on GitLab."""
    project = quote(variable("CI_PROJECT_ID"), safe="")
    notes = f"{variable('CI_API_V4_URL')}/projects/{project}/merge_requests/{number}/notes"
    found = Comments(notes, f"{notes}/{{}}", "PUT", ("PRIVATE-TOKEN", variable("GITLAB_TOKEN")))
    return replace(found, author=found.ask("GET", f"{variable('CI_API_V4_URL')}/user")["username"])


def author_of(comment: dict[str, Any]) -> str | None:
    """Who wrote it, as either server says."""
    who = comment.get("user") or comment.get("author") or {}
    return who.get("login") or who.get("username")


def variable(name: str) -> str:
    """What an environment variable says."""
    value = os.environ.get(name)
    if not value:
        raise SystemExit(f"the variable {name} is not set")
    return value


def main(arguments: list[str]) -> None:
    """Does what the top of this file says."""
    match arguments:
        case ["github" | "gitlab" as where, number, report] if number.isdecimal():
            made = github if where == "github" else gitlab
            said = made(int(number)).put(Path(report).read_text("utf-8"))
            sys.stdout.write(f"comment {said}\n")
        case _:
            raise SystemExit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
