from django.db import migrations


class Migration(migrations.Migration):
    """Leaves room in the pages of the register: the day of the last exam, of which no index knows, is then changed
    in place, where otherwise every one of the table's indexes gets a new entry."""

    dependencies = [
        ("registry", "0004_calendar_feed"),
    ]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE registry_insuredperson SET (fillfactor = 85)",
            "ALTER TABLE registry_insuredperson RESET (fillfactor)",
        ),
    ]
