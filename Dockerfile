# One build makes one image per program. An image holds the program and its libraries: no shell, no package manager, no root.
ARG RUST=1.95

FROM rust:${RUST}-slim-bookworm AS build
ARG CARGO_BUILD_JOBS
WORKDIR /src
COPY . .
# A cache mount is not part of the image, so the programs are copied out of it in the same step. All clones on a machine share the mount.
# cargo compares file times, so the sources are touched: else it might reuse what it built from another clone's sources.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    find . -path ./target -prune -o -name '*.rs' -exec touch {} + \
    && cargo build --release --locked --package cookie-svc --package session-svc --package token-svc --package lab \
    && mkdir -p /out/empty \
    && cp target/release/cookie-svc target/release/session-svc target/release/token-svc target/release/lab /out/

# A volume mounted over an empty folder gets that folder's owner, so only the program's user can write to it.
FROM gcr.io/distroless/cc-debian12:nonroot AS base
COPY --from=build --chown=65532:65532 /out/empty/ /data/
ENV BIND=0.0.0.0 DATA_DIR=/data
USER 65532:65532

FROM base AS cookie-svc
COPY --from=build --chmod=755 /out/cookie-svc /usr/local/bin/
EXPOSE 8001
ENTRYPOINT ["/usr/local/bin/cookie-svc"]

FROM base AS session-svc
COPY --from=build --chmod=755 /out/session-svc /usr/local/bin/
EXPOSE 8002
ENTRYPOINT ["/usr/local/bin/session-svc"]

FROM base AS token-svc
COPY --from=build --chmod=755 /out/token-svc /usr/local/bin/
EXPOSE 8003
ENTRYPOINT ["/usr/local/bin/token-svc"]

FROM base AS lab
COPY --from=build --chmod=755 /out/lab /usr/local/bin/
EXPOSE 8000
ENTRYPOINT ["/usr/local/bin/lab"]
CMD ["page"]
