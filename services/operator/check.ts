import { explainError } from "#lib/error/explain-error.ts";
import { Fault } from "#lib/error/fault.ts";

/** One thing `doctor` looked at. */
export interface Check {
  readonly name: string;
  /** `skipped`: could not be looked at here, and the detail says why; no breach. */
  readonly state: "ok" | "breach" | "skipped";
  /** One line. */
  readonly detail: string;
}

/** A service does not answer: nothing can be said about the system. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
}

export type Finding = Omit<Check, "name">;

export const ok = (detail: string): Finding => ({ state: "ok", detail });
export const breach = (detail: string): Finding => ({ state: "breach", detail });

/**
 * A check that fails by itself is a breach as well: what cannot be looked at cannot be trusted.
 *
 * @throws Unreachable when a service went away meanwhile.
 */
export async function look(name: string, work: () => Promise<Finding>): Promise<Check> {
  try {
    return { name, ...(await work()) };
  } catch (error) {
    if (error instanceof Fault && error.code === "UNAVAILABLE") {
      throw new Unreachable(`${name}: ${explainError(error.cause)}`);
    }
    return { name, ...breach(`could not be checked: ${explainError(error)}`) };
  }
}

const namedMax = 3;

/** `3 of 120 jobs: a, b, c`; the rest is counted. */
export function some(things: readonly string[]): string {
  const rest = things.length - namedMax;
  return things.slice(0, namedMax).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}
