"""Connects to SQLite or PostgreSQL: address, bounded pool, transactions."""

from __future__ import annotations

import asyncio
import os
import re
import sqlite3
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote
from uuid import uuid4

import structlog
from sqlalchemy import URL, Connection, Table, event, make_url, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from zenmux_bot.errors import ConfigError
from zenmux_bot.store.migrate import migrate

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

UNAVAILABLE: tuple[type[Exception], ...] = (SQLAlchemyError, OSError)
"""Errors of a database that is unavailable or refuses a statement."""

PATIENCE_SECONDS = 2.0
"""Time limit for best-effort work; a hanging connection fails only after thirty."""

# The user or the password is wrong, or there is no such database:
# https://www.postgresql.org/docs/current/errcodes-appendix.html
_REFUSED = ("28", "3D")
# https://www.sqlite.org/rescode.html
_CORRUPT = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
# Another process was in the way: serialization failure, deadlock, lock not available.
_TRANSIENT = ("40", "55P03", "57")
_FIRST_WAIT_SECONDS = 1.0
_LONGEST_WAIT_SECONDS = 30.0

log = structlog.get_logger(__name__)

_POOL_SIZE = 5
_POOL_OVERFLOW = 5
_CONNECT_SECONDS = 5
_COMMAND_SECONDS = 30
_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}
_HOSTS = re.compile(
    r"(?P<before>postgres\w*(?:\+\w+)?://(?:[^:/]*(?::[^@]*)?@)?)(?P<hosts>[^/?]*)"
)
_EXAMPLES = "postgresql://USER:PASSWORD@HOST/NAME or sqlite:///PATH"
_SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_SSL_SPELLINGS = {
    **dict.fromkeys(("true", "1", "no-verify"), "require"),
    **dict.fromkeys(("false", "0"), "disable"),
}

# What libpq knows and asyncpg takes, by other names or as they are:
# https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
_ADDRESS = {"user": "username", "password": "password", "dbname": "database"}
_SESSIONS = (
    "any",
    "primary",
    "standby",
    "prefer-standby",
    "read-write",
    "read-only",
)
_STARTUP = ("application_name", "options", "search_path", "client_encoding")

_PORT = 5432

# Poolers that lend a connection for one transaction keep no prepared statement:
# https://www.pgbouncer.org/features.html
_POOLER_PORTS = {6432, 6543}
_POOLER_NAMES = ("pgbouncer", "pooler")


class Database:
    """Transactions on one engine.

    Repositories open one transaction per operation, so related changes are stored
    together or not at all.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._is_sqlite = engine.dialect.name == "sqlite"
        self._writing = engine.execution_options(zenmux_begin="BEGIN IMMEDIATE")
        # SQLite allows one writer. A semaphore is fair and wakes at once, whereas
        # SQLite's busy handler polls. Other processes are locked out altogether.
        self._writer_lock = asyncio.Semaphore(1 if self._is_sqlite else 1_000_000)
        self._insert = sqlite.insert if self._is_sqlite else _postgres_insert()
        self._driver_errors = () if self._is_sqlite else _asyncpg_errors()

    @property
    def is_shared(self) -> bool:
        """Tell whether other processes may use it at the same time."""
        return not self._is_sqlite

    @property
    def engine(self) -> AsyncEngine:
        """Return the engine, for libraries that bring their own statements.

        Its transactions are writing ones: on SQLite, a transaction that reads first is
        refused the write lock at once if another has written meanwhile.
        """
        return self._writing

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that only reads."""
        async with self._begin(self._engine) as connection:
            yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that may write; it commits unless an error leaves it."""
        async with self._writer_lock, self._begin(self._writing) as connection:
            yield connection

    @asynccontextmanager
    async def _begin(self, engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
        """Begin a transaction, and translate errors while connecting.

        asyncpg raises its own errors there instead of SQLAlchemy's.

        Raises:
            ConfigError: The driver refuses a value of the address or of a PG…
                variable, which it reads by itself.
        """
        is_connected = False
        try:
            async with engine.begin() as connection:
                is_connected = True
                yield connection
        except (ValueError, SQLAlchemyError) as error:
            cause = _config_fault(error)
            if is_connected or self._is_sqlite or cause is None:
                raise
            names = ["DATABASE_URL", *sorted(n for n in os.environ if n[:2] == "PG")]
            reason = str(cause).partition("\n")[0]
            raise ConfigError(
                f"{' or '.join(names)}: not understood ({reason})"
            ) from error
        except self._driver_errors as error:
            raise OperationalError("connect", None, error) from error

    def insert(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        """Return an INSERT with ON CONFLICT, which both databases spell alike."""
        return self._insert(table)

    async def migrate(self) -> None:
        """Migrate the tables; other processes wait meanwhile."""
        async with self.writing() as connection:
            await connection.run_sync(migrate)


@asynccontextmanager
async def open_database(url: str, *, exclusive: bool = True) -> AsyncIterator[Database]:
    """Open the database at ``url`` and close it at the end.

    Args:
        url: Where it is.
        exclusive: Lock an SQLite file against other processes; readers need not.

    Raises:
        ConfigError: The address is malformed, or the SQLite file is in use by
            another process, not writable, or missing.
    """
    address, file = parse_url(url), sqlite_file(url)
    if file is not None and not exclusive and not file.exists():
        raise ConfigError(
            f"DATABASE_URL: {file} is not there; the bot makes it at its first start"
        )
    if file is not None and file.exists() and not file.is_file():
        raise ConfigError(f"DATABASE_URL: {file} is not a file; name another")
    lock_holder = _lock_sqlite(file) if file is not None and exclusive else None
    try:
        engine = _create_engine(address)
        try:
            yield Database(engine)
        finally:
            await engine.dispose()
    finally:
        if lock_holder is not None:
            lock_holder.close()


def parse_url(url: str) -> URL:
    """Return an address with the installed driver.

    Hosting providers use ``postgres://`` and libpq's parameters; both work.

    Raises:
        ConfigError: The address is malformed or names another kind of database.
    """
    try:
        address = _read_address(url)
    except (ArgumentError, ValueError):
        raise ConfigError(f"DATABASE_URL: not an address; use {_EXAMPLES}") from None
    driver = _DRIVERS.get(address.drivername)
    if driver is None:
        raise ConfigError(
            f"DATABASE_URL: {address.drivername!r} is not supported; use {_EXAMPLES}"
        )
    if driver.startswith("sqlite") and address.database in {None, "", ":memory:"}:
        raise ConfigError(
            "DATABASE_URL: names no file, and digests in memory would be lost; "
            "use sqlite:///PATH"
        )
    return address.set(drivername=driver)


def _read_address(url: str) -> URL:
    """Parse an address; hosts that SQLAlchemy cannot read become parameters.

    https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS
    """
    match = _HOSTS.match(url)
    if match is None or not re.search(r"[,%]|:$", match["hosts"]):
        return make_url(url)
    address = make_url(match["before"] + url[match.end() :])
    pairs = [_split_port(host) for host in match["hosts"].split(",")]
    moved = {"host": ",".join(unquote(host) for host, _ in pairs)}
    if any(port for _, port in pairs):
        moved["port"] = ",".join(port for _, port in pairs)
    return address.set(query={**moved, **address.query})


def _postgres_arguments(address: URL) -> tuple[URL, dict[str, Any]]:
    """Return a PostgreSQL address and asyncpg's connection arguments.

    Parameters for features that asyncpg lacks, such as ``channel_binding`` and
    ``gssencmode``, are dropped.

    Raises:
        ConfigError: A parameter has an invalid value.
    """
    query = {
        name.lower(): value if isinstance(value, str) else value[-1]
        for name, value in address.query.items()
    }
    # SQLAlchemy also allows the host parameter to be repeated.
    query |= {
        n: ",".join(v) for n, v in address.normalized_query.items() if n == "host"
    }
    parts = {part: query[name] for name, part in _ADDRESS.items() if query.get(name)}
    bare = URL.create(
        address.drivername,
        username=parts.get("username", address.username),
        password=parts.get("password", address.password),
        database=parts.get("database", address.database),
    )
    startup = {name: query[name] for name in _STARTUP if query.get(name)}
    arguments: dict[str, Any] = {
        "timeout": _connect_seconds(query),
        "command_timeout": _COMMAND_SECONDS,
        "server_settings": {"application_name": "zenmux_bot"} | startup,
    }
    hosts, ports = _servers(address, query)
    if hosts:
        arguments["host"] = hosts
    if any(ports):
        arguments["port"] = [port or _PORT for port in ports]
    if session := query.get("target_session_attrs", "").lower():
        if session not in _SESSIONS:
            raise ConfigError(
                "DATABASE_URL: target_session_attrs is not known; use "
                f"{', '.join(_SESSIONS)}"
            )
        arguments["target_session_attrs"] = session
    mode = query.get("sslmode") or query.get("ssl")
    if mode is not None:
        arguments["ssl"] = _ssl_argument(mode.lower(), query)
    if _is_pooled(hosts, ports, query):
        # https://docs.sqlalchemy.org/en/20/dialects/postgresql.html#prepared-statement-name-with-pgbouncer
        arguments["statement_cache_size"] = 0
        arguments["prepared_statement_cache_size"] = 0
        arguments["prepared_statement_name_func"] = lambda: f"zenmux_{uuid4().hex}"
    return bare, arguments


def _connect_seconds(query: Mapping[str, str]) -> float:
    given = query.get("connect_timeout", "")
    return float(given) if given.isdecimal() and int(given) > 1 else _CONNECT_SECONDS


def _ssl_argument(mode: str, query: Mapping[str, str]) -> str | ssl.SSLContext:
    """Return how the connection is encrypted, as libpq reads it.

    https://www.postgresql.org/docs/current/libpq-ssl.html
    """
    mode = _SSL_SPELLINGS.get(mode, mode)
    if mode not in _SSL_MODES:
        raise ConfigError(
            f"DATABASE_URL: sslmode is not known; use {', '.join(_SSL_MODES)}"
        )
    root, certificate = query.get("sslrootcert"), query.get("sslcert")
    is_checked = mode.startswith("verify") or (mode == "require" and root)
    if not is_checked and not (mode == "require" and certificate):
        return mode
    context = ssl.create_default_context()
    context.check_hostname = mode == "verify-full"
    if not is_checked:
        context.verify_mode = ssl.CERT_NONE
    try:
        if root and root != "system":
            context.load_verify_locations(cafile=Path(root).expanduser())
        if certificate:
            context.load_cert_chain(certificate, query.get("sslkey"))
    except OSError as error:
        raise ConfigError(
            "DATABASE_URL: sslrootcert, sslcert or sslkey cannot be used "
            f"({error.strerror or error})"
        ) from None
    return context


def _servers(
    address: URL, query: Mapping[str, str]
) -> tuple[list[str], list[int | None]]:
    """Return the hosts of an address, empty for the default, and their ports.

    Raises:
        ConfigError: One is malformed.
    """
    named = query.get("host") or address.host or ""
    pairs = [_split_port(host) for host in named.split(",")]
    ports = (query.get("port") or str(address.port or "")).split(",")
    if len(ports) == 1:
        ports *= len(pairs)
    try:
        return (
            [_check_host(host) for host, _ in pairs if named],
            [
                _check_port(own or port)
                for (_, own), port in zip(pairs, ports, strict=True)
            ],
        )
    except ValueError:
        raise ConfigError(
            "DATABASE_URL: a host or a port is malformed; use HOST:PORT, several "
            "separated by commas, and write @ : / in the password as %40 %3A %2F"
        ) from None


def _split_port(host: str) -> tuple[str, str]:
    """Return a host and its own port; sockets and bare IPv6 addresses have none."""
    if match := re.fullmatch(r"\[(.+)\](?::(\d*))?", host):
        return match[1], match[2] or ""
    if host.startswith("/") or host.count(":") != 1:
        return host, ""
    name, _, port = host.partition(":")
    return name, port


def _check_host(host: str) -> str:
    """Return a host if it is a socket folder or a valid name."""
    if host.startswith("/"):
        return host
    if not host or re.search(r"[\s@/\[\]\\]", host):
        raise ValueError
    host.encode("idna")
    return host


def _check_port(port: str) -> int | None:
    if not port:
        return None
    if int(port) not in range(1, 65_536):
        raise ValueError
    return int(port)


def _is_pooled(
    hosts: Iterable[str], ports: Iterable[int | None], query: Mapping[str, str]
) -> bool:
    """Guess from the address whether the server is behind a connection pooler."""
    said = query.get("pgbouncer", "").lower()
    if said:
        return said not in {"false", "0", "no"}
    return bool(_POOLER_PORTS.intersection(ports)) or any(
        name in host.lower() for host in hosts for name in _POOLER_NAMES
    )


def sqlite_file(url: str) -> Path | None:
    """Return the file that an address names, None if it names a server.

    Raises:
        ConfigError: As :func:`parse_url`.
    """
    address = parse_url(url)
    is_file = address.drivername.startswith("sqlite")
    return Path(str(address.database)) if is_file else None


def _lock_sqlite(path: Path) -> sqlite3.Connection:
    """Lock the file for as long as this process uses it.

    The lock is SQLite's own, on an empty database beside the file: it works on every
    system and is released however the process ends.
    """
    lock = path.with_name(f"{path.name}.lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # It holds tokens. SQLite gives its other files the same mode.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, mode=0o600))
        lock_holder = sqlite3.connect(lock, timeout=0, isolation_level=None)
    except (OSError, sqlite3.OperationalError) as error:
        raise _not_writable(path, error) from None
    try:
        lock_holder.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        lock_holder.close()
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise _not_writable(path, error) from None
        raise ConfigError(
            f"{path} is in use by another process. SQLite serves one process; for "
            f"several set DATABASE_URL to a PostgreSQL address "
            f"(postgresql://USER:PASSWORD@HOST/NAME)"
        ) from error
    return lock_holder


def _not_writable(path: Path, error: Exception) -> ConfigError:
    return ConfigError(
        f"DATABASE_URL: {path} cannot be written ({error}); give its folder to the "
        "user that the bot runs as, or name another"
    )


# Most bots run on SQLite and never load the PostgreSQL libraries.


def _postgres_insert() -> Callable[[Table], postgresql.Insert]:
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415

    return postgresql.insert


def _asyncpg_errors() -> tuple[type[Exception], ...]:
    import asyncpg  # type: ignore[import-untyped]  # noqa: PLC0415 - it has no types

    return (
        asyncpg.PostgresError,
        asyncpg.InterfaceError,
        asyncpg.InternalClientError,
    )


def _config_fault(error: BaseException | None) -> ValueError | None:
    """Return the ValueError behind an error, if a wrong setting caused it."""
    while error is not None and not isinstance(error, ValueError):
        error = error.__cause__
    return error


def _create_engine(address: URL) -> AsyncEngine:
    """Return an engine with a bounded pool, whose errors show no values."""
    if address.drivername.startswith("sqlite"):
        engine = create_async_engine(
            address,
            pool_size=_POOL_SIZE,
            max_overflow=_POOL_OVERFLOW,
            hide_parameters=True,
        )
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
        event.listen(engine.sync_engine, "invalidate", _roll_back)
        return engine
    bare, arguments = _postgres_arguments(address)
    return create_async_engine(
        bare,
        pool_size=_POOL_SIZE,
        max_overflow=_POOL_OVERFLOW,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args=arguments,
    )


def _prepare_sqlite(connection: DBAPIConnection, record: Any) -> None:
    """Set a new SQLite connection up.

    ``synchronous`` stays FULL: a claim lost in a power cut could be posted twice.
    """
    del record
    # The driver's own BEGIN is late and never IMMEDIATE:
    # https://docs.sqlalchemy.org/en/20/dialects/sqlite.html#pysqlite-serializable
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=5000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """Begin a transaction; a writing one takes the lock before it reads."""
    options = connection.get_execution_options()
    connection.exec_driver_sql(options.get("zenmux_begin", "BEGIN"))


def _roll_back(connection: DBAPIConnection, *_: Any) -> None:
    """Roll back a connection before it is closed after a cancelled statement.

    SQLite closes it only once the last cursor is collected, and tracebacks keep those;
    the transaction would hold the write lock until then:
    https://www.sqlite.org/c3ref/close.html
    """
    connection.rollback()


@asynccontextmanager
async def best_effort(what: str) -> AsyncIterator[None]:
    """Log and ignore a failing database, for work that can be skipped.

    A hanging database counts as failing: somebody is waiting for an answer.
    """
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            yield
    except UNAVAILABLE as error:
        log.warning("database.skipped", what=what, kind=type(error).__name__)


async def try_to_migrate(database: Database) -> bool:
    """Migrate the tables, and return whether the database was available.

    Raises:
        ConfigError: The database refuses the user, password or database name, or the
            migration fails; waiting would not help.
    """
    try:
        await database.migrate()
    except UNAVAILABLE as error:
        reason = str(getattr(error, "orig", error)).partition("\n")[0]
        state = _sqlstate(error)
        if state.startswith(_REFUSED):
            raise ConfigError(
                f"DATABASE_URL: refused (SQLSTATE {state}); set "
                "postgresql://USER:PASSWORD@HOST/NAME of a database that exists"
            ) from None
        if getattr(error.__cause__, "sqlite_errorcode", None) in _CORRUPT:
            raise ConfigError(
                f"DATABASE_URL: the file cannot be used ({reason}); name another, or "
                "restore a backup"
            ) from None
        if not state.startswith(_TRANSIENT) and await _is_reachable(database):
            raise ConfigError(
                f"DATABASE_URL: the tables cannot be brought up to date ({reason}); "
                "nothing was changed. Name an empty database or restore a backup"
            ) from error
        log.warning("database.unavailable", kind=type(error).__name__)
        return False
    return True


def _sqlstate(error: Exception) -> str:
    return str(getattr(getattr(error, "orig", error), "sqlstate", None) or "")


async def _is_reachable(database: Database) -> bool:
    """Tell whether the database answers."""
    try:
        async with database.writing() as connection:
            await connection.execute(select(1))
    except UNAVAILABLE:
        return False
    return True


async def migrate_when_available(
    database: Database, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> None:
    """Migrate the tables as soon as the database is available.

    Raises:
        ConfigError: As :func:`try_to_migrate`.
    """
    wait = _FIRST_WAIT_SECONDS
    while not await try_to_migrate(database):
        await sleep(wait)
        wait = min(wait * 2, _LONGEST_WAIT_SECONDS)
    log.info("database.ready")


@asynccontextmanager
async def migrated(database: Database) -> AsyncIterator[asyncio.Event]:
    """Migrate the tables now, or in the background once the database is available.

    Yields:
        An event that is set once the tables are migrated.

    Raises:
        ConfigError: As :func:`try_to_migrate`.
    """
    done = asyncio.Event()
    if await try_to_migrate(database):
        done.set()
        yield done
        return

    async def wait() -> None:
        await migrate_when_available(database)
        done.set()

    waiting = asyncio.create_task(wait())
    try:
        yield done
    finally:
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
