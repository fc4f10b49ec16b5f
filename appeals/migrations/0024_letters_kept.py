from django.db import migrations

# The sheet stays as it was sent, whoever writes to the table; what becomes of the letter is noted beside it.
FORWARD = """
CREATE FUNCTION appeals_letter_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.appeal_id, OLD.kind, OLD.organization_id, OLD.number, OLD.year, OLD.running, OLD.language, OLD.sender,
        OLD.head, OLD.addressee, OLD.address, OLD.subject, OLD.body, OLD.enclosure, OLD.executor,
        OLD.issued_by_user_id, OLD.issued_at, OLD.issued_on, OLD.due_on, OLD.secret, OLD.way)
        IS DISTINCT FROM
       (NEW.appeal_id, NEW.kind, NEW.organization_id, NEW.number, NEW.year, NEW.running, NEW.language, NEW.sender,
        NEW.head, NEW.addressee, NEW.address, NEW.subject, NEW.body, NEW.enclosure, NEW.executor,
        NEW.issued_by_user_id, NEW.issued_at, NEW.issued_on, NEW.due_on, NEW.secret, NEW.way)
    THEN
        RAISE EXCEPTION 'a letter stays as it was sent' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER letter_kept BEFORE UPDATE ON appeals_appealletter
    FOR EACH ROW EXECUTE FUNCTION appeals_letter_kept();
CREATE TRIGGER letter_stays BEFORE DELETE ON appeals_appealletter
    FOR EACH ROW EXECUTE FUNCTION registry_append_only();
"""
BACKWARD = """
DROP TRIGGER letter_stays ON appeals_appealletter;
DROP TRIGGER letter_kept ON appeals_appealletter;
DROP FUNCTION appeals_letter_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("appeals", "0023_letters_register"), ("registry", "0002_append_only")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
