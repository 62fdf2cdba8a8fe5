import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chaosFolder } from "../harness/own-servers.ts";
import { projectFolder } from "../services/ensure-services.ts";

/** One exact replacement in a copy of the code. */
export interface Patch {
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
}

/**
 * Copies the code and patches the copy, so that neither mutants nor crash points need a switch in what
 * goes to production.
 *
 * @returns the copy's folder, below the project's, where its packages are found.
 * @throws Error naming the file when a pattern is not there exactly once: the code has moved on, and the
 * patch has to follow.
 */
export function patchTree(name: string, patches: readonly Patch[]): string {
  const tree = join(chaosFolder, "trees", name);
  rmSync(tree, { recursive: true, force: true });
  for (const part of ["services", "lib", "migrations", "package.json", "tsconfig.json"]) {
    cpSync(join(projectFolder, part), join(tree, part), {
      recursive: true,
      filter: (path) => !path.endsWith(".test.ts"),
    });
  }
  for (const patch of patches) {
    const path = join(tree, patch.file);
    writeFileSync(path, applyPatch(readFileSync(path, "utf8"), patch));
  }
  return tree;
}

export function applyPatch(text: string, { file, find, replace }: Patch): string {
  const parts = text.split(find);
  if (parts.length !== 2) {
    throw new Error(`${file}: the patch fits ${parts.length - 1} times, not once: ${find.trim()}`);
  }
  return parts.join(replace);
}
