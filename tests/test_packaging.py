"""The wheel holds everything that is needed at run time."""

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.slow
def test_the_wheel_works_away_from_the_checkout(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(tmp_path)]
    subprocess.run([*build, str(ROOT)], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    for needed in ("_bundled/feeds.yaml", "_bundled/templates/site/index.html", "model.json.gz"):
        assert any(name.endswith(needed) for name in names), needed
    # Its own environment borrows the libraries of this one, but not the checkout.
    venv.create(tmp_path / "env", with_pip=False)
    (packages,) = (tmp_path / "env").glob("lib/python*/site-packages")
    zipfile.ZipFile(wheel).extractall(packages)
    libraries = next(path for path in map(Path, sys.path) if path.name == "site-packages")
    script = (
        f"import sys; sys.path.append({str(libraries)!r}); from aggregator.cli import main; main()"
    )
    call = [str(tmp_path / "env/bin/python"), "-I", "-c", script]
    done = subprocess.run(
        [*call, "demo", "--folder", "d"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "d/output/atom.xml").is_file()
    assert "posts are about music videos" in done.stdout
