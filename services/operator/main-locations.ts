import * as v from "valibot";
import { runCommand } from "#lib/cli/run-command.ts";
import { readPlaceFile } from "./adapters/place-files.ts";
import { withPlaceImport } from "./adapters/place-import.ts";
import { MigrateConfig } from "./config.ts";
import { importPlaces } from "./import-places.ts";
import { type Environment, readConfig } from "./main-environment.ts";
import {
  type LocationsCommand,
  locationsCommand,
  readLocationsCommand,
} from "./main-locations-command.ts";
import { userName } from "./main-session.ts";
import { PlaceMapping } from "./place-mapping.ts";
import { SOURCES } from "./place-sources/sources.ts";

/** More than a person reads; their number says enough. */
const refusedShownMax = 100;
const progressRows = 10_000;

/** Imports a register of places. */
export function locations(args: readonly string[], environment: Environment): Promise<void> {
  return runCommand(
    locationsCommand,
    async (typed) => {
      const command = readLocationsCommand(typed);
      const { DATABASE_URL } = await readConfig(MigrateConfig, environment);
      await run(command, DATABASE_URL);
      return 0;
    },
    args,
  );
}

async function run(command: LocationsCommand, url: string): Promise<void> {
  const { file, source, isDryRun, isSure, json } = command;
  const mapping = await readMapping(command);
  let refused = 0;
  const reporter = {
    refused: (line: number, reason: string) => {
      if (++refused <= refusedShownMax) say(`${file}:${line}: ${reason}`);
      if (refused === refusedShownMax + 1) say("further rows are counted only");
    },
    note: say,
    progress: (rows: number) => {
      if (rows % progressRows === 0) say(`${rows.toLocaleString("en")} rows`);
    },
  };
  const options = { source, isDryRun, who: userName() };
  const report = await withPlaceImport(url, options, (store) =>
    importPlaces(store, readPlaceFile(file, mapping.rows), { mapping, isSure }, reporter),
  );
  if (json) return show(JSON.stringify({ source, dry_run: isDryRun, ...report }));
  const counts = Object.entries(report).map(
    ([name, count]) => `${count.toLocaleString("en")} ${name}`,
  );
  show(`${source}: ${counts.join(", ")}${isDryRun ? " (dry run: nothing has changed)" : ""}`);
}

async function readMapping({ source, mappingFile }: LocationsCommand): Promise<PlaceMapping> {
  const given = mappingFile === undefined ? SOURCES[source] : await readJson(mappingFile);
  const parsed = v.safeParse(PlaceMapping, given);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new Error(`${mappingFile ?? source}: ${v.getDotPath(issue) ?? ""}: ${issue.message}`);
}

async function readJson(file: string): Promise<unknown> {
  try {
    return await Bun.file(file).json();
  } catch (cause) {
    throw new Error(`${file}: no JSON document that can be read`, { cause });
  }
}

function show(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Standard output is what the command was asked for. */
function say(text: string): void {
  process.stderr.write(`locations: ${text}\n`);
}
