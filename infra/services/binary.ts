import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Folders that packages use without adding them to PATH; searched before PATH. */
const FOLDERS = [
  "/usr/lib/postgresql/*/bin",
  "/usr/pgsql-*/bin",
  "/usr/lib/rabbitmq/bin",
  "/usr/lib/erlang/bin",
  "/opt/homebrew/opt/postgresql*/bin",
  "/opt/homebrew/opt/{redis,erlang}*/bin",
  "/opt/homebrew/opt/rabbitmq/sbin",
  "/opt/homebrew/bin",
  "/usr/local/opt/postgresql*/bin",
  "/usr/local/opt/{redis,erlang}*/bin",
  "/usr/local/opt/rabbitmq/sbin",
];

/** Every executable of that name, packages' own folders first. */
export function findBinaries(name: string): string[] {
  const inFolders = FOLDERS.flatMap((folder) => [
    ...new Bun.Glob(`${folder.slice(1)}/${name}`).scanSync({
      cwd: "/",
      absolute: true,
      followSymlinks: true,
    }),
  ]);
  const inPath = (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, name));
  return [...new Set([...inFolders, ...inPath])].filter(isExecutable);
}

/** Paths of executables by name, or the names of those that are missing. */
export type Binaries =
  | { readonly found: Readonly<Record<string, string>> }
  | { readonly missing: readonly string[] };

/** The first executable of each name, or the names that have none. */
export function requireBinaries(names: readonly string[]): Binaries {
  const found: Record<string, string> = {};
  for (const name of names) {
    const path = findBinaries(name)[0];
    if (path) found[name] = path;
  }
  const missing = names.filter((name) => !(name in found));
  return missing.length > 0 ? { missing } : { found };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
