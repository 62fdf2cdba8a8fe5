import { chownSync, lstatSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Account, localFolder, projectId } from "./state.ts";

/** Beyond these, the servers' configuration languages disagree on how a path is quoted. */
const plainPath = /^[A-Za-z0-9._/-]+$/;

/**
 * Whom the instances run as, and where their data lies.
 *
 * PostgreSQL refuses to run as root, and nothing else here needs to: started by root, all three run
 * as `nobody`. Where that account cannot reach the project (a parent with mode 0700), or its path
 * is not plain, their data lies under the system's folder for files that survive a restart.
 */
export function choosePlace(project: string): { home: string; account: Account | null } {
  const uid = process.getuid?.() ?? 0;
  const account = uid === 0 ? lookUp("nobody") : null;
  const inside = join(localFolder(project), "instances");
  if (plainPath.test(inside)) {
    makeFolder(inside, uid, account);
    if (!account || canUse(account, inside)) return { home: inside, account };
  }
  const outside = join("/var/tmp", `eco2-${projectId(project)}`);
  makeFolder(outside, uid, account);
  return { home: outside, account };
}

/** Outside, the name is known in advance and the parent is everyone's: take only what is ours. */
function makeFolder(path: string, uid: number, account: Account | null): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const found = lstatSync(path);
  const owners = [uid, account?.uid];
  if (!found.isDirectory() || !owners.includes(found.uid)) {
    throw new Error(`${path} belongs to someone else`);
  }
  if (account) chownSync(path, account.uid, account.gid);
}

function canUse(account: Account, folder: string): boolean {
  const { uid, gid } = account;
  const test = Bun.spawnSync(["test", "-w", folder, "-a", "-x", folder], { uid, gid, cwd: "/" });
  return test.exitCode === 0;
}

function lookUp(name: string): Account {
  const lines = readFileSync("/etc/passwd", "utf8").split("\n");
  const [, , uid, gid] = lines.find((line) => line.startsWith(`${name}:`))?.split(":") ?? [];
  if (!uid || !gid) throw new Error(`there is no account "${name}" to run the services as`);
  return { uid: Number(uid), gid: Number(gid) };
}
