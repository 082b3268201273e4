"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil

_PACKAGES = (
    *("cmdb", "oryaml", "msgpack", "pydantic", "networkx", "click"),
    *("PyYAML", "ruamel.yaml", "deepdiff", "diffsync", "pyroaring", "rustworkx", "igraph"),
)


def describe(folder: Path) -> Mapping[str, str]:
    """Processor, memory, system, versions, the file system of a folder, and how busy the machine was."""
    memory = psutil.virtual_memory().total / 2**30
    return {
        "processor": f"{_processor()}, {psutil.cpu_count()} cores",
        "memory": f"{memory:.0f} GiB",
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "file system": _file_system(folder),
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "git": subprocess.run(["git", "--version"], capture_output=True, text=True).stdout.split()[-1],
        "packages": ", ".join(f"{name} {_version(name)}" for name in _PACKAGES),
        "load before": " ".join(f"{load:.1f}" for load in os.getloadavg()),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or "unknown"
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")


def _file_system(folder: Path) -> str:
    """The type of the file system that holds a folder."""
    real = folder.resolve()
    found = [part for part in psutil.disk_partitions(all=True) if real.is_relative_to(part.mountpoint)]
    return max(found, key=lambda part: len(part.mountpoint)).fstype if found else "unknown"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
