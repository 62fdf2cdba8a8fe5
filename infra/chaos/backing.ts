import { join } from "node:path";
import { bringUpOwn, type OwnServers } from "../harness/own-servers.ts";
import { projectFolder } from "../services/ensure-services.ts";
import { signalProcess } from "../services/process-table.ts";
import type { ServiceName } from "../services/service.ts";

/** Everything the suite writes: data of its own servers, photos, logs, patched trees. */
export const chaosFolder = join(projectFolder, ".local/chaos");

/** Servers which the suite may kill. */
export interface Backing extends OwnServers {
  /** SIGKILL, and nobody restarts it. */
  kill(name: ServiceName): void;
}

export async function bringUp(log: (line: string) => void): Promise<Backing> {
  const servers = await bringUpOwn(chaosFolder, log);
  return {
    ...servers,
    // Not copied: a server may come back on another port.
    get urls() {
      return servers.urls;
    },
    kill: (name) => {
      for (const found of servers.processes(name)) signalProcess(found, "SIGKILL");
    },
  };
}
