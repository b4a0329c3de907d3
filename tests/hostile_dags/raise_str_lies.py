"""An Airflow DAG file whose exception gives a str that is none of the usual kind."""

import os


class Text(str):
    def __getattribute__(self, name):
        os._exit(0)

    def __format__(self, spec):
        os._exit(0)

    __len__ = __iter__ = __eq__ = __hash__ = __str__ = __repr__ = lambda self, *_: os._exit(0)


class Lies(Exception):
    def __str__(self):
        return Text("harmless")


raise Lies  # expect: import-error|import-crash
