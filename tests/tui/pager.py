"""A pager of the tests: says what file it was given, with which mode and size, and waits for enter."""

import stat
import sys
from pathlib import Path

shown = Path(sys.argv[1])
print("THE PAGER HAS", shown, f"{stat.S_IMODE(shown.stat().st_mode):o}", shown.stat().st_size, flush=True)
sys.stdin.readline()
