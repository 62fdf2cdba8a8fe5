import { systemClock } from "#lib/clock/clock.ts";
import { loadConfig } from "#lib/config/load-config.ts";
import type { Logger } from "#lib/log/logger.ts";
import { BootError } from "#lib/process/run-process.ts";
import { createS3Store } from "./adapters/s3-store.ts";
import { createWebIdentity, RoleRefusedError } from "./adapters/web-identity.ts";
import { type ImagesConfig, S3Config } from "./config.ts";
import type { CredentialSource } from "./credentials.ts";
import type { ImageStore } from "./image-store.ts";
import type { Signer } from "./signer.ts";

/** @throws BootError naming `AWS_ROLE_ARN` when the process may not take its role. */
export async function openS3(
  config: ImagesConfig,
  { signer, log }: { readonly signer: Signer; readonly log: Logger },
): Promise<ImageStore> {
  const { UPLOAD_SECRET, CDN_URL, S3_ENDPOINT, S3_BUCKET, S3_REGION: region } = config;
  const s3 = loadConfig(S3Config, { UPLOAD_SECRET, CDN_URL, S3_ENDPOINT, S3_BUCKET });
  return createS3Store({
    endpoint: s3.S3_ENDPOINT,
    bucket: s3.S3_BUCKET,
    region,
    credentials: (await roleOf(config, log)) ?? keysOf(config),
    cdnUrl: s3.CDN_URL.replace(/\/$/, ""),
    signer,
    clock: systemClock,
  });
}

function keysOf(config: ImagesConfig): CredentialSource {
  const { S3_ACCESS_KEY_ID: accessKeyId = "", S3_SECRET_ACCESS_KEY: secretAccessKey = "" } = config;
  const keys = { accessKeyId, secretAccessKey, sessionToken: config.S3_SESSION_TOKEN };
  return async () => keys;
}

/** Taken once before anything is served, so that a wrong role ends a deployment and no user's upload. */
async function roleOf(config: ImagesConfig, log: Logger): Promise<CredentialSource | undefined> {
  const { AWS_ROLE_ARN: roleArn, AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile } = config;
  if (roleArn === undefined || tokenFile === undefined) return undefined;
  let refused: unknown;
  const credentials = createWebIdentity({
    roleArn,
    tokenFile,
    endpoint: config.AWS_ENDPOINT_URL_STS ?? `https://sts.${config.S3_REGION}.amazonaws.com`,
    clock: systemClock,
    onFailure: (error) => {
      refused = error;
      log.warn("no new credentials for S3", { error });
    },
  });
  await credentials().catch((cause) => {
    const reason = refused instanceof Error ? refused.message : "STS did not answer";
    const mayPass = !(refused instanceof RoleRefusedError);
    throw new BootError(`AWS_ROLE_ARN: ${reason}`, { cause, mayPass });
  });
  return credentials;
}
