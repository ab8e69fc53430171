# The image of the service: docs/deploy.md says how it is run. What happens in it is deploy/build-image.sh, which the
# suite runs too; whoever wants the base pinned names it by digest: --build-arg PYTHON=python:3.11-slim-bookworm@sha256:...
ARG PYTHON=python:3.11-slim-bookworm

FROM ${PYTHON} AS build
WORKDIR /source
COPY pyproject.toml requirements.lock README.md LICENSE NOTICE ./
COPY app app
COPY migrations migrations
COPY docs docs
COPY deploy/build-image.sh deploy/
RUN deploy/build-image.sh /opt/qi-networks

FROM ${PYTHON}
LABEL org.opencontainers.image.title="QI Networks API" \
      org.opencontainers.image.licenses="MIT"
# A number, not a name, so that what runs it can see that it is not root. Only a database file of SQLite is ever written,
# in /data, which is a volume then.
RUN python -m pip uninstall --yes --quiet --root-user-action ignore pip setuptools wheel \
    && groupadd --gid 10001 qi-networks \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin qi-networks \
    && install --directory --owner 10001 --group 10001 --mode 0700 /data
COPY --from=build /opt/qi-networks /opt/qi-networks
ARG COMMIT_ID=unknown
ENV PATH=/opt/qi-networks/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONSAFEPATH=1 \
    HOST=0.0.0.0 \
    PORT=8000 \
    COMMIT_ID=${COMMIT_ID}
WORKDIR /data
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["/opt/qi-networks/bin/python", "-m", "app.cli.healthcheck"]
ENTRYPOINT ["qi-networks"]
# It migrates nothing by itself: `qi-networks migrate` is a step of its own, run once for each release.
CMD ["serve"]
