import type { Subprocess } from "bun";

const running = new Set<Subprocess>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** Ends the child when this process ends, in whatever way. Resolves with the child's exit code. */
export function killOnExit(child: Subprocess): Promise<number> {
  running.add(child);
  return child.exited.finally(() => running.delete(child));
}
