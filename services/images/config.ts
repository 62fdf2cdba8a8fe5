import * as v from "valibot";
import { standaloneRules, standaloneSettings } from "#lib/config/auth-settings.ts";
import { checkTogether } from "#lib/config/check-together.ts";
import {
  limit,
  origin,
  processSettings,
  settings,
  url,
  wholeNumber,
} from "#lib/config/settings.ts";

const { CORS_ORIGINS, CDN_URL, DATABASE_URL, HOST, PORT } = settings;
const { PUBLIC_URL, REDIS_PREFIX, REDIS_URL, S3_ENDPOINT } = settings;
const d = v.description;
/** A scan may be redriven for as long as its dead letter lives, 7 days, and needs its photo then. */
const scanPhotoDaysMin = 8;
const secret = v.pipe(v.string(), v.minLength(32, "must have at least 32 characters"));

export const ImagesConfig = v.pipe(
  v.object({
    DATABASE_URL,
    PORT,
    HOST,
    REDIS_URL,
    REDIS_PREFIX,
    PUBLIC_URL,
    CDN_URL,
    ...processSettings,
    CORS_ORIGINS,
    IMAGE_STORE: v.optional(
      v.pipe(
        v.picklist(["disk", "s3"]),
        d("Where photos lie. `disk` is for one machine; `s3` needs the `S3_…` variables"),
      ),
      "disk",
    ),
    IMAGE_DIR: v.optional(v.pipe(v.string(), d("Folder of the disk store")), ".local/images"),
    IMAGE_SWEEP_INTERVAL: v.optional(
      v.pipe(
        wholeNumber(0, 86_400),
        d(
          "Seconds between two sweeps of uploads nobody confirmed within a day, and of photos no scan has used " +
            "within nine; 0 leaves them",
        ),
      ),
      "3600",
    ),
    IMAGE_TTL_DAYS: v.optional(
      v.pipe(
        wholeNumber(0, 36_500),
        v.check(
          (days) => days === 0 || days >= scanPhotoDaysMin,
          `must be 0 or at least ${scanPhotoDaysMin}: a dead letter is redriven for 7 days`,
        ),
        d(
          "Days a confirmed photo of the channel `scan` is kept, also from its owner's history; " +
            "0 keeps it for good",
        ),
      ),
      "0",
    ),
    UPLOADS_PER_DAY_PER_USER: limit(
      "Uploads one user may begin a day, whether confirmed or not",
      500,
    ),
    UPLOAD_MB_PER_DAY_PER_USER: limit(
      "Megabytes of them, 10.5 for one whose size was not declared",
      5_000,
    ),
    UPLOAD_SECRET: v.optional(
      v.pipe(
        secret,
        d(
          "Signs upload URLs and binds keys to their owner. Without it one is made at every start: " +
            "fine for one process, not for two, nor across a restart during an upload",
        ),
      ),
    ),
    S3_ENDPOINT,
    S3_BUCKET: v.optional(v.pipe(v.string(), d("Bucket of the photos"))),
    S3_REGION: v.optional(
      v.pipe(v.string(), d("Region that requests are signed for")),
      "us-east-1",
    ),
    S3_ACCESS_KEY_ID: v.optional(v.pipe(v.string(), d("S3 access key"))),
    S3_SECRET_ACCESS_KEY: v.optional(v.pipe(v.string(), d("S3 secret key"))),
    S3_SESSION_TOKEN: v.optional(
      v.pipe(v.string(), d("Session token, where the two keys are of a role and expire with it")),
    ),
    AWS_ROLE_ARN: v.optional(
      v.pipe(
        v.string(),
        d("Role whose credentials sign for S3 in place of keys, which needs the file of a token"),
      ),
    ),
    AWS_WEB_IDENTITY_TOKEN_FILE: v.optional(
      v.pipe(v.string(), d("File of the token that takes the role, as EKS puts it into a pod")),
    ),
    AWS_ENDPOINT_URL_STS: v.optional(
      v.pipe(
        url(["http:", "https:"]),
        d(
          "STS, which gives the role's credentials; default `https://sts.<S3_REGION>.amazonaws.com`",
        ),
      ),
    ),
  }),
  imageRules(),
);
export type ImagesConfig = v.InferOutput<typeof ImagesConfig>;

/**
 * What `IMAGE_STORE=s3` needs. The secret is required: several processes sign and verify, and each
 * with one of its own would refuse the others' keys.
 */
export const S3Config = v.object({
  UPLOAD_SECRET: v.string(),
  CDN_URL: v.string(),
  S3_ENDPOINT: v.string(),
  S3_BUCKET: v.string(),
});
const keys = ["S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"] as const;
const role = ["AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE"] as const;
type S3Variable = keyof typeof S3Config.entries | (typeof keys | typeof role)[number];

type ImageSettings = Readonly<Partial<Record<S3Variable, string | undefined>>> & {
  readonly IMAGE_STORE: "disk" | "s3";
};

/** Rules over several of them; for the `v.pipe` around the object, here and in edge. */
export function imageRules<T extends ImageSettings>() {
  return checkTogether<T>((given, refuse) => {
    if (given.IMAGE_STORE === "s3") {
      const hasRole = role.some((name) => given[name] !== undefined);
      const credentials = hasRole ? role : keys;
      for (const name of [...v.keyof(S3Config).options, ...credentials]) {
        if (given[name] === undefined) refuse(name, "is required by IMAGE_STORE=s3");
      }
      // Which of them signs should not be a surprise.
      for (const name of hasRole ? keys : []) {
        if (given[name] !== undefined) refuse(name, "is not for who takes AWS_ROLE_ARN");
      }
    }
    // S3 serves photos below a path; the disk store has one of its own.
    if (given.IMAGE_STORE === "disk" && given.CDN_URL && !v.is(origin, given.CDN_URL)) {
      refuse("CDN_URL", "must be an origin with IMAGE_STORE=disk, as https://cdn.example");
    }
  });
}

/** What the process reads that serves it alone; edge authenticates by itself. */
export const ImagesProcessConfig = v.pipe(
  v.object({ ...ImagesConfig.entries, ...standaloneSettings }),
  standaloneRules(),
  imageRules(),
);
