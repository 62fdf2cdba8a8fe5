import { join } from "node:path";
import { findFirst } from "./binary.ts";
import { spawnDaemon, writeAs } from "./daemon.ts";
import type { PrivateService } from "./private-service.ts";
import type { State } from "./state.ts";

/** Redis with an append-only file; database 0 is for the project, others for parts. */
export const redisService: PrivateService = {
  name: "redis",
  ports: ["redis"],
  stopSignal: "SIGTERM",
  binaries: () => findFirst(["redis-server"]),
  url: (state) => `redis://:${state.secrets.redis}@127.0.0.1:${state.ports.redis}/0`,
  marker: (state) => `redis-server ${configFile(state)}`,
  companions: () => [],
  async start(state, binaries) {
    await writeAs(state, configFile(state), configuration(state));
    const argv = [binaries["redis-server"] ?? "", configFile(state)];
    return spawnDaemon(state, argv, { name: "redis" });
  },
};

function configuration(state: State): string {
  return [
    "bind 127.0.0.1",
    `port ${state.ports.redis}`,
    `requirepass ${state.secrets.redis}`,
    `dir "${join(state.home, "redis")}"`,
    "databases 16",
    "appendonly yes",
    // An event is longer than the 64 bytes up to which a hash is kept compact: a replay log takes a third less.
    "hash-max-listpack-value 512",
    // While little is stored, 64 MB would be reached every few seconds, and every rewrite copies all there is.
    "auto-aof-rewrite-min-size 256mb",
    // The append-only file is the one copy; snapshots beside it would only cost time.
    'save ""',
    "daemonize no",
    // Otherwise the title no longer shows the file by which the process is recognised.
    "set-proc-title no",
    "",
  ].join("\n");
}

function configFile(state: State): string {
  return join(state.home, "redis", "redis.conf");
}
