import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { composeStop, engineAnswers } from "./compose.ts";
import { runAs } from "./daemon.ts";
import { projectFolder, type ServicesOptions } from "./ensure-services.ts";
import { acquireLock } from "./lock.ts";
import { stopPrivate } from "./private.ts";
import { SERVICE_NAMES } from "./service.ts";
import { localFolder, readState, type State } from "./state.ts";

/** Stops everything we ever started for this project; its data stays unless `purge` is set. */
export async function takeDown(options: ServicesOptions & { purge?: boolean } = {}): Promise<void> {
  const { project = projectFolder, log = () => {}, purge = false } = options;
  if (!existsSync(join(project, ".local"))) return;
  using _ = await acquireLock(localFolder(project), log);
  const state = readState(project);
  if (state) await stopAll(state);
  if (state && purge && existsSync(state.home)) {
    await runAs(state, ["find", state.home, "-mindepth", "1", "-delete"], { cwd: "/" });
    rmSync(state.home, { recursive: true, force: true });
  }
  if (purge) rmSync(join(project, ".local"), { recursive: true, force: true });
}

async function stopAll(state: State): Promise<void> {
  if (state.compose.length > 0 && (await engineAnswers(state.project))) {
    await composeStop(state, state.compose);
  }
  await Promise.all(SERVICE_NAMES.map((name) => stopPrivate(name, state)));
}
