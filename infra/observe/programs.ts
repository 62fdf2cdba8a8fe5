import { join } from "node:path";
import { canInstall, installPackages } from "../services/apt.ts";

const PACKAGES = {
  prometheus: "prometheus",
  promtool: "prometheus",
  alertmanager: "prometheus-alertmanager",
  amtool: "prometheus-alertmanager",
} as const;
type ProgramName = keyof typeof PACKAGES;

/** Debian calls the server of the package by the package's name. */
const BINARIES: Partial<Record<ProgramName, string>> = { alertmanager: "prometheus-alertmanager" };

/**
 * Prometheus' own programs, as Debian has them; installed where that is possible.
 *
 * @throws Error that says what to install.
 */
export async function findProgram(name: ProgramName): Promise<string> {
  const find = () => Bun.which(name) ?? Bun.which(BINARIES[name] ?? name);
  const found = find();
  if (found) return found;
  const log = (line: string) => void process.stderr.write(`${line}\n`);
  const file = join(import.meta.dir, "../../.local/prometheus-apt.log");
  if (canInstall()) await installPackages([PACKAGES[name]], log, file);
  const installed = find();
  if (installed) return installed;
  throw new Error(`${name} not found: install ${PACKAGES[name]} (Debian), or prometheus (brew)`);
}

/** Runs one of the tools with a text as its input. */
export async function runTool(name: "promtool" | "amtool", args: readonly string[], input = "") {
  const child = Bun.spawn([await findProgram(name), ...args], {
    stdin: new TextEncoder().encode(input),
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { code, output: out + err };
}
