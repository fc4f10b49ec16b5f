from django.db import migrations

FORWARD = """
CREATE FUNCTION registry_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'table % is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON registry_accessrecord
    FOR EACH STATEMENT EXECUTE FUNCTION registry_append_only();
"""
BACKWARD = """
DROP TRIGGER append_only ON registry_accessrecord;
DROP FUNCTION registry_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
