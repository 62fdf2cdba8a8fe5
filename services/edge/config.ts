import * as v from "valibot";
import { EventsConfig } from "../events/config.ts";
import { ImagesConfig } from "../images/config.ts";
import { ScanConfig } from "../scan/config.ts";

/** Everything any mounted service reads. */
export const EdgeConfig = v.object({
  ...ScanConfig.entries,
  ...EventsConfig.entries,
  ...ImagesConfig.entries,
});
export type EdgeConfig = v.InferOutput<typeof EdgeConfig>;
