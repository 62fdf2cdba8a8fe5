import * as v from "valibot";
import { processSettings, settings } from "#lib/config/settings.ts";

const { CDN_URL, HOST, PORT, PUBLIC_URL, S3_ENDPOINT } = settings;

export const WebConfig = v.object({
  PORT,
  HOST,
  ...processSettings,
  PUBLIC_URL,
  CDN_URL,
  S3_ENDPOINT,
});
export type WebConfig = v.InferOutput<typeof WebConfig>;
