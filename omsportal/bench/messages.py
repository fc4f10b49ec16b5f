"""Rows of the outbox for benchmarks, written in the database."""

from django.db import connection

_FILL = """
INSERT INTO notifications_message (dedupe_key, event, channel, purpose, priority, region_id, due_at, payload,
    email, name, state, sending_at, sent_at, body)
SELECT 'bench:' || n, 'appeal_message', 'email', 'service', 10, '39', now() - interval '1 hour',
    '{"number": "39-2026-0000412-7", "link": "https://oms.example.ru/appeals/track/"}', 'm' || n || '@sample.invalid',
    'Мария Петровна', %(state)s, CASE WHEN %(state)s = 'sent' THEN now() END,
    CASE WHEN %(state)s = 'sent' THEN now() END, CASE WHEN %(state)s = 'sent' THEN 'текст' ELSE '' END
FROM generate_series(1, %(count)s) AS n
"""


def fill_outbox(count: int, *, state: str) -> None:
    """Exactly `count` messages of the benchmark in the state, and no others."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM notifications_printedletter")
        cursor.execute("DELETE FROM notifications_message")
        cursor.execute(_FILL, {"count": count, "state": state})
        cursor.execute("VACUUM ANALYZE notifications_message")
