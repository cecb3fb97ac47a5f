"""Published files are written whole or not at all."""

import os
from pathlib import Path

import pytest

from aggregator.publish.files import write_files


def test_new_and_changed_files_are_named_and_identical_ones_keep_their_time(
    tmp_path: Path,
) -> None:
    assert write_files(tmp_path, {"a.txt": b"1", "sub/b.txt": b"2"}) == ["a.txt", "sub/b.txt"]
    os.utime(tmp_path / "a.txt", (1, 1))
    assert write_files(tmp_path, {"a.txt": b"1", "sub/b.txt": b"3"}) == ["sub/b.txt"]
    assert (tmp_path / "a.txt").stat().st_mtime == 1
    assert (tmp_path / "sub/b.txt").read_bytes() == b"3"


def test_a_path_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="outside"):
        write_files(tmp_path / "out", {"../evil.txt": b"x"})
    assert not (tmp_path / "evil.txt").exists()


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/away").symlink_to(tmp_path)
    with pytest.raises(ValueError, match="outside"):
        write_files(tmp_path / "out", {"away/evil.txt": b"x"})


def test_a_failed_write_leaves_the_old_file_and_no_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(tmp_path, {"a.txt": b"old"})

    def full_disk(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OSError, match="No space"):
        write_files(tmp_path, {"a.txt": b"new"})
    assert (tmp_path / "a.txt").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
