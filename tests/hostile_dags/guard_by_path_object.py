"""An Airflow DAG file that writes to a path which is another one whenever it is asked."""

import io
import os


class Path(os.PathLike):
    def __fspath__(self):
        return "/var/tmp/dagcheck-hostile"

    def __format__(self, specification):
        return os.devnull


io.FileIO(Path(), "w")  # expect: import-error @here contains "lets nothing be written"
