"""Writing published files: whole or not at all, and only where something changed."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path


def write_files(folder: Path, files: Mapping[str, bytes]) -> list[str]:
    """Write files under a folder, each atomically; identical ones keep their mtime.

    Args:
        folder: root of the published files; made when missing.
        files: contents by relative path with forward slashes.

    Returns:
        The relative paths that were new or changed.

    Raises:
        ValueError: a path would leave the folder.
    """
    return [name for name, content in sorted(files.items()) if _write(folder, name, content)]


def _write(folder: Path, name: str, content: bytes) -> bool:
    target = folder / name
    if not target.resolve().is_relative_to(folder.resolve()):
        raise ValueError(f"{name!r} would be written outside {folder}")
    if target.is_file() and target.read_bytes() == content:
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return True
