# The image of web, worker, beat and migrate. docker-compose.yml runs it, docs/deploy.md tells how.
ARG PYTHON_IMAGE=python:3.13-slim-trixie

FROM ${PYTHON_IMAGE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
RUN apt-get update \
    && apt-get install --yes --no-install-recommends gettext \
    && rm -rf /var/lib/apt/lists/*
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
WORKDIR /app
COPY requirements.lock ./
# Every file is checked against its hash; nothing is compiled here.
RUN pip install --require-hashes --only-binary :all: --requirement requirements.lock
COPY . .
ENV STATIC_ROOT=/app/static_collected
# The settings want a key and a database to be named; neither is used, and neither is kept.
RUN export SECRET_KEY=only-for-building DATABASE_URL=postgres://none:none@127.0.0.1:1/none \
    && python manage.py compilemessages --verbosity 0 \
    && python manage.py collectstatic --no-input --verbosity 0 \
    && python -m compileall -q -j 0 /app /opt/venv

FROM ${PYTHON_IMAGE}
RUN groupadd --gid 10001 stagecraft \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin stagecraft \
    && install --directory --owner 10001 --group 10001 --mode 0700 /data
# Owned by root: the process that runs this code cannot change it.
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
ENV PATH=/opt/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
ENV HOST=0.0.0.0 PORT=8000 DATA_DIR=/data STATIC_ROOT=/app/static_collected
WORKDIR /app
USER 10001:10001
EXPOSE 8000
# Becomes uvicorn itself, which stops on SIGTERM after the requests under way.
CMD ["python", "runner", "serve", "web"]
