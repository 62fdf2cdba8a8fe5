import { type CommandLine, type Typed, UsageError } from "#lib/cli/command-line.ts";
import { SOURCES } from "./place-sources/sources.ts";

const options = {
  source: { type: "string" },
  mapping: { type: "string" },
  "dry-run": { type: "boolean", default: false },
  yes: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
} as const;

export const locationsCommand: CommandLine<typeof options> = {
  name: "locations",
  usage: `usage: locations import FILE --source NAME [--dry-run] [--json]
  Makes the places of a source those of FILE: CSV (UTF-8 or CP949) or JSON, as the public data portals offer it.
  New ones come, changed ones change, those that FILE no longer has go: all of it or nothing. A row that cannot be
  read is named with its line and left out; the place it stands for stays as it was.
  --source    ${Object.keys(SOURCES).join(", ")}; any other name with --mapping
  --mapping   a file that says which column is what, as those in services/operator/place-sources
  --dry-run   says what would happen, and changes nothing
  --yes       even if more than half of the places go`,
  options,
  argumentsMax: 2,
};

export interface LocationsCommand {
  readonly file: string;
  readonly source: string;
  readonly mappingFile: string | undefined;
  readonly isDryRun: boolean;
  readonly isSure: boolean;
  readonly json: boolean;
}

/** @throws UsageError */
export function readLocationsCommand({
  values,
  positionals,
}: Typed<typeof options>): LocationsCommand {
  const [verb, file] = positionals;
  if (verb !== "import") throw new UsageError(`unknown command '${verb ?? ""}'; see --help`);
  if (file === undefined) throw new UsageError("import: which file?");
  const { source = "", mapping: mappingFile } = values;
  if (!/^[a-z][a-z0-9-]{0,39}$/.test(source)) {
    throw new UsageError("--source: a name of small letters, digits and dashes");
  }
  if (mappingFile === undefined && !Object.hasOwn(SOURCES, source)) {
    const known = Object.keys(SOURCES).join(", ");
    throw new UsageError(`--source ${source}: known are ${known}; another one needs --mapping`);
  }
  if (source === "kakao" || source === "sample") {
    throw new UsageError(`--source ${source}: is taken`);
  }
  return {
    ...{ file, source, mappingFile, json: values.json },
    ...{ isDryRun: values["dry-run"], isSure: values.yes },
  };
}
