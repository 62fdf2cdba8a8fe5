import { expect, test } from "bun:test";
import { ConfigError, loadConfig } from "#lib/config/load-config.ts";
import { EdgeConfig } from "./config.ts";

const right = {
  DATABASE_URL: "postgres://eco2@db/eco2",
  REDIS_URL: "redis://redis:6379",
  AMQP_URL: "amqp://eco2@broker/eco2",
};

/** The variables that a refusal names. */
function namedBy(environment: Record<string, string>): string[] {
  try {
    loadConfig(EdgeConfig, { ...right, ...environment });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [...error.message.matchAll(/^ {2}(\w+): /gm)].map(([, name = ""]) => name).toSorted();
  }
}

test("everything that is wrong is named in one round, rules over several variables included", () => {
  const wrong = {
    PORT: "0x50",
    PUBLIC_URL: "http://eco2.example/path?q",
    IMAGE_HOSTS: "cdn.example/photos",
    ADMIN_USERS: "a b",
    DEFAULT_MODEL: "nope",
    AUTH_MODE: "dev",
    NODE_ENV: "production",
    IMAGE_STORE: "s3",
    S3_BUCKET: "photos",
    UPLOAD_SECRET: "short",
  };
  expect(namedBy(wrong)).toEqual([
    ...["ADMIN_USERS", "AUTH_MODE", "CDN_URL", "DEFAULT_MODEL", "IMAGE_HOSTS", "PORT"],
    ...["PUBLIC_URL", "S3_ACCESS_KEY_ID", "S3_ENDPOINT", "S3_SECRET_ACCESS_KEY", "UPLOAD_SECRET"],
  ]);
});

test("the default model is one of those supported, of either provider", () => {
  expect(namedBy({ SUPPORTED_GPT_MODELS: "," })).toEqual(["SUPPORTED_GPT_MODELS"]);
  expect(namedBy({ DEFAULT_MODEL: "llama" })).toEqual(["DEFAULT_MODEL"]);
  expect(namedBy({ DEFAULT_MODEL: "llama", SUPPORTED_GPT_MODELS: "qwen,llama" })).toEqual([]);
  expect(namedBy({ DEFAULT_MODEL: "gemini-3-pro" })).toEqual([]);
  const OPENAI_BASE_URL = "http://127.0.0.1:11434/v1";
  expect(namedBy({ DEFAULT_MODEL: "llama", OPENAI_BASE_URL })).toEqual([]);
});

test("S3 is signed for by keys or by a role, of which neither is there by halves", () => {
  const bucket = {
    S3_ENDPOINT: "https://s3.example",
    S3_BUCKET: "b",
    CDN_URL: "https://cdn.example",
  };
  const s3 = { IMAGE_STORE: "s3", ...bucket, UPLOAD_SECRET: "u".repeat(32) };
  const keys = { S3_ACCESS_KEY_ID: "k", S3_SECRET_ACCESS_KEY: "s" };
  const role = {
    AWS_ROLE_ARN: "arn:aws:iam::1:role/photos",
    AWS_WEB_IDENTITY_TOKEN_FILE: "/token",
  };
  expect(namedBy({ ...s3, ...keys })).toEqual([]);
  expect(namedBy({ ...s3, ...role })).toEqual([]);
  expect(namedBy(s3)).toEqual(Object.keys(keys));
  expect(namedBy({ ...s3, AWS_ROLE_ARN: role.AWS_ROLE_ARN })).toEqual([
    "AWS_WEB_IDENTITY_TOKEN_FILE",
  ]);
  expect(namedBy({ ...s3, ...role, ...keys })).toEqual(Object.keys(keys));
  // As EKS puts it into every pod of an account that has a role.
  expect(namedBy(role)).toEqual([]);
});

test("a CDN below a path serves the photos of S3 alone: the disk store would drop the path", () => {
  const CDN_URL = "https://cdn.example/photos";
  expect(namedBy({ CDN_URL })).toEqual(["CDN_URL"]);
  const s3 = { S3_ENDPOINT: "https://s3.example", S3_BUCKET: "b", S3_ACCESS_KEY_ID: "k" };
  const secrets = { S3_SECRET_ACCESS_KEY: "s", UPLOAD_SECRET: "u".repeat(32) };
  expect(namedBy({ CDN_URL, IMAGE_STORE: "s3", ...s3, ...secrets })).toEqual([]);
});
