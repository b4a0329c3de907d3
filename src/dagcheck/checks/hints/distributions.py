"""Names that packages go by: what to install for an import, and what the standard library gained and lost."""

from __future__ import annotations

# import name -> distribution, where they differ; the longest dotted prefix counts
_DISTRIBUTIONS = {
    "Crypto": "pycryptodome",
    "MySQLdb": "mysqlclient",
    "OpenSSL": "pyOpenSSL",
    "PIL": "pillow",
    "airflow_clickhouse_plugin": "airflow-clickhouse-plugin",
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "clickhouse_driver": "clickhouse-driver",
    "confluent_kafka": "confluent-kafka",
    "cosmos": "astronomer-cosmos",
    "cv2": "opencv-python-headless",
    "cx_Oracle": "cx-Oracle",
    "dagfactory": "dag-factory",
    "dateutil": "python-dateutil",
    "dbt": "dbt-core",
    "decouple": "python-decouple",
    "dns": "dnspython",
    "docx": "python-docx",
    "dotenv": "python-dotenv",
    "facebook_business": "facebook-business",
    "fitz": "PyMuPDF",
    "git": "GitPython",
    "github": "PyGithub",
    "gitlab": "python-gitlab",
    "google.ads": "google-ads",
    "google.auth": "google-auth",
    "google.oauth2": "google-auth",
    "google.protobuf": "protobuf",
    "googleapiclient": "google-api-python-client",
    "great_expectations": "great-expectations",
    "jose": "python-jose",
    "jwt": "PyJWT",
    "kafka": "kafka-python",
    "ldap": "python-ldap",
    "magic": "python-magic",
    "nacl": "PyNaCl",
    "office365": "Office365-REST-Python-Client",
    "psycopg2": "psycopg2-binary",
    "pythonjsonlogger": "python-json-logger",
    "ruamel": "ruamel.yaml",
    "sentry_sdk": "sentry-sdk",
    "simple_salesforce": "simple-salesforce",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "slack": "slackclient",
    "slack_sdk": "slack-sdk",
    "slugify": "python-slugify",
    "snowflake.connector": "snowflake-connector-python",
    "snowflake.snowpark": "snowflake-snowpark-python",
    "snowflake.sqlalchemy": "snowflake-sqlalchemy",
    "telegram": "python-telegram-bot",
    "yaml": "PyYAML",
    "zmq": "pyzmq",
}
# Packages that many distributions share: each level of these is part of the distribution's name.
_NAMESPACES = {"azure": 3, "google.cloud": 3}

# module or module.name -> the Python it came with
ADDED = {
    "tomllib": "3.11",
    "asyncio.Runner": "3.11",
    "asyncio.TaskGroup": "3.11",
    "asyncio.timeout": "3.11",
    "datetime.UTC": "3.11",
    "enum.EnumType": "3.11",
    "enum.ReprEnum": "3.11",
    "enum.StrEnum": "3.11",
    "enum.verify": "3.11",
    "typing.LiteralString": "3.11",
    "typing.Never": "3.11",
    "typing.NotRequired": "3.11",
    "typing.Required": "3.11",
    "typing.Self": "3.11",
    "typing.TypeVarTuple": "3.11",
    "typing.Unpack": "3.11",
    "typing.assert_never": "3.11",
    "typing.assert_type": "3.11",
    "typing.dataclass_transform": "3.11",
    "typing.reveal_type": "3.11",
    "itertools.batched": "3.12",
    "typing.TypeAliasType": "3.12",
    "typing.override": "3.12",
    "copy.replace": "3.13",
    "queue.ShutDown": "3.13",
    "typing.ReadOnly": "3.13",
    "typing.TypeIs": "3.13",
    "warnings.deprecated": "3.13",
    "annotationlib": "3.14",
    "compression": "3.14",
    "concurrent.interpreters": "3.14",
    "string.templatelib": "3.14",
}

# module -> (the Python without it, what to use)
REMOVED = {
    "asynchat": ("3.12", "use asyncio"),
    "asyncore": ("3.12", "use asyncio"),
    "distutils": ("3.12", "use packaging, shutil or sysconfig"),
    "imp": ("3.12", "use importlib"),
    "smtpd": ("3.12", "use aiosmtpd"),
    "cgi": ("3.13", "use urllib.parse or email.message"),
    "cgitb": ("3.13", "use traceback"),
    "crypt": ("3.13", "use hashlib, or the passlib package"),
    "imghdr": ("3.13", "use the filetype package"),
    "mailcap": ("3.13", "use mimetypes"),
    "nntplib": ("3.13", "install the package of that name"),
    "pipes": ("3.13", "use shlex and subprocess"),
    "sndhdr": ("3.13", "use the filetype package"),
    "telnetlib": ("3.13", "install telnetlib3, or use ssh"),
    "uu": ("3.13", "use base64"),
    "xdrlib": ("3.13", "use struct"),
}


def distribution(module: str) -> str:
    """Return the distribution to install for an import; most have the module's own name."""
    parts = module.split(".")
    for length in range(len(parts), 0, -1):
        prefix = ".".join(parts[:length])
        if prefix in _DISTRIBUTIONS:
            return _DISTRIBUTIONS[prefix]
        if prefix in _NAMESPACES and len(parts) > length:
            return "-".join(parts[: _NAMESPACES[prefix]])
    return parts[0].replace("_", "-")
