# Two stages: the first installs the locked dependencies, the second runs them.
FROM python:3.11-slim AS build
WORKDIR /app
COPY requirements.txt .
# What runs needs no pip; wheels alone need no compiler.
RUN python -m venv --without-pip .venv \
 && python -m pip --python .venv install --no-cache-dir --disable-pip-version-check \
      --only-binary :all: --require-hashes -r requirements.txt

FROM python:3.11-slim
# Who runs it owns nothing but the folder of the default database.
RUN useradd --no-log-init --uid 10001 --no-create-home --home-dir /app \
      --shell /usr/sbin/nologin bot \
 && install -d -o bot /app/data
WORKDIR /app
COPY --from=build /app/.venv .venv
COPY bot.py manifest.yml ./
COPY zenmux_bot zenmux_bot
# Who runs it may not write here, so without this each start would compile all of it.
RUN python -m compileall -q zenmux_bot
# As a number, which Kubernetes can tell from root's.
USER 10001
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 LOG_FORMAT=json PORT=3000
EXPOSE 3000
VOLUME /app/data
STOPSIGNAL SIGTERM
# Not by urllib, which would ask a proxy of the environment.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["python", "-c", "import http.client, os, sys; c = http.client.HTTPConnection('127.0.0.1', int(os.environ['PORT']), timeout=4); c.request('GET', '/healthz'); sys.exit(c.getresponse().status != 200)"]
ENTRYPOINT ["python", "bot.py"]
# Nothing runs everything; "web" or "worker" as argument runs half.
CMD []
