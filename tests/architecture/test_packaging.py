"""What `make release` and `make deb` say; nothing is fetched, and nothing is built."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_an_architecture_that_is_none_of_ours_is_told_in_a_sentence(tmp_path: Path) -> None:
    command = [str(ROOT / "tools/deb/release"), "unit", "armhf", str(tmp_path / "release")]
    said = subprocess.run(command, capture_output=True, check=False, text=True)
    assert (said.returncode, said.stderr) == (2, "ARCH is arm64 or amd64, not armhf\n")
    assert list(tmp_path.iterdir()) == []
