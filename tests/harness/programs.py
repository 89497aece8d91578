"""The programs that tests need beside Python: where they are, and which packages hold them.

Uses the standard library alone: set-up asks before anything is installed.
"""

import shutil
from pathlib import Path

# The headless shell first: it is Chromium without the window that no test looks at, for half of the
# processor's time in its main process.
CHROMIUM_NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
CHROMIUM_PACKAGES = (
    "chromium-headless-shell",
    "fonts-noto-color-emoji",
    "fonts-liberation",
    "fonts-noto-core",
)
FIREFOX_NAMES = ("firefox-esr", "firefox")
FIREFOX_PACKAGES = ("firefox-esr",)
NGINX_PACKAGES = ("nginx-light", "openssl")
POSTGRES_PACKAGES = ("postgresql",)
DEBIAN_POSTGRES = Path("/usr/lib/postgresql")  # a folder a version, none of them on the PATH


def find_chromium() -> Path | None:
    """Return the Chromium or Chrome on the PATH, or None."""
    found = (shutil.which(name) for name in CHROMIUM_NAMES)
    return next((Path(path) for path in found if path), None)


def find_firefox() -> Path | None:
    """Return the Firefox on the PATH, or None."""
    found = (shutil.which(name) for name in FIREFOX_NAMES)
    return next((Path(path) for path in found if path), None)


def find_nginx() -> Path | None:
    """Return the nginx of this machine, or None; it is seldom on the PATH of who is not root."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    return Path(found) if found and shutil.which("openssl") else None


def find_postgres() -> Path | None:
    """Return the folder that holds both `initdb` and `postgres`, the newest, or None.

    What is on the PATH may be a link into that folder, or a script that stands alone.
    """
    folders = [
        Path(path).resolve().parent
        for name in ("initdb", "postgres")
        if (path := shutil.which(name))
    ]
    folders += sorted(DEBIAN_POSTGRES.glob("*/bin"), key=_version, reverse=True)
    return next(
        (
            folder
            for folder in folders
            if all((folder / name).is_file() for name in ("initdb", "postgres"))
        ),
        None,
    )


def missing_packages() -> list[str]:
    """Return the Debian packages of the programs that are not found."""
    missing: list[str] = []
    if find_chromium() is None:
        missing += CHROMIUM_PACKAGES
    if find_firefox() is None:
        missing += FIREFOX_PACKAGES
    if find_postgres() is None:
        missing += POSTGRES_PACKAGES
    if find_nginx() is None:
        missing += NGINX_PACKAGES
    return missing


def _version(folder: Path) -> int:
    name = folder.parent.name
    return int(name) if name.isdecimal() else 0
