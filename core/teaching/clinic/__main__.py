"""Writes `raised.json` anew: `python -m core.teaching.clinic`."""

import json
import sys

from core.teaching.clinic.kinds import KINDS
from core.teaching.clinic.raised import RAISED, gather

if __name__ == "__main__":
    text = json.dumps(gather(KINDS), indent=1, ensure_ascii=False)
    RAISED.write_text(text + "\n", encoding="utf-8")
    sys.stdout.write(f"{RAISED.name}: {len(KINDS)} kinds\n")
