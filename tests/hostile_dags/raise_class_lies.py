"""An Airflow DAG file whose exception denies its class, its name and its attributes."""

class Meta(type):
    @property
    def __name__(cls):
        raise RuntimeError("no name")

    __module__ = __mro__ = __name__


class Denies(Exception, metaclass=Meta):
    @property
    def __class__(self):
        raise RuntimeError("no class")

    def __getattribute__(self, name):
        raise RuntimeError("no attribute")

    def __reduce__(self):
        raise RuntimeError("no pickle")


raise Denies  # expect: import-error @here
