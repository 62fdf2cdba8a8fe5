import type { Bench } from "./bench.ts";
import { chat } from "./chat.ts";
import { fair } from "./fair.ts";
import { fanout } from "./fanout.ts";
import { gatekeeper } from "./gatekeeper.ts";
import { limits } from "./limits.ts";
import { overhead } from "./overhead.ts";
import { places } from "./places.ts";
import { scaling } from "./scaling.ts";
import { storage } from "./storage.ts";
import { stream } from "./stream.ts";
import { users } from "./users.ts";

/** Every benchmark, in the order in which they run and are shown. */
export const BENCHES: readonly Bench[] = [
  overhead,
  users,
  stream,
  fanout,
  storage,
  scaling,
  gatekeeper,
  places,
  limits,
  fair,
  chat,
];
