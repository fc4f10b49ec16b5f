"""One settings file. What differs between places comes from environment variables; see environment.py."""

import os
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from omsportal.environment import (
    check_mode,
    files_storage,
    require,
    scanner,
    state_login,
    state_login_origins,
)
from registry.access import PUBLIC, only
from registry.scoping import Role

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("PORTAL_VAR", BASE_DIR / "var"))

MODE = check_mode(os.environ.get("PORTAL_MODE", "production"))
PRODUCTION = MODE == "production"
DEMO = MODE == "demo"
if PRODUCTION:
    require(os.environ)

env = environ.Env()
DEBUG = False
SECRET_KEY = env.str("SECRET_KEY", "test-only-" + "k" * 50) if MODE == "test" else env.str("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", "testserver"])
PORTAL_URL = env.str("PORTAL_URL", "http://127.0.0.1:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = [PORTAL_URL] if PRODUCTION else []

INSTALLED_APPS = [
    "registry",
    "notifications",
    "representatives",
    "appeals",
    "dispensary",
    "omsportal",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_filters",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
]
if DEMO:
    INSTALLED_APPS.append("omsportal.demo")

MIDDLEWARE = [
    "omsportal.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "omsportal.requests.RequestLogMiddleware",
    "omsportal.requests.UnavailableMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "omsportal.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "registry.middleware.ScopeMiddleware",
    "omsportal.zones.ReaderZoneMiddleware",
]

ROOT_URLCONF = "omsportal.urls"
WSGI_APPLICATION = "omsportal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "omsportal.context.portal",
                "omsportal.rail.rail",
                "omsportal.display.display_settings",
            ],
        },
    }
]

DATABASES = {"default": env.db_url("DATABASE_URL", "postgres:///omsportal")}
DATABASES["default"]["ENGINE"] = "django.db.backends.postgresql"
DATABASES["default"]["CONN_MAX_AGE"] = env.int("DATABASE_CONN_MAX_AGE", 60)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# The test database must fold Cyrillic case whatever the machine's locale is.
DATABASES["default"]["TEST"] = {"TEMPLATE": "template0"}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
CACHES["default"]["KEY_PREFIX"] = "oms"
CACHES["default"]["OPTIONS"] = {"socket_connect_timeout": 2, "socket_timeout": 2}

# Celery names a Unix socket in another way than redis-py does.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)

vars().update(env.email_url("EMAIL_URL", "smtp://127.0.0.1:1025"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "no-reply@portal.invalid")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
SMS_GATEWAY_URL = env.str("SMS_GATEWAY_URL", "http://127.0.0.1:8026/sms")
SMS_GATEWAY_TOKEN = env.str("SMS_GATEWAY_TOKEN", "local")
# Takes over while the first one does not answer; empty where there is none.
SMS_GATEWAY_2_URL = env.str("SMS_GATEWAY_2_URL", "")
SMS_GATEWAY_2_TOKEN = env.str("SMS_GATEWAY_2_TOKEN", "")
SMS_RECEIPT_SECRET = env.str("SMS_RECEIPT_SECRET", "local")
# For how long a worker holds the messages it has claimed; longer than a chunk may take at a slow provider.
OUTBOX_LEASE_SECONDS = env.int("OUTBOX_LEASE_SECONDS", 300)
OUTBOX_REST_SECONDS = env.int("OUTBOX_REST_SECONDS", 60)  # the first rest of a provider that takes nothing
SMS_SENDER = env.str("SMS_SENDER", "OMS")  # the name an SMS comes from, as agreed with the gateway

STORAGES = {
    "default": files_storage(env.str("FILES_URL", f"file://{VAR / 'files'}")),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if DEMO:
    # Compressing takes longer than everything else in a cold start, and helps nobody on the same machine.
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
if MODE == "test":
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
STATIC_URL = "static/"
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT", VAR / "static"))
NODE_MODULES = BASE_DIR / "node_modules"
# Icons are drawn into the page, so they are read from the package and never served.
ICONS = NODE_MODULES / "bootstrap-icons" / "icons"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("vendor/bootstrap/css", NODE_MODULES / "bootstrap" / "dist" / "css"),
    ("vendor/altcha", NODE_MODULES / "altcha" / "dist_external"),
    ("vendor/golos", NODE_MODULES / "@fontsource-variable" / "golos-text"),
]
# In tests pages are served straight from the finders, so that nothing has to be collected first.
WHITENOISE_USE_FINDERS = MODE == "test"
WHITENOISE_AUTOREFRESH = MODE == "test"

# Uploads: what one request may bring; what is kept is the rule of appeals/services/files.py.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 20
# A bulk action of thousands of rows is refused by a page that says so, not by a bare error.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 6000
FILE_UPLOAD_PERMISSIONS = 0o600
# Without a scanner production keeps files shut; the demo opens them after the portal's own look at the content.
CLAMD_URL, FILES_WITHOUT_SCANNER = scanner(
    env.str("CLAMD_URL", ""), env.str("FILES_WITHOUT_SCANNER", "hold" if PRODUCTION else "publish")
)

# Who may call the routes of libraries, by the beginning of the view's name; our own views declare it themselves.
ROUTE_ACCESS = {
    "account_": PUBLIC,
    "account_change_password": only(*Role),
    "account_reauthenticate": only(*Role),
    "mfa_": only(*Role),
    "mfa_authenticate": PUBLIC,
    "mfa_login_webauthn": PUBLIC,
    "socialaccount_signup": PUBLIC,
    "openid_connect_callback": PUBLIC,
    "set_language": PUBLIC,
    "admin:": only(Role.ADMINISTRATOR),
    "admin:login": PUBLIC,
}

AUTH_USER_MODEL = "registry.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "start"
LOGOUT_REDIRECT_URL = "/"
STAFF_IDLE_SECONDS = 15 * 60
STAFF_SESSION_SECONDS = 12 * 60 * 60
# How long an answer or a message of the staff can be taken back; 0 sends at once.
UNDO_SECONDS = 10
STAFF_SECOND_FACTOR_REQUIRED = not DEMO

# Signing in (django-allauth). Citizens: a code by e-mail. Staff: a password and a second factor.
ACCOUNT_ADAPTER = "omsportal.accounts.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "omsportal.accounts.forms.EmailForm",
    "confirm_login_code": "omsportal.accounts.forms.CodeForm",
    "reset_password": "omsportal.accounts.forms.StaffResetPasswordForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if PRODUCTION else "http"
ACCOUNT_SESSION_REMEMBER = False  # a staff browser forgets the session when it is closed
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 5 * 60
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "20/5m/ip,5/5m/key",
    "request_login_code": "20/m/ip,3/m/key,8/h/key",
    "reset_password": "20/m/ip,3/h/key",
    "reauthenticate": "5/m/user",
}
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
# How many of our own proxies stand before the portal: their word on the caller's address is believed.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 1 if PRODUCTION else 0)
MFA_ADAPTER = "omsportal.accounts.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# A passkey stands for both factors only when it asks its owner for a finger, a face or a PIN.
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
MFA_TOTP_ISSUER = "Портал ОМС"
MFA_TOTP_TOLERANCE = 1
SOCIALACCOUNT_ADAPTER = "omsportal.accounts.adapters.SocialAccountAdapter"
SOCIALACCOUNT_PROVIDERS = state_login(os.environ)
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_STORE_TOKENS = False
# Whoever reads the letters of an address comes in by a code of ours; the state's word on a proved address is as good.
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
TRACKING_ATTEMPTS = 10

LANGUAGE_CODE = "ru"
LANGUAGES = [("ru", _("Russian")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["omsportal.formats"]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
if PRODUCTION:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF, "data:"],
        "media-src": [SELF],  # recordings of the night, played at the desk
        "connect-src": [SELF],
        "worker-src": [SELF],
        # Browsers hold a form to its target through all redirects: the button of the state login leads there.
        "form-action": [SELF, *state_login_origins(os.environ)],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["registry.access.DeclaredAccess"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "OMS portal API",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "ENUM_NAME_OVERRIDES": {
        "ValidityEnum": "appeals.models.Validity",
        "AppealKindEnum": "appeals.words.KIND_CHOICES",
    },
}

LOGGING_CONFIG = "omsportal.logs.configure"
LOGGING = {"level": env.str("LOG_LEVEL", "INFO"), "json": PRODUCTION}
SILENCED_SYSTEM_CHECKS: list[str] = []
