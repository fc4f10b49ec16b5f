"""Keys that tie repeated columns to their origin: a representative's region is the employer's region, a
certificate's employer is the representative's. Django has no composite foreign keys, so they are written here."""

from django.db import migrations

FORWARD = """
ALTER TABLE representatives_representative ADD CONSTRAINT representative_region_of_organization
    FOREIGN KEY (organization_id, region_id) REFERENCES registry_organization (id, region_id)
    DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE representatives_training ADD CONSTRAINT training_organization_of_representative
    FOREIGN KEY (representative_id, organization_id)
    REFERENCES representatives_representative (id, organization_id) DEFERRABLE INITIALLY DEFERRED;
"""
BACKWARD = """
ALTER TABLE representatives_training DROP CONSTRAINT training_organization_of_representative;
ALTER TABLE representatives_representative DROP CONSTRAINT representative_region_of_organization;
"""


class Migration(migrations.Migration):
    dependencies = [("representatives", "0001_initial"), ("registry", "0002_append_only")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
