"""The knowledge base: answers to typical questions, published in dated versions that never change again."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

SLUG = RegexValidator(r"^[a-z0-9]+(-[a-z0-9]+)*$", _("Small Latin letters, digits and hyphens only."))


class Section(models.TextChoices):
    """In the order in which the help page shows them."""

    POLICY = "policy", _("Policy and insurance company")
    CLINIC = "clinic", _("Clinic and doctor")
    WAITING = "waiting", _("How long to wait")
    TREATMENT = "treatment", _("Hospital, ambulance, complex treatment")
    MONEY = "money", _("Free or for money, medicines")
    PREVENTION = "prevention", _("Check-ups and observation")
    AWAY = "away", _("In another region")
    FAMILY = "family", _("Children, relatives, foreigners")
    RIGHTS = "rights", _("Appeals and your rights")


class Article(models.Model):
    """One answer with an address of its own; what it says is its current version.

    The two search columns belong to the current version and are written when it becomes current: the same text
    as Russian stems and as dictionary forms, because the stemmer alone loses words («приём» becomes «при»).
    """

    slug = models.CharField(_("address"), max_length=60, unique=True, validators=[SLUG])
    current = models.OneToOneField(
        "ArticleVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("created"))
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)
    checked_on = models.DateField(_("checked on"), null=True, blank=True)
    indexed_at = models.DateTimeField(_("indexed"), null=True, blank=True)
    search_stem = SearchVectorField(null=True, editable=False)
    search_lemma = SearchVectorField(null=True, editable=False)
    views = models.PositiveBigIntegerField(_("views"), default=0)
    helped = models.PositiveIntegerField(_("helped"), default=0)
    not_helped = models.PositiveIntegerField(_("did not help"), default=0)

    class Meta:
        verbose_name = _("answer of the knowledge base")
        verbose_name_plural = _("answers of the knowledge base")
        constraints = [
            models.CheckConstraint(
                condition=Q(current__isnull=True)
                | Q(checked_on__isnull=False, indexed_at__isnull=False, search_lemma__isnull=False),
                name="article_current_is_indexed",
            ),
            models.CheckConstraint(
                condition=Q(slug__regex=r"^[a-z0-9]+(-[a-z0-9]+)*$"), name="article_slug_shape"
            ),
        ]
        indexes = [
            GinIndex(fields=["search_stem"], name="article_search_stem"),
            GinIndex(fields=["search_lemma"], name="article_search_lemma"),
            models.Index(
                fields=["checked_on", "id"],
                name="article_oldest_check",
                condition=Q(archived_at__isnull=True, current__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def is_open(self) -> bool:
        """Whether everybody may read it."""
        return self.current_id is not None and self.archived_at is None


class ArticleVersion(models.Model):
    """What an answer said from a day on. A draft until published; a published version is never changed."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("number"))
    section = models.CharField(_("section"), max_length=20, choices=Section)
    title = models.CharField(_("question"), max_length=150)
    summary = models.TextField(_("short answer"), max_length=600)
    body = models.TextField(_("full answer"), max_length=20_000)
    keywords = models.CharField(_("words people use for it"), max_length=600, blank=True)
    topics = ArrayField(models.CharField(max_length=20), verbose_name=_("topics of appeals"), default=list)
    related = ArrayField(models.CharField(max_length=60), verbose_name=_("related answers"), default=list)
    norm = models.CharField(_("the norm it rests on"), max_length=600)
    source = models.CharField(_("where it was checked"), max_length=300, blank=True)
    confirmed = models.BooleanField(_("checked against the text of the norm"), default=False)
    checked_on = models.DateField(_("checked on"))
    valid_from = models.DateField(_("valid from"))
    shipped = models.BooleanField(_("came with the portal"), default=False)
    edited_at = models.DateTimeField(_("edited"))
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("version of an answer")
        verbose_name_plural = _("versions of answers")
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="articleversion_number"),
            # The current version is one of the article's own: see the key in the migration.
            models.UniqueConstraint(fields=["id", "article"], name="articleversion_id_article"),
            models.UniqueConstraint(
                fields=["article"], condition=Q(published_at__isnull=True), name="articleversion_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True, published_by__isnull=True)
                | Q(published_at__isnull=False, published_by__isnull=False)
                | Q(published_at__isnull=False, shipped=True),
                name="articleversion_published_pair",
            ),
            models.CheckConstraint(condition=Q(section__in=Section.values), name="articleversion_section"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.number})"


class ArticleEventKind(models.TextChoices):
    PUBLISHED = "published", _("published")
    CHECKED = "checked", _("checked: still right")
    ARCHIVED = "archived", _("taken off the site")
    RESTORED = "restored", _("put back on the site")


class ArticleEvent(models.Model):
    """Who did what with an answer; append-only."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(_("what happened"), max_length=10, choices=ArticleEventKind)
    version = models.ForeignKey(ArticleVersion, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))
    # Empty for what the loader of the shipped answers did.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("event of an answer")
        verbose_name_plural = _("events of answers")
        indexes = [models.Index(fields=["article", "-at"], name="articleevent_of_article")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ArticleEventKind.values), name="articleevent_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.article_id} {self.kind}"


class ArticleDay(models.Model):
    """How often an answer was read and judged on a day; counts, nobody's name or address."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="days")
    day = models.DateField(_("day"))
    views = models.PositiveIntegerField(_("views"), default=0)
    helped = models.PositiveIntegerField(_("helped"), default=0)
    not_helped = models.PositiveIntegerField(_("did not help"), default=0)

    class Meta:
        verbose_name = _("day of an answer")
        verbose_name_plural = _("days of answers")
        constraints = [models.UniqueConstraint(fields=["article", "day"], name="articleday_once")]

    def __str__(self) -> str:
        return f"{self.article_id} {self.day}"
