from django.db import migrations

FORWARD = """
CREATE FUNCTION appeals_message_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Only the first reading is ever written into a message; what was written stays.
    IF TG_OP = 'UPDATE' AND OLD.read_at IS NULL
       AND to_jsonb(NEW) - 'read_at' - 'read_by_user_id' = to_jsonb(OLD) - 'read_at' - 'read_by_user_id' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'messages are kept as they were written' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER message_kept BEFORE UPDATE OR DELETE ON appeals_appealmessage
    FOR EACH ROW EXECUTE FUNCTION appeals_message_kept();
UPDATE appeals_appeal SET offered_level = offer.to_level FROM appeals_handover AS offer
    WHERE offer.appeal_id = appeals_appeal.id AND offer.state = 'offered'
    AND appeals_appeal.state IN ('registered', 'in_progress') AND offer.to_level IS DISTINCT FROM appeals_appeal.level;
"""
BACKWARD = """
DROP TRIGGER message_kept ON appeals_appealmessage;
DROP FUNCTION appeals_message_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("appeals", "0004_engine_messages")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
