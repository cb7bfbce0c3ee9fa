"""Hold the front end to its budgets, and `site/` to its source; run by `make check`.

The sizes of what is published need Python alone. Rebuilding it for comparison, the linter, and the
sizes of client and component, need Node and `npm ci` in `web/`: without them they are left out, which is said.
"""

import filecmp
import gzip
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

WEB = Path(__file__).parent
SITE = WEB.parent / "site"
# Bytes, gzipped, as sent. Of the page: what the first photo needs, and what overview and viewer add to it when wanted.
BUDGETS = {"client": 3072, "component": 7168, "embed": 16_384, "first": 26_624, "all": 12_288, "viewer": 24_576}
MOST = 240_000  # bytes of site/ in all


def main() -> int:
    """Print sizes against budgets; return 1 if one is exceeded or `site/` is stale."""
    files = sorted(file for file in SITE.rglob("*") if file.is_file())
    sizes = {
        "embed": _zipped(_embed_as_sent()),
        "first": sum(_zipped(file.read_bytes()) for file in files if _part(file) == "first"),
        "all": sum(_zipped(file.read_bytes()) for file in files if _part(file) == "all"),
        "viewer": sum(_zipped(file.read_bytes()) for file in files if _part(file) == "viewer"),
    }
    complaints = []
    if shutil.which("npm") and (WEB / "node_modules").is_dir():
        sizes |= json.loads(_run("node", "sizes.mjs"))
        complaints += _differences(files) + _lint()
    else:
        print("web: no Node, or no web/node_modules (npm ci in web/): site/ was not rebuilt to compare")
    total = sum(file.stat().st_size for file in files)
    complaints += [f"{name} has {sizes[name]} bytes" for name in sizes if sizes[name] > BUDGETS[name]]
    complaints += [f"site/ has {total} bytes"] * (total > MOST)
    parts = [f"{name} {sizes[name]} of {BUDGETS[name]}" for name in BUDGETS if name in sizes]
    print(f"web: bytes gzipped: {', '.join(parts)}; site/ {total} of {MOST} bytes")
    for complaint in complaints:
        print(f"web: {complaint}", file=sys.stderr)
    return 1 if complaints else 0


def _part(file: Path) -> str:
    """Which part of the page a file belongs to: those that are fetched later say so by their names."""
    if file.name == "embed.js":
        return "embed"
    name = file.name.partition("-")[0]
    return {"all": "all", "viewer": "viewer"}.get(name, "first")


def _embed_as_sent() -> bytes:
    """The embed with a gallery's configuration in its first line, as the stack publishes it."""
    config = json.loads((WEB.parent / "tests/contract/site-config.json").read_text())
    line = json.dumps(config, separators=(",", ":"))
    return f"const GALLERY_CONFIG = {line};\n".encode() + (SITE / "embed.js").read_bytes()


def _zipped(content: bytes) -> int:
    return len(gzip.compress(content, 9, mtime=0))


def _run(*command: str) -> str:
    finished = subprocess.run(command, cwd=WEB, check=True, capture_output=True, text=True)
    return finished.stdout


def _lint() -> list[str]:
    """What the linter says of the source, as one complaint."""
    command = ["npm", "run", "--silent", "lint"]
    finished = subprocess.run(command, cwd=WEB, check=False, capture_output=True, text=True)
    return [finished.stdout + finished.stderr] if finished.returncode else []


def _differences(files: list[Path]) -> list[str]:
    """What a build of the source as it is now differs in from `site/`."""
    with tempfile.TemporaryDirectory() as folder:
        for mode in ("page", "embed"):
            _run("npx", "vite", "build", "--mode", mode, "--outDir", folder, "--logLevel", "error")
        built = {file.relative_to(folder) for file in Path(folder).rglob("*") if file.is_file()}
        here = {file.relative_to(SITE) for file in files}
        _, changed, missing = filecmp.cmpfiles(SITE, folder, built | here, shallow=False)
    return [f"site/{name} is stale: run make site" for name in sorted(map(str, changed + missing))]


if __name__ == "__main__":
    sys.exit(main())
