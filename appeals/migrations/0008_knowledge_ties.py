"""What Django cannot say of the knowledge base: an answer's current version is one of its own, a published version
never changes, what happened is only added to."""

from django.db import migrations

FORWARD = """
ALTER TABLE appeals_article ADD CONSTRAINT article_current_of_article
    FOREIGN KEY (current_id, id) REFERENCES appeals_articleversion (id, article_id)
    DEFERRABLE INITIALLY DEFERRED;
CREATE TRIGGER published_stays BEFORE UPDATE OR DELETE ON appeals_articleversion
    FOR EACH ROW WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION registry_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON appeals_articleevent
    FOR EACH STATEMENT EXECUTE FUNCTION registry_append_only();
"""
BACKWARD = """
DROP TRIGGER append_only ON appeals_articleevent;
DROP TRIGGER published_stays ON appeals_articleversion;
ALTER TABLE appeals_article DROP CONSTRAINT article_current_of_article;
"""


class Migration(migrations.Migration):
    dependencies = [("appeals", "0007_knowledge"), ("registry", "0002_append_only")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
