import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { projectFolder } from "../services/ensure-services.ts";

/** Of version 2, or of version 1's controller of memory: where its groups are, and their files. */
const cgroups = existsSync("/sys/fs/cgroup/cgroup.controllers")
  ? { folder: "/sys/fs/cgroup", limit: "memory.max", peak: "memory.peak" }
  : {
      folder: "/sys/fs/cgroup/memory",
      limit: "memory.limit_in_bytes",
      peak: "memory.max_usage_in_bytes",
    };

export type Confined = ReturnType<typeof confine>;

/**
 * The command under a pod's limits: user 1000 without capabilities, a root that nothing can write to but the folders
 * named, and a cgroup with its limit of memory, which the process sees as a container's would.
 *
 * @throws Error where this user may not do that: it takes root on Linux.
 */
export function confine(
  name: string,
  command: readonly string[],
  { limitBytes, writable }: { limitBytes: number; writable: readonly string[] },
) {
  if (process.getuid?.() !== 0) throw new Error("to confine programs takes root, on Linux");
  const group = join(cgroups.folder, `eco2-${name}-${crypto.randomUUID().slice(0, 8)}`);
  mkdirSync(group);
  writeFileSync(join(group, cgroups.limit), String(limitBytes));
  const script = [
    "set -e",
    `echo $$ > ${group}/cgroup.procs`,
    "mount --make-rprivate /",
    ...writable.flatMap((path) => [
      `mkdir -p ${path}`,
      `chown 1000:1000 ${path}`,
      `mount --bind ${path} ${path}`,
    ]),
    "mount -o remount,ro,bind /",
    `mount --bind ${group} ${cgroups.folder}`,
    'exec setpriv --reuid 1000 --regid 1000 --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all "$@"',
  ].join("\n");
  return {
    command: ["unshare", "--mount", "sh", "-c", script, "sh", ...command],
    /** Most the group has had, in MB (10⁶ bytes): with the page cache and the kernel's buffers, as a limit counts. */
    peakMb: (): number => Number(readFileSync(join(group, cgroups.peak), "utf8")) / 1e6,
    /** Once its processes have ended. */
    remove: (): void => rmdirSync(group),
  };
}

/** `dist/` has what is deployed: compiled programs, and for what runs from source the runtime of its image. */
export function deployedPrograms() {
  const dist = (name: string) => join(projectFolder, "dist", name);
  for (const name of ["eco2-worker", "eco2-operator"]) {
    if (!existsSync(dist(name))) throw new Error(`there is no dist/${name}: bun run build`);
  }
  // Not where it is installed, which another user may not read.
  copyFileSync(process.execPath, dist("bun"));
  return {
    edge: [dist("bun"), "services/edge/main.ts"],
    worker: [dist("eco2-worker")],
    operator: [dist("eco2-operator")],
  } as const;
}
