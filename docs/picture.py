"""Takes README's picture out of lesson 00, where it is the first figure: ``python3 docs/picture.py``."""

import base64
import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "ringing.png"


def first_figure() -> Any:
    """Return the first output of lesson 00 that is a picture."""
    lesson = json.loads((ROOT / "notebooks" / "00_start_here.ipynb").read_text(encoding="utf-8"))
    outputs = [output for cell in lesson["cells"] for output in cell.get("outputs", [])]
    return next(output for output in outputs if "image/png" in output.get("data", {}))


if __name__ == "__main__":
    figure = first_figure()
    PICTURE.write_bytes(base64.b64decode(figure["data"]["image/png"]))
    print(f"{PICTURE.name} written. Its words for README:\n{figure['metadata']['image/png']['alt']}")
