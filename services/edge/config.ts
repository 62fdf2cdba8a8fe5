import * as v from "valibot";
import { CharacterConfig } from "../character/config.ts";
import { EventsConfig } from "../events/config.ts";
import { ImagesConfig } from "../images/config.ts";
import { ScanConfig } from "../scan/config.ts";
import { UsersConfig } from "../users/config.ts";

/** Everything any mounted service reads. */
export const EdgeConfig = v.object({
  ...ScanConfig.entries,
  ...EventsConfig.entries,
  ...ImagesConfig.entries,
  ...UsersConfig.entries,
  ...CharacterConfig.entries,
});
export type EdgeConfig = v.InferOutput<typeof EdgeConfig>;
