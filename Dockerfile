# The gate as an image: small, runs without root and on a read-only file system.
#
#   docker build --tag scoregate .                            # --build-arg EXTRA=history adds the store
#   docker run --rm --read-only --tmpfs /tmp --volume "$PWD:/work:ro" scoregate check -p policies --snapshot snapshot.json
#
# To write files, it needs a folder that user 65532 may write to, or --user "$(id -u)".
# Dependabot (package-ecosystem: docker) keeps both digests up to date; 'make lock' updates what is installed.
FROM python:3.13-slim-trixie@sha256:9d2e5553305c7c7b0097999bb17187c69b921ccd6bc9d40e4bb5ebe652c00285 AS build
ARG EXTRA=""
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_NO_INPUT=1
WORKDIR /source
# The dependencies change less often than scoregate itself, so they are in a separate layer.
COPY action/*.lock action/
RUN python -m venv /opt/build \
    && /opt/build/bin/pip install --quiet --require-hashes --only-binary :all: -r action/build.lock \
    && python -m venv /opt/scoregate \
    && /opt/scoregate/bin/pip install --quiet --require-hashes --only-binary :all: -r "action/requirements${EXTRA:+-$EXTRA}.lock"
COPY . .
RUN /opt/build/bin/pip wheel --quiet --no-deps --no-build-isolation --wheel-dir /opt/wheels . \
    && /opt/scoregate/bin/pip install --quiet --no-deps --no-index /opt/wheels/*.whl \
    && /opt/scoregate/bin/pip uninstall --quiet --yes pip

FROM python:3.13-slim-trixie@sha256:9d2e5553305c7c7b0097999bb17187c69b921ccd6bc9d40e4bb5ebe652c00285
ARG VERSION="" REVISION=""
LABEL org.opencontainers.image.title="scoregate" \
      org.opencontainers.image.description="Policy-as-code for Microsoft Secure Score" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.base.name="docker.io/library/python:3.13-slim-trixie"
COPY --from=build /opt/scoregate /opt/scoregate
ENV PATH=/opt/scoregate/bin:$PATH PYTHONUTF8=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /work
USER 65532:65532
# For containers that keep running, such as one with 'scoregate sandbox'.
HEALTHCHECK --interval=5m --timeout=10s CMD ["scoregate", "--version"]
ENTRYPOINT ["scoregate"]
CMD ["--help"]
