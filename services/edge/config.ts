import * as v from "valibot";
import { authRules } from "#lib/config/auth-settings.ts";
import { modelRules } from "#lib/config/model-rules.ts";
import { AuthConfig, signInRules } from "../auth/config.ts";
import { CharacterConfig } from "../character/config.ts";
import { ChatConfig } from "../chat/config.ts";
import { EventsConfig, eventsRules } from "../events/config.ts";
import { ImagesConfig, imageRules } from "../images/config.ts";
import { LocationConfig } from "../location/config.ts";
import { OpsConfig } from "../operator/config.ts";
import { ScanConfig } from "../scan/config.ts";
import { UsersConfig } from "../users/config.ts";
import { WebConfig } from "../web/config.ts";
import { WebhooksConfig } from "../webhooks/config.ts";

/** Everything any mounted service reads. */
export const EdgeConfig = v.pipe(
  v.object({
    ...ScanConfig.entries,
    ...ChatConfig.entries,
    ...EventsConfig.entries,
    ...ImagesConfig.entries,
    ...UsersConfig.entries,
    ...CharacterConfig.entries,
    ...AuthConfig.entries,
    ...LocationConfig.entries,
    ...WebhooksConfig.entries,
    ...WebConfig.entries,
    ...OpsConfig.entries,
  }),
  authRules(),
  signInRules(),
  modelRules(),
  imageRules(),
  eventsRules(),
);
export type EdgeConfig = v.InferOutput<typeof EdgeConfig>;
