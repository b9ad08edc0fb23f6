# Two stages: the first installs the locked dependencies, the second runs them.
FROM python:3.11-slim AS build
WORKDIR /app
COPY requirements.txt .
RUN python -m venv .venv \
 && .venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.txt

FROM python:3.11-slim
# Who runs it owns nothing but the folder of the default database.
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin bot \
 && mkdir -p /app/data && chown bot /app/data
WORKDIR /app
COPY --from=build /app/.venv .venv
COPY bot.py manifest.yml ./
COPY zenmux_bot zenmux_bot
USER bot
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 LOG_FORMAT=json PORT=3000
EXPOSE 3000
VOLUME /app/data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/healthz', timeout=4)"]
ENTRYPOINT ["python", "bot.py"]
# Nothing runs everything; "web" or "worker" as argument runs half.
CMD []
