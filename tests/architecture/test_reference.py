"""The generated parts of docs are what the code says."""
import subprocess
import sys
from pathlib import Path

from ops import reference

ROOT = Path(__file__).parents[2]


def test_the_reference_is_current():
    done = subprocess.run([sys.executable, "-m", "ops.reference", "--check"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]


def test_a_stale_table_is_noticed():
    text = "<!-- rules -->\n| `REVIEW_DAYS_MANAGEMENT` | 1 | old |\n<!-- end rules -->\n<!-- settings -->\n<!-- end settings -->"
    assert reference.with_tables(text) != text
