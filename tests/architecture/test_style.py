"""ruff finds nothing, lazy imports included."""
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ["marketplace", "sandbox", "ops", "bench", "tests", "wsgi.py", "gunicorn.conf.py"]


def test_ruff_finds_nothing():
    done = _ruff("--output-format", "concise", *FOLDERS)
    assert done.returncode == 0, done.stdout[-4000:]


def test_a_lazy_import_is_noticed(tmp_path):
    stray = tmp_path / "stray.py"
    stray.write_text("def f():\n    import json\n    return json\n")
    assert "PLC0415" in _ruff("--config", str(ROOT / "pyproject.toml"), str(stray)).stdout


def _ruff(*arguments):
    return subprocess.run([sys.executable, "-m", "ruff", "check", *arguments], cwd=ROOT, capture_output=True, text=True)
