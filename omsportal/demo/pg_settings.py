"""The embedded PostgreSQL's configuration: written anew at every start, outside the data folder."""

from pathlib import Path

# Sized for two cores and a few hundred megabytes; the dashboards and the million-row seed fit into it.
_COMMON = {
    "listen_addresses": "''",  # a Unix socket only: nothing to find on the network
    "unix_socket_permissions": "0777",  # the folder decides who comes in, then pg_hba asks who it is
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",  # costs more than it gives on short queries
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "lc_messages": "'C'",
    "log_checkpoints": "off",
    "log_line_prefix": "'%m [%p] %q%u@%d '",
}
# Tests may lose everything with the machine; they are made anew anyway.
_CARELESS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum_naptime": "'10min'",
}


def write_settings(folder: Path, *, sockets: Path, client: str, durable: bool) -> list[str]:
    """Write the three files into `folder`, readable to the server; returns the server's arguments.

    The account `client` may sign in as any database role; everybody else on the machine is refused by the
    kernel's word on who they are (`peer`), even should they reach the socket.
    """
    settings = _COMMON if durable else _COMMON | _CARELESS
    main = "".join(f"{key} = {value}\n" for key, value in settings.items())
    main += f"unix_socket_directories = '{sockets}'\n"
    texts = {
        "postgresql.conf": main,
        "pg_hba.conf": "local all all peer map=omsportal\n",
        "pg_ident.conf": f'omsportal "{client}" all\n',
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
        (folder / name).chmod(0o644)
    return [
        *("-c", f"config_file={folder / 'postgresql.conf'}"),
        *("-c", f"hba_file={folder / 'pg_hba.conf'}"),
        *("-c", f"ident_file={folder / 'pg_ident.conf'}"),
    ]
