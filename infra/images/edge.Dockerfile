# One image for everything that runs from source: edge and the single HTTP services. The command is the
# entry point: `services/edge/main.ts`, `services/scan/main.ts`.
FROM oven/bun:1.4.5-slim AS packages
WORKDIR /app
COPY package.json bun.lock ./
# The optional packages are the embedded detector: 50 MB that only the worker uses.
RUN bun install --frozen-lockfile --production --omit=optional

FROM oven/bun:1.4.5-slim
ENV NODE_ENV=production
WORKDIR /app
# A new volume takes over the owner of the folder it covers, and the process may only write as itself.
RUN install -d -o 1000 -g 1000 /data/images
COPY --from=packages /app/node_modules node_modules
COPY package.json ./
COPY infra/images/probe.ts infra/images/probe.ts
COPY migrations/meta/_journal.json migrations/meta/_journal.json
COPY lib lib
COPY services services
# By number, so that Kubernetes can see it is not root.
USER 1000:1000
EXPOSE 8080
ENTRYPOINT ["bun"]
CMD ["services/edge/main.ts"]
