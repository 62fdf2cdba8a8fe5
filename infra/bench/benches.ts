import type { Bench } from "./bench.ts";
import { gatekeeper } from "./gatekeeper.ts";
import { overhead } from "./overhead.ts";
import { scaling } from "./scaling.ts";
import { storage } from "./storage.ts";
import { stream } from "./stream.ts";
import { users } from "./users.ts";

/** Every benchmark, in the order in which they run and are shown. */
export const BENCHES: readonly Bench[] = [overhead, users, stream, storage, scaling, gatekeeper];

/** Results in the benchmarks' order; those of benchmarks that are no more come last. */
export function inOrder<Named extends { readonly name: string }>(
  results: readonly Named[],
): readonly Named[] {
  const names = BENCHES.map(({ name }) => name);
  const place = ({ name }: Named) => (names.includes(name) ? names.indexOf(name) : names.length);
  return results.toSorted((a, b) => place(a) - place(b));
}
