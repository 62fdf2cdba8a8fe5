import type { Clock } from "#lib/clock/clock.ts";
import type { Center } from "#lib/contract/places/center.ts";
import { Fault } from "#lib/error/fault.ts";

export interface ReadCenterDeps {
  readonly clock: Clock;
  center(id: string, now: number): Promise<Center | undefined>;
}

/** @throws Fault `CENTER_NOT_FOUND` */
export async function readCenter(deps: ReadCenterDeps, id: string): Promise<Center> {
  const center = await deps.center(id, deps.clock.now());
  if (!center) throw new Fault("CENTER_NOT_FOUND");
  return center;
}
