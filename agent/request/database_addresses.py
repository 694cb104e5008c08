"""Addresses of databases in a request: refused at once, before anything is planned, searched for or written down.

>>> refuse("predict left from postgresql://me:secret@db.example/club")
TaskUnclear: postgresql://db.example/club is the address of a database, and databases can't be queried.
"""

import re

from noglue.tools.showing import addresses
from noglue.tools.spec.errors import Kind, TaskUnclear

_ADDRESS = re.compile(
    r"(?<![\w.+-])(?:jdbc:|(?:postgres(?:ql)?|mysqlx?|mariadb|mongodb|rediss?|valkeys?|mssql|sqlserver|oracle|sqlite3?|duckdb|snowflake"
    r"|bigquery|clickhouses?|cassandra|cockroachdb|cockroach|redshift|db2|neo4js?|bolt|influxdb|elasticsearch|opensearch|hive2?"
    r"|impala|presto|trino|databricks|vertica|teradata|teradatasql|hana|saphana|firebird|couchdb|couchbases?|dynamodb|cosmosdb"
    r"|timescaledb|questdb|access|awsathena|druid|kafka|amqps?|nats|ldaps?)(?:\+[\w.-]+)*:(?=\\?/))[^\s<>\"“”«»`]+",
    re.IGNORECASE,
)


def refuse(*texts: str | None) -> None:
    """Raises TaskUnclear for the first database that is named, without a word of its login."""
    for text in texts:
        if text and (found := _ADDRESS.search(text)) is not None:
            shown = addresses.record(found[0].rstrip(".,;:!?)]}'")).removeprefix("jdbc:")
            if "@" in shown or "=" in shown or not re.match(r"[\w+.-]+:/", shown):  # of a form that no one knows
                shown = found[0].partition(":/")[0]
            raise TaskUnclear(
                Kind.SOURCES,
                f"{shown} is the address of a database, and databases can't be queried.",
                hint="Export the table or query to a file (CSV or Parquet) and name that with --data; "
                "an SQLite file can be named as it is.",
            )
