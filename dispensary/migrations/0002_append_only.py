from django.db import migrations

FORWARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON dispensary_informing
    FOR EACH STATEMENT EXECUTE FUNCTION registry_append_only();
"""
BACKWARD = "DROP TRIGGER append_only ON dispensary_informing;"


class Migration(migrations.Migration):
    dependencies = [("dispensary", "0001_initial"), ("registry", "0002_append_only")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
