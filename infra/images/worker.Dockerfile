# The worker: one binary that carries its runtime, its prompts and the weights of the embedded detector.
FROM oven/bun:1.4.5-slim AS build
WORKDIR /app
COPY package.json bun.lock ./
RUN bun install --frozen-lockfile
COPY infra/build.ts infra/build.ts
COPY lib lib
COPY migrations/meta/_journal.json migrations/meta/_journal.json
COPY services/worker services/worker
RUN bun run build worker

# glibc, as the stage above: the binary is linked against it.
FROM debian:13.6-slim
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates \
  && rm -rf /var/lib/apt/lists/*
COPY infra/images/probe.ts /usr/local/lib/eco2/probe.ts
COPY --from=build /app/dist/eco2-worker /usr/local/bin/eco2-worker
# LGPL, with its licence: beside the program, which finds it there.
COPY --from=build /app/dist/libheif-js /usr/local/bin/libheif-js
# By number, so that Kubernetes can see it is not root.
USER 1000:1000
EXPOSE 8081
ENTRYPOINT ["eco2-worker"]
