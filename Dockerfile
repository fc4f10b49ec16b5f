# The production image: no demo, no tests, no embedded servers.
FROM node:24-slim AS assets
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund --ignore-scripts

FROM python:3.13-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PORTAL_MODE=production STATIC_ROOT=/app/static-collected
WORKDIR /app
RUN useradd --system --uid 10001 --home-dir /app portal && mkdir -p /app/files && chown portal /app/files
COPY requirements.txt ./
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
COPY --from=assets /src/node_modules ./node_modules
# Collecting needs settings but opens nothing: the values only have to be there.
RUN PORTAL_MODE=test python manage.py compile_translations \
 && PORTAL_MODE=production SECRET_KEY=build DATABASE_URL=postgres://build/build REDIS_URL=redis://build \
    EMAIL_URL=smtp://build ALLOWED_HOSTS=build PORTAL_URL=https://build FILES_URL=file:///app/files \
    SMS_GATEWAY_URL=https://build SMS_GATEWAY_TOKEN=build SMS_RECEIPT_SECRET=build \
    python manage.py collectstatic --noinput -v0
USER portal
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s \
  CMD python -c "import urllib.request as u; u.urlopen(u.Request('http://127.0.0.1:8000/healthz', headers={'X-Forwarded-Proto': 'https'}), timeout=2)"
CMD ["gunicorn", "omsportal.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4", "--worker-class", "gthread", "--max-requests", "5000", "--max-requests-jitter", "500", "--access-logfile", "/dev/null"]
