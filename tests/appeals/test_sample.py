"""Sample appeals are as consistent as real ones."""

from collections import Counter
from datetime import timedelta
from random import Random

import pytest

from appeals import sample
from appeals.actors import ANONYMOUS
from appeals.filetypes import sniff
from appeals.lifecycle import OPEN
from appeals.models import Appeal, AppealEvent, AppealTopic, Attachment
from appeals.numbering import parse_number
from appeals.sample_story import WAYS
from appeals.sample_texts import words_for
from appeals.services import file_appeal
from registry.sample import seed_parties, seed_people
from representatives.sample import seed as seed_representatives
from tests.appeals.factories import filing
from tests.appeals.invariants import assert_all_whole
from tests.factories import RegionFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]
COUNT = 400


@pytest.fixture
def people(db, now) -> None:
    for code in ("39", "26", "42"):
        RegionFactory(code=code)
    seed_parties()
    seed_people(insured=1000, seed=1, now=now, report=lambda line: None)
    seed_representatives(now=now, seed=1)


def test_sample_appeals_hold_together(people, now, settings, tmp_path):
    place = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "default": place}
    sample.seed(now=now, seed=1, appeals=COUNT, report=lambda line: None)
    papers = list(Attachment.objects.all())
    assert papers
    for paper in papers:
        with paper.file.open("rb") as stored:
            content = stored.read()
        assert (sniff(content).mime, len(content)) == (paper.content_type, paper.size)
    assert Appeal.objects.count() == COUNT
    assert_all_whole(now)
    assert set(Appeal.objects.values_list("state", flat=True)) == set(WAYS)
    kinds = Counter(Appeal.objects.values_list("kind", flat=True))
    assert kinds["consultation"] > 0.85 * COUNT
    for number in Appeal.objects.values_list("number", flat=True):
        parse_number(number)
    assert not Appeal.objects.filter(registered_at__gt=now).exists()
    assert not AppealEvent.objects.filter(at__gt=now).exists()
    assert not Appeal.objects.filter(registered_at__lt=now - timedelta(days=370)).exists()
    # Desks hold cases of every age, not only those of today.
    left = [
        (due - now.date()).days
        for due in Appeal.objects.filter(state__in=OPEN, kind="complaint").values_list("due_on", flat=True)
    ]
    assert max(left) - min(left) > 10
    # A representative works for the organisation and at the level of the case.
    for appeal in Appeal.objects.filter(assignee__isnull=False).select_related("assignee"):
        assert (appeal.assignee.organization_id, appeal.assignee.level) == (
            appeal.organization_id,
            appeal.level,
        )


def test_real_appeals_go_on_where_the_sample_ends(people, now):
    sample.seed(now=now, seed=1, appeals=60, report=lambda line: None)
    done = file_appeal(filing=filing(), actor=ANONYMOUS, now=now)
    assert Appeal.objects.count() == 61
    assert done.appeal.pk > Appeal.objects.filter(is_sample=True).order_by("-pk")[0].pk


def test_the_same_seed_makes_the_same_appeals(people, now):
    def made(seed: int) -> list[tuple[object, ...]]:
        maker = sample.Maker(now, sample.Random(seed))
        rows = [maker.make(pk, now - timedelta(days=pk), None).appeal for pk in range(1, 30)]
        return [(row["number"], row["text"], row["state"], row["submission_key"]) for row in rows]

    assert made(7) == made(7)
    assert made(7) != made(8)


def test_every_topic_has_words_of_its_own_and_complaints_both_answers(reference) -> None:
    random = Random(1)
    for topic in AppealTopic.objects.filter(selectable=True):
        words = words_for(topic.code, random)
        assert words.text
        assert words.answer
        assert bool(words.answer_unjustified) == topic.code.startswith("3."), topic.code
