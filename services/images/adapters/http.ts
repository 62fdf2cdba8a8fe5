import { type Context, Hono } from "hono";
import * as v from "valibot";
import type { Clock } from "#lib/clock/clock.ts";
import { named } from "#lib/contract/named.ts";
import { optionalField } from "#lib/contract/optional-field.ts";
import { Fault } from "#lib/error/fault.ts";
import type { App, AppEnv } from "#lib/http/create-app.ts";
import { piecesOf } from "#lib/http/drain-body.ts";
import { jsonBody, refuseCompressed } from "#lib/http/json-body.ts";
import { describe } from "#lib/http/openapi.ts";
import { quotaHeaderNames } from "#lib/http/openapi-components.ts";
import { quotaHeaders } from "#lib/http/quota-headers.ts";
import { requireUser } from "#lib/http/require-user.ts";
import { validate } from "#lib/http/validate.ts";
import { sniffImage } from "#lib/image/inspect.ts";
import { ConfirmedUpload, confirmUpload } from "../confirm-upload.ts";
import { type CreateDeps, createUpload, UploadOffer } from "../create-upload.ts";
import type { DirectStore } from "../image-store.ts";
import { mediaType } from "../media-type.ts";
import { receiveUpload } from "../receive-upload.ts";
import type { UploadOwners } from "../remove-ownerless.ts";
import { isKey, parseChannel, type UploadTerms, uploadClaim } from "../upload.ts";

export interface ImagesRoutesDeps extends CreateDeps {
  readonly owners: Pick<UploadOwners, "add" | "confirm">;
  /** The same store, when it is one whose bytes this app takes and serves. */
  readonly files?: DirectStore;
  readonly clock: Clock;
}

const bodyBytesMax = 4 * 1024;
/** A photo under a key never changes, but goes with its account. */
const cacheSeconds = 60 * 60;

const UploadRequest = named(
  "UploadRequest",
  v.object({
    content_type: optionalField(
      v.pipe(
        v.string(),
        v.maxLength(100),
        v.description("Type of the photo; required where photos lie in S3"),
      ),
    ),
    size: optionalField(
      v.pipe(
        v.number(),
        v.integer(),
        v.minValue(0),
        v.description("Bytes of the photo; required where photos lie in S3"),
      ),
    ),
  }),
  { content_type: "image/jpeg", size: 183421 },
);
const ConfirmRequest = named(
  "ConfirmUploadRequest",
  v.object({ key: v.pipe(v.string(), v.maxLength(200)) }),
  { key: "scan.Zk3u0q1Jd2m8b7.3mQvJ0o5n2b8VwX1c7" },
);
/** An absent part is a wrong signature, not a malformed request; signed values need no other check. */
const SignedQuery = v.object({
  expires: v.optional(v.string(), ""),
  type: v.optional(v.string(), ""),
  size: v.optional(v.string(), ""),
  signature: v.optional(v.string(), ""),
});

export function createImagesRoutes(deps: ImagesRoutesDeps): App {
  const app = new Hono<AppEnv>();

  app.post(
    "/api/v1/images/:channel",
    describeCreate,
    requireUser(),
    jsonBody(bodyBytesMax, { isOptional: true }),
    validate("json", UploadRequest),
    async (c) => {
      const channel = parseChannel(c.req.param("channel"));
      const { content_type: contentType, size } = c.req.valid("json");
      const request = { channel, userId: c.get("userId"), contentType, size };
      const { offer, quotas } = await createUpload(deps, request);
      return c.json(offer, 201, quotaHeaders(quotas));
    },
  );

  app.post(
    "/api/v1/images/:channel/callback",
    describeConfirm,
    requireUser(),
    jsonBody(bodyBytesMax),
    validate("json", ConfirmRequest),
    async (c) => {
      const channel = parseChannel(c.req.param("channel"));
      const { key } = c.req.valid("json");
      return c.json(await confirmUpload(deps, { channel, userId: c.get("userId"), key }));
    },
  );

  if (deps.files) serveFiles(app, deps.files, deps);
  return app;
}

/** What S3 and its CDN do otherwise. Neither route authenticates: the signed URL and the key suffice. */
function serveFiles(
  app: App,
  files: DirectStore,
  { signer, photo, clock }: ImagesRoutesDeps,
): void {
  app.put(
    "/api/v1/images/upload/:key",
    describeReceive,
    validate("query", SignedQuery),
    async (c) => {
      const key = c.req.param("key");
      const { signature, ...terms } = c.req.valid("query");
      const isSigned = isKey(key) && (await signer.verify(uploadClaim(key, terms), signature));
      const isInTime = Number(terms.expires) * 1000 > clock.now();
      if (!(isSigned && isInTime)) throw new Fault("UPLOAD_SIGNATURE_INVALID");
      if (!isAsDeclared(c, terms)) throw new Fault("UPLOAD_NOT_AS_DECLARED");
      refuseCompressed(c.req.raw.headers);
      const sent = c.req.raw.body ?? new ReadableStream({ start: (empty) => empty.close() });
      const body = piecesOf(sent);
      await receiveUpload({ files, photo }, { key, body, declaredSize: declaredSize(c) });
      return c.body(null, 200);
    },
  );

  app.get("/api/v1/images/files/:key", describeRead, async (c) => {
    const key = c.req.param("key");
    const file = isKey(key) ? await files.open(key) : undefined;
    if (file === undefined) throw new Fault("UPLOAD_NOT_FOUND");
    const mime = sniffImage(await file.slice(0, 12).bytes());
    const headers = {
      "content-type": mime ?? "application/octet-stream",
      // Said for HEAD, where the body that would tell is dropped.
      "content-length": String(file.size),
      "content-disposition": "inline",
      "x-content-type-options": "nosniff",
      "content-security-policy": "default-src 'none'; sandbox",
      // Photos are shown by apps of other origins.
      "cross-origin-resource-policy": "cross-origin",
      "cache-control": `public, max-age=${cacheSeconds}`,
    };
    return new Response(file, { headers });
  });
}

/** Whether every signed header is there as it was signed; S3 checks the same, and takes no other name of a type. */
function isAsDeclared(c: Context, { type, size }: UploadTerms): boolean {
  const isType = type === "" || mediaType(c.req.header("content-type") ?? "") === type;
  return isType && (size === "" || c.req.header("content-length") === size);
}

function declaredSize(c: Context): number | undefined {
  const header = c.req.header("content-length");
  return header === undefined ? undefined : Number(header);
}

const describeCreate = describe({
  id: "createUpload",
  tag: "images",
  summary: "Ask for a place to upload a photo to; channel is scan, chat or my",
  responses: {
    201: {
      description: "PUT the photo to upload_url",
      schema: UploadOffer,
      headers: quotaHeaderNames,
    },
  },
  faults: [
    "MALFORMED_JSON",
    "CONTENT_TYPE_UNSUPPORTED",
    "VALIDATION_FAILED",
    "UNAUTHENTICATED",
    "IMAGE_CHANNEL_UNKNOWN",
    "UPLOAD_UNDECLARED",
    "BODY_TOO_LARGE",
    "IMAGE_TOO_LARGE",
    "IMAGE_TYPE_UNSUPPORTED",
    "IMAGE_EMPTY",
    "TOO_MANY_UPLOADS",
    "ACCOUNT_DELETED",
    "UNAVAILABLE",
  ],
});

const describeConfirm = describe({
  id: "confirmUpload",
  tag: "images",
  summary: "Have an uploaded photo checked, rid of its metadata, and published",
  responses: { 200: { description: "The photo is usable", schema: ConfirmedUpload } },
  faults: [
    "MALFORMED_JSON",
    "CONTENT_TYPE_UNSUPPORTED",
    "VALIDATION_FAILED",
    "UNAUTHENTICATED",
    "IMAGE_CHANNEL_UNKNOWN",
    "UPLOAD_NOT_FOUND",
    "BODY_TOO_LARGE",
    "IMAGE_TOO_LARGE",
    "IMAGE_TYPE_UNSUPPORTED",
    "IMAGE_HEIF_UNSUPPORTED",
    "IMAGE_EMPTY",
    "IMAGE_TOO_MANY_PIXELS",
    "IMAGE_CORRUPT",
    "UNAVAILABLE",
  ],
});

const describeReceive = describe({
  id: "uploadPhoto",
  tag: "images",
  summary: "Upload a photo to the URL that was offered, with the headers it requires",
  responses: { 200: { description: "Stored" } },
  faults: [
    "UPLOAD_SIGNATURE_INVALID",
    "UPLOAD_NOT_AS_DECLARED",
    "CONTENT_ENCODING_UNSUPPORTED",
    "IMAGE_TOO_LARGE",
    "IMAGE_TYPE_UNSUPPORTED",
    "IMAGE_HEIF_UNSUPPORTED",
    "IMAGE_EMPTY",
    "IMAGE_TOO_MANY_PIXELS",
    "IMAGE_CORRUPT",
  ],
});

const describeRead = describe({
  id: "readPhoto",
  tag: "images",
  summary: "Read a photo",
  responses: { 200: { description: "The photo", schema: v.string(), mediaType: "image/*" } },
  faults: ["UPLOAD_NOT_FOUND"],
});
