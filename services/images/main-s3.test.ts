import { afterAll, expect, test } from "bun:test";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "#lib/config/load-config.ts";
import { createLogger } from "#lib/log/logger.ts";
import { startStsServer } from "#lib/testing/sts-server.ts";
import { ImagesConfig } from "./config.ts";
import { openS3 } from "./main-s3.ts";
import { createSigner } from "./signer.ts";

const sts = startStsServer();
const tokenFile = join(tmpdir(), `eco2-token-${crypto.randomUUID()}`);
await Bun.write(tokenFile, sts.token);
afterAll(async () => {
  await sts.stop();
  await rm(tokenFile);
});

const right = {
  DATABASE_URL: "postgres://eco2@db/eco2",
  REDIS_URL: "redis://redis:6379",
  IMAGE_STORE: "s3",
  UPLOAD_SECRET: "u".repeat(32),
  CDN_URL: "https://cdn.example",
  S3_ENDPOINT: "http://127.0.0.1:1",
  S3_BUCKET: "photos",
  AWS_ROLE_ARN: sts.roleArn,
  AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile,
  AWS_ENDPOINT_URL_STS: sts.origin,
};
const signer = createSigner("a secret of the tests");

async function open(given: Record<string, string> = {}) {
  const lines: string[] = [];
  const log = createLogger("test", "info", (line) => lines.push(line));
  const config = loadConfig(ImagesConfig, { ...right, ...given });
  const opened = await openS3(config, { signer, log }).catch((error) => error);
  return { opened, lines };
}

test("a process that has a role signs with its credentials", async () => {
  const { opened, lines } = await open();
  const declared = { contentType: "image/jpeg", size: 1, expiresInS: 60 };
  const { searchParams } = new URL((await opened.signUpload("scan.a", declared)).url);
  expect(searchParams.get("X-Amz-Credential")).toStartWith("ASIA1/");
  expect(searchParams.get("X-Amz-Security-Token")).toBe("session+1//==");
  expect(lines).toEqual([]);
});

test("a role that is refused ends the boot by name, an STS that is away may come back", async () => {
  const another = { AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/another" };
  const { opened, lines } = await open(another);
  expect(opened).toMatchObject({
    name: "BootError",
    message: "AWS_ROLE_ARN: STS answered 403 AccessDenied",
    mayPass: false,
  });
  expect(lines.join()).toContain("no new credentials for S3");
  expect(lines.join()).not.toContain(sts.token);
  const nowhere = await open({ AWS_WEB_IDENTITY_TOKEN_FILE: "/nowhere/token" });
  expect(nowhere.opened).toMatchObject({ name: "BootError", mayPass: false });
  const away = await open({ AWS_ENDPOINT_URL_STS: "http://127.0.0.1:1" });
  expect(away.opened).toMatchObject({ name: "BootError", mayPass: true });
});
