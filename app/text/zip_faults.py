"""What may be wrong with a ZIP that somebody brings."""

import zipfile
import zlib

ENCRYPTED_FLAG = 0x1
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
BROKEN_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    ValueError,
    RuntimeError,  # a password is asked for
)
"""What reading one raises that is damaged, cut off, encrypted or of a kind that Python lacks."""
