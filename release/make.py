"""Everything of a release but the upload: wheel and sdist, their checks, and the bill of materials.

``make dist`` runs it. It writes ``dist/``, which is uploaded, and ``build/release/``, which goes beside it. The
interpreter that runs it needs the group ``release`` of pyproject.toml.
"""

import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# What a wheel cannot be without, and what no archive may hold.
_IN_WHEEL = ("checker/py.typed", "checker/_resources/policies/", "checker/_resources/schemas/", "/man1/scoregate.1")
_IN_SDIST = ("/pyproject.toml", "/LICENSE", "/README.md", "/CHANGELOG.md", "/man/scoregate.1", "/tests/", "/docs/")
_NEVER = ("__pycache__", ".venv", "node_modules", ".git/", ".env")


def run(*command: str | Path) -> None:
    """Runs a program, which says on the log what it does."""
    subprocess.run(list(map(str, command)), cwd=ROOT, check=True)  # noqa: S603 - our own words


def build(dist: Path) -> list[Path]:
    """The sdist, and the wheel that is built from it."""
    shutil.rmtree(dist, ignore_errors=True)
    run(sys.executable, "-m", "build", "--outdir", dist)
    run(sys.executable, "-m", "twine", "check", "--strict", *sorted(dist.iterdir()))
    return sorted(dist.iterdir())


def names(archive: Path) -> list[str]:
    """The files of a wheel or an sdist."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return wheel.namelist()
    with tarfile.open(archive) as sdist:
        return sdist.getnames()


def check_contents(archive: Path) -> None:
    """Ends the release where an archive lacks a file, or holds one that nobody means to publish."""
    held = [f"/{name}" for name in names(archive)]
    needed = _IN_WHEEL if archive.suffix == ".whl" else _IN_SDIST
    faults = [f"lacks {part}" for part in needed if not any(part in name for name in held)]
    faults += [f"holds {name}" for name in held if any(part in name for part in _NEVER)]
    if faults:
        sys.exit(f"{archive.name}: {'; '.join(faults[:10])}")


def bill_of_materials(wheel: Path, beside: Path) -> None:
    """What comes with an installation: CycloneDX 1.6 of an empty environment into which the wheel was installed."""
    place = beside / "environment"
    run(sys.executable, "-m", "venv", "--clear", place)
    python = place / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel)
    run(python, "-m", "checker", "--version")
    options = (
        "--output-reproducible",
        "--spec-version",
        "1.6",
        "--output-format",
        "JSON",
        "--pyproject",
        "pyproject.toml",
    )
    run(sys.executable, "-m", "cyclonedx_py", "environment", *options, "-o", beside / "sbom.cdx.json", python)
    shutil.rmtree(place)


def main(dist: Path, beside: Path) -> None:
    """Writes both folders."""
    beside.mkdir(parents=True, exist_ok=True)
    archives = build(dist)
    for archive in archives:
        check_contents(archive)
    bill_of_materials(next(one for one in archives if one.suffix == ".whl"), beside)
    shutil.make_archive(str(beside / "docs"), "gztar", ROOT, "docs")


if __name__ == "__main__":
    main(ROOT / "dist", ROOT / "build" / "release")
