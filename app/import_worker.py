"""The process that reads a file of annotations, or adds what is in it.

The server runs it as a module, with the id of an import and the number of the run; it may not take
more than its share of memory and of the processor.
"""

import gc
import os
import resource
import sys
from threading import Thread

from app import hooks
from app.core.db import Database
from app.imports.service.running import keep_saying, run_import

URL = "GLOSS_IMPORT_DATABASE"  # in the environment, which others cannot read
MEMORY_BYTES = 3_000_000_000  # that it may address
SECONDS = 900  # of the processor
NICENESS = 5  # pages come first


def main(import_id: int, run: int) -> None:
    """Do what is next of an import."""
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    gc.disable()  # it would go through a hundred thousand rows again and again, which all stay
    hooks.register()
    database = Database(os.environ.pop(URL))
    Thread(target=keep_saying, args=(database, import_id, run), daemon=True).start()
    run_import(database, import_id, run)
    database.dispose()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
