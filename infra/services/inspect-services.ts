import { composeRunning, composeUrl, engineAnswers } from "./compose.ts";
import { projectFolder, type ServicesOptions } from "./ensure-services.ts";
import { privateMarker, privateUrl } from "./private.ts";
import { probe } from "./probe.ts";
import { findProcesses } from "./process-table.ts";
import { SERVICE_NAMES, type ServiceName, type Source, VARIABLES } from "./service.ts";
import { readState, type State } from "./state.ts";

export interface ServiceStatus {
  readonly name: ServiceName;
  /** `silent`: it is there, but does not answer. */
  readonly state: "up" | "silent" | "down";
  readonly source?: Source;
  readonly version?: string;
  /** Of a private instance's server. */
  readonly pid?: number;
  /** With its password: mask it before showing it. */
  readonly url?: string;
}

/** Looks, and changes nothing. */
export async function inspectServices(options: ServicesOptions = {}): Promise<ServiceStatus[]> {
  const { env = process.env, project = projectFolder } = options;
  const state = readState(project);
  const contained = await composeServices(project, env, state);
  return await Promise.all(
    SERVICE_NAMES.map(async (name) => {
      const given = env[VARIABLES[name]];
      if (given) return await inspect(name, { source: "environment", url: given });
      const pid = state && findProcesses([privateMarker(name, state)])[0]?.pid;
      if (pid) return await inspect(name, { source: "private", url: privateUrl(name, state), pid });
      if (!contained.includes(name)) return { name, state: "down" };
      return await inspect(name, { source: "compose", url: await composeUrl(project, name) });
    }),
  );
}

async function inspect(
  name: ServiceName,
  found: { source: Source; url: string; pid?: number },
): Promise<ServiceStatus> {
  try {
    return { name, state: "up", version: await probe(name, found.url), ...found };
  } catch {
    return { name, state: "silent", ...found };
  }
}

/** Asks the engine only about what neither the environment nor a private instance provides. */
async function composeServices(
  project: string,
  env: Readonly<Record<string, string | undefined>>,
  state: State | undefined,
): Promise<readonly string[]> {
  const open = SERVICE_NAMES.filter(
    (name) =>
      !env[VARIABLES[name]] && !(state && findProcesses([privateMarker(name, state)]).length > 0),
  );
  if (open.length === 0 || !(await engineAnswers(project))) return [];
  return await composeRunning(project);
}
