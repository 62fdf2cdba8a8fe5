import * as v from "valibot";
import { settings, url } from "#lib/config/settings.ts";

const { AUTH_MODE, CDN_URL, HOST, LOG_LEVEL, PORT, PUBLIC_URL } = settings;
const d = v.description;
const secret = v.pipe(v.string(), v.minLength(32, "must have at least 32 characters"));

export const ImagesConfig = v.object({
  PORT,
  HOST,
  PUBLIC_URL,
  CDN_URL,
  LOG_LEVEL,
  AUTH_MODE,
  IMAGE_STORE: v.optional(
    v.pipe(
      v.picklist(["disk", "s3"]),
      d("Where photos lie. `disk` is for one machine; `s3` needs the `S3_…` variables"),
    ),
    "disk",
  ),
  IMAGE_DIR: v.optional(v.pipe(v.string(), d("Folder of the disk store")), ".local/images"),
  UPLOAD_SECRET: v.optional(
    v.pipe(
      secret,
      d(
        "Signs upload URLs and binds keys to their owner. Without it one is made at every start: " +
          "fine for one process, not for two, nor across a restart during an upload",
      ),
    ),
  ),
  S3_ENDPOINT: v.optional(v.pipe(url(["http:", "https:"]), d("S3 as clients reach it"))),
  S3_BUCKET: v.optional(v.pipe(v.string(), d("Bucket of the photos"))),
  S3_REGION: v.optional(v.pipe(v.string(), d("Region that requests are signed for")), "us-east-1"),
  S3_ACCESS_KEY_ID: v.optional(v.pipe(v.string(), d("S3 access key"))),
  S3_SECRET_ACCESS_KEY: v.optional(v.pipe(v.string(), d("S3 secret key"))),
});
export type ImagesConfig = v.InferOutput<typeof ImagesConfig>;

/**
 * What `IMAGE_STORE=s3` needs, all at once. Not part of the schema above, because edge joins the schemas
 * of all services entry by entry. The secret is required: several processes sign and verify, and each
 * with one of its own would refuse the others' keys.
 */
export const S3Config = v.object({
  UPLOAD_SECRET: v.string(),
  CDN_URL: v.string(),
  S3_ENDPOINT: v.string(),
  S3_BUCKET: v.string(),
  S3_ACCESS_KEY_ID: v.string(),
  S3_SECRET_ACCESS_KEY: v.string(),
});
