import { delimiter, join } from "node:path";

/** Folders that packages use without adding them to PATH; searched before PATH. */
const FOLDERS = [
  "/usr/lib/postgresql/*/bin",
  "/usr/pgsql-*/bin",
  "/usr/lib/rabbitmq/bin",
  "/usr/lib/erlang/bin",
  "/opt/homebrew/opt/{postgresql,redis,erlang}*/bin",
  "/opt/homebrew/opt/rabbitmq/sbin",
  "/opt/homebrew/bin",
  "/usr/local/opt/{postgresql,redis,erlang}*/bin",
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
  return [...new Set([...inFolders, ...inPath])].filter((path) => Bun.which(path) !== null);
}

/** Paths of executables by name; undefined for those that are missing. */
export type Binaries = Readonly<Record<string, string | undefined>>;

/** The first executable of each name. */
export function findFirst(names: readonly string[]): Binaries {
  return Object.fromEntries(names.map((name) => [name, findBinaries(name)[0]]));
}
