# The operator's program: dlq, doctor, keys and migrate in one binary that carries the migrations.
FROM oven/bun:1.4.5-slim AS build
WORKDIR /app
COPY package.json bun.lock ./
RUN bun install --frozen-lockfile
COPY infra/build.ts infra/build.ts
COPY lib lib
COPY migrations migrations
COPY services/operator services/operator
RUN bun run build operator

# glibc, as the stage above: the binary is linked against it.
FROM debian:13.6-slim
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates \
  && rm -rf /var/lib/apt/lists/*
COPY --from=build /app/dist/eco2-operator /usr/local/bin/eco2-operator
# By number, so that Kubernetes can see it is not root.
USER 1000:1000
ENTRYPOINT ["eco2-operator"]
CMD ["--help"]
