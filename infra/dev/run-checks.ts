export interface Check {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** Mends most of what the check finds. */
  readonly mend?: string;
}

/**
 * Runs all checks side by side, also when one fails, so that one round shows everything. Prints a line
 * a check, and the output of those that failed.
 *
 * @returns the names of those that failed
 */
export async function runChecks(
  checks: readonly Check[],
  cwd: string,
  print: (text: string) => void,
): Promise<string[]> {
  const failed = await Promise.all(
    checks.map(async ({ name, command, mend }) => {
      const startedAt = performance.now();
      const { isOk, output } = await run(command, cwd);
      const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
      if (!isOk) print(`\n${output}\n`);
      const advice = !isOk && mend ? `; \`${mend}\` mends most of it` : "";
      print(`${isOk ? "ok    " : "FAILED"} ${name} (${seconds} s)${advice}\n`);
      return isOk ? [] : [name];
    }),
  );
  return failed.flat();
}

async function run(command: Check["command"], cwd: string) {
  const child = Bun.spawn([...command], { cwd, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const { stdout, stderr } = child;
  const texts = Promise.all([stdout, stderr].map((stream) => new Response(stream).text()));
  const isOk = (await child.exited) === 0;
  return { isOk, output: (await texts).join("") };
}
