import { breach, type Finding, ok } from "./check.ts";

export interface SeenMemory {
  readonly usedBytes: number;
  /** 0 is no limit. */
  readonly maxBytes: number;
  readonly policy: string;
  readonly isNearlyFull: boolean;
}

/** Redis has room for what is to come, and forgets nothing to make some. */
export async function checkMemory(readMemory: () => Promise<SeenMemory>): Promise<Finding> {
  const { usedBytes, maxBytes, policy, isNearlyFull } = await readMemory();
  if (maxBytes === 0) return ok(`${mb(usedBytes)} used, without a limit (maxmemory)`);
  const used = `${mb(usedBytes)} of ${mb(maxBytes)} used`;
  if (policy !== "noeviction") return breach(`${used}; ${policy} forgets what was accepted`);
  return isNearlyFull ? breach(`${used}; new scans are refused`) : ok(used);
}

function mb(bytes: number): string {
  return `${Math.round(bytes / 1_000_000)} MB`;
}
