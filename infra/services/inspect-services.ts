import { composeRunning, composeUrl, engineAnswers } from "./compose.ts";
import { projectFolder, type ServicesOptions } from "./ensure-services.ts";
import { PRIVATE } from "./private.ts";
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

/** Changes nothing. */
export async function inspectServices(options: ServicesOptions = {}): Promise<ServiceStatus[]> {
  const { env = process.env, project = projectFolder } = options;
  const state = readState(project);
  const known = new Map(SERVICE_NAMES.map((name) => [name, locate(name, env, state)]));
  // An engine may take long to answer: it is asked only about what is neither given nor private.
  const isOpen = [...known.values()].includes(undefined) && (await engineAnswers(project));
  const contained = isOpen ? await composeRunning(project) : [];
  return await Promise.all(
    SERVICE_NAMES.map(async (name) => {
      const found = known.get(name);
      if (found) return await inspect(name, found);
      if (!contained.includes(name)) return { name, state: "down" };
      return await inspect(name, { source: "compose", url: await composeUrl(project, name) });
    }),
  );
}

type Location = Pick<ServiceStatus, "pid"> & { readonly source: Source; readonly url: string };

/** Where the environment or a private instance has it. */
function locate(
  name: ServiceName,
  env: Readonly<Record<string, string | undefined>>,
  state: State | undefined,
): Location | undefined {
  const given = env[VARIABLES[name]];
  if (given) return { source: "environment", url: given };
  const pid = state && findProcesses([PRIVATE[name].marker(state)])[0]?.pid;
  return pid ? { source: "private", url: PRIVATE[name].url(state), pid } : undefined;
}

async function inspect(name: ServiceName, found: Location): Promise<ServiceStatus> {
  try {
    return { name, state: "up", version: await probe(name, found.url), ...found };
  } catch {
    return { name, state: "silent", ...found };
  }
}
