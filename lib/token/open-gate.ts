import { Gauge } from "prom-client";
import { publicOrigin } from "#lib/config/public-url.ts";
import type { Database } from "#lib/db/client.ts";
import type { Logger } from "#lib/log/logger.ts";
import type { ProcessScope } from "#lib/process/run-process.ts";
import type { Broker } from "#lib/queue/broker.ts";
import { Blacklist } from "./blacklist.ts";
import { followBlacklist } from "./follow-blacklist.ts";
import { createGate, type Gate } from "./gate.ts";
import { type KeySet, openKeySet } from "./key-set.ts";
import type { KeySetJson } from "./key-set-json.ts";
import { isPublicOperation } from "./public-operations.ts";
import { createVerifier } from "./verifier.ts";

export interface GateConfig {
  readonly AUTH_MODE: "dev" | "oauth";
  readonly AUTH_KEYS?: KeySetJson | undefined;
  readonly PUBLIC_URL?: string | undefined;
  readonly PORT: number;
  readonly CORS_ORIGINS: readonly string[];
}

/** A gate over real connections, and what it is made of. */
export interface OpenGate {
  readonly gate: Gate;
  readonly keys: KeySet;
  readonly blacklist: Blacklist;
  /** Whether it would let anybody in who is somebody; for readiness. */
  isCurrent(): boolean;
}

/** @throws BootError when the keys or the list of what was revoked cannot be had. */
export async function openGate(
  config: GateConfig,
  given: {
    readonly broker: Broker;
    readonly db: Database;
    readonly log: Logger;
    readonly scope: Pick<ProcessScope, "onStop">;
  },
): Promise<OpenGate> {
  const keys = await openKeySet(config.AUTH_KEYS);
  const blacklist = new Blacklist();
  given.scope.onStop("blacklist", await followBlacklist({ ...given, blacklist }));
  new Gauge({
    name: "eco2_revocations",
    help: "Revoked tokens, sessions and users that this process refuses",
    collect() {
      this.set(blacklist.size);
    },
  });
  const gate = createGate({
    verify: createVerifier({ keys, blacklist }),
    mode: config.AUTH_MODE,
    allowedOrigins: [publicOrigin(config), ...config.CORS_ORIGINS],
    isPublic: isPublicOperation,
  });
  return { gate, keys, blacklist, isCurrent: () => blacklist.isCurrent(Date.now()) };
}
