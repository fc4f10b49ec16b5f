"""The roll-up of what comes in by hour: written here, where appeals and representatives meet."""

from datetime import date, timedelta

from django.db import connection, transaction

# Counted anew at each run: a case may be routed, or moved to another level, days after it came.
REFRESHED_DAYS = 14
KEPT_DAYS = 400

_COUNT = """
INSERT INTO representatives_incomingcount (organization_id, day, hour, kind, level, count)
SELECT organization_id, day, hour, kind, level, count(*) FROM (
    SELECT a.organization_id,
           (a.received_at AT TIME ZONE r.time_zone)::date AS day,
           extract(hour FROM a.received_at AT TIME ZONE r.time_zone)::int AS hour,
           CASE WHEN a.channel IN ('phone', 'voice_message') THEN 'call' ELSE 'written' END AS kind,
           coalesce(a.level, 0) AS level
      FROM appeals_appeal a JOIN registry_region r ON r.code = a.region_id
     WHERE a.received_at >= %(since)s AND a.organization_id IS NOT NULL
       AND (a.channel IN ('phone', 'voice_message') OR a.form = 'written')
) counted
 WHERE day >= %(first)s
 GROUP BY organization_id, day, hour, kind, level
"""


@transaction.atomic
def refresh(*, today: date, days: int = REFRESHED_DAYS) -> int:
    """Counts the last `days` days anew; running it twice gives the same. Returns the number of cells written."""
    first = today - timedelta(days=days)
    with connection.cursor() as cursor:
        # Two runs at once would write the same cells.
        cursor.execute("LOCK TABLE representatives_incomingcount IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute("DELETE FROM representatives_incomingcount WHERE day >= %s", [first])
        # A day of the region may begin a day before that of UTC.
        cursor.execute(_COUNT, {"since": first - timedelta(days=1), "first": first})
        return int(cursor.rowcount)
