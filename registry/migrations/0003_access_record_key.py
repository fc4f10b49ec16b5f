from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0002_append_only")]

    operations = [
        migrations.AddField("accessrecord", "key", models.CharField("key", max_length=60, blank=True, default=""), preserve_default=False),
        migrations.AddField("accessrecord", "rows", models.PositiveIntegerField("rows", null=True)),
    ]
