"""Everything below `baselines/`: baselines, waivers, the calendar, which has a file of its own, and frozen releases."""

from __future__ import annotations

from collections.abc import Mapping

from cmdb.formats.baseline_reader import read_baselines
from cmdb.formats.calendar_reader import read_calendar
from cmdb.formats.inventory_reader import unreadable
from cmdb.formats.layout import CALENDAR
from cmdb.formats.release_reader import read_release
from cmdb.model.baseline import Baseline, Baselines, Waiver
from cmdb.model.calendar import CalendarEntry
from cmdb.model.problem import Problem
from cmdb.model.release import FOLDER, Release
from cmdb.sources.protocol import Unreadable


def read_baseline_files(files: Mapping[str, bytes | Unreadable]) -> tuple[Baselines, list[Problem]]:
    """What loads of the files, and the problems of all that does not."""
    baselines: list[Baseline] = []
    waivers: list[Waiver] = []
    calendar: list[CalendarEntry] = []
    releases: list[Release] = []
    problems: list[Problem] = []
    unread: list[str] = []
    for path, data in files.items():
        partly = True
        if isinstance(data, Unreadable):
            problems.append(unreadable(data))
        elif path in CALENDAR:
            entries, wrong, partly = read_calendar(path, data)
            calendar += entries
            problems += wrong
        elif path.startswith(f"{FOLDER}/"):
            release, wrong = read_release(path, data)
            releases += [release] if release else []
            problems += wrong
            partly = release is None
        else:
            found, excused, wrong, partly = read_baselines(path, data)
            baselines += found
            waivers += excused
            problems += wrong
        unread += [path] if partly else []
    return Baselines(tuple(baselines), tuple(waivers), tuple(unread), tuple(calendar), tuple(releases)), problems
