from django.db import migrations

# What rests already closes a month after it was decided; what waits already gets the usual fortnight.
FORWARD = """
UPDATE appeals_appeal SET close_at = coalesce(answered_at, forwarded_at, registered_at) + interval '30 days'
    WHERE state IN ('answered', 'forwarded', 'declined') AND close_at IS NULL;
UPDATE appeals_appeal SET wait_until = current_date + 14
    WHERE state IN ('awaiting_applicant', 'awaiting_clinic', 'awaiting_expertise') AND wait_until IS NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("appeals", "0016_engine_links")]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
