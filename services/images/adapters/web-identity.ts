import { readFile } from "node:fs/promises";
import * as v from "valibot";
import type { Clock } from "#lib/clock/clock.ts";
import { Fault } from "#lib/error/fault.ts";
import { readReply } from "#lib/http/read-bounded.ts";
import type { CredentialSource, Credentials } from "../credentials.ts";
import { uploadExpiresInS } from "../upload.ts";

export interface WebIdentityOptions {
  readonly roleArn: string;
  /** Where Kubernetes keeps the pod's token, which it writes anew from time to time. */
  readonly tokenFile: string;
  /** Of STS: `https://sts.ap-northeast-2.amazonaws.com`. */
  readonly endpoint: string;
  readonly clock: Clock;
  /** Told of every refresh that failed: while the last credentials are valid nobody else hears of it. */
  readonly onFailure: (error: unknown) => void;
  readonly deadlineMs?: number;
}

/** Of their life, until others are asked for: of the usual hour twenty minutes are left. */
const usedShare = 2 / 3;
/** With less left than a signed URL is good for, callers wait for others first. */
const tooShortMs = uploadExpiresInS * 1000;
/** Between a refresh that failed and the next: callers are many, and STS has limits. */
const retryMs = 5_000;
/** A reply has less than 4 KiB. */
const replyBytesMax = 64 * 1024;

interface Session {
  readonly credentials: Credentials;
  readonly refreshAtMs: number;
  readonly expiresAtMs: number;
}

/**
 * Credentials of a role that a pod may take with its own token, and no key of anybody:
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
 *
 * Guarantees: one refresh at a time for all callers, well before the last credentials end and beside their use;
 * one that fails leaves those in use until they do. Here because the request is one unsigned form, and AWS's own
 * package for it brings forty others.
 */
export function createWebIdentity(options: WebIdentityOptions): CredentialSource {
  const { clock, onFailure } = options;
  let session: Session | undefined;
  let failure: { readonly cause: unknown; readonly atMs: number } | undefined;
  let refreshing: Promise<void> | undefined;

  async function refresh() {
    try {
      session = await assumeRole(options);
    } catch (cause) {
      failure = { cause, atMs: clock.now() };
      onFailure(cause);
    }
  }

  return async function credentials() {
    const now = clock.now();
    const { refreshAtMs = 0, expiresAtMs = 0 } = session ?? {};
    if (now >= refreshAtMs && now >= (failure?.atMs ?? 0) + retryMs) {
      refreshing ??= refresh().finally(() => {
        refreshing = undefined;
      });
    }
    if (now > expiresAtMs - tooShortMs) await refreshing;
    if (session !== undefined && clock.now() < session.expiresAtMs) return session.credentials;
    throw new Fault("UNAVAILABLE", { cause: failure?.cause });
  };
}

/** STS would not give these credentials, and asking again changes nothing: a wrong role, a wrong token. */
export class RoleRefusedError extends Error {
  override readonly name = "RoleRefusedError";
}

async function assumeRole(options: WebIdentityOptions): Promise<Session> {
  const { roleArn, tokenFile, endpoint, clock, deadlineMs = 5_000 } = options;
  const token = await readFile(tokenFile, "utf8").catch((cause) => {
    throw new RoleRefusedError("the token cannot be read", { cause });
  });
  const reply = await fetch(endpoint, {
    method: "POST",
    body: new URLSearchParams({
      Action: "AssumeRoleWithWebIdentity",
      Version: "2011-06-15",
      RoleArn: roleArn,
      RoleSessionName: "eco2-images",
      WebIdentityToken: token.trim(),
    }),
    redirect: "error",
    signal: AbortSignal.timeout(deadlineMs),
  });
  const { bytes, end } = await readReply(reply, replyBytesMax);
  const xml = end === "complete" ? new TextDecoder().decode(bytes) : "";
  if (!reply.ok) throw refusal(reply.status, xml);
  const parsed = v.safeParse(
    Assumed,
    Object.fromEntries(names.map((name) => [name, textOf(xml, name)])),
  );
  // Neither what came nor what is wrong with it: it may have the secret in it.
  if (!parsed.success) throw new Error("STS answered something else than credentials");
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = parsed.output;
  const [now, expiresAtMs] = [clock.now(), Date.parse(Expiration)];
  if (expiresAtMs <= now) throw new Error("what STS gave is over: is the clock right?");
  return {
    credentials: {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
    },
    refreshAtMs: now + usedShare * (expiresAtMs - now),
    expiresAtMs,
  };
}

const value = v.pipe(v.string(), v.regex(/^[\w+/=.-]+$/));
const Assumed = v.object({
  AccessKeyId: value,
  SecretAccessKey: value,
  SessionToken: value,
  Expiration: v.pipe(
    v.string(),
    v.check((text) => Number.isFinite(Date.parse(text))),
  ),
});
const names = v.keyof(Assumed).options;

/** Only its code: the message of a refusal quotes parts of the token. */
function refusal(status: number, xml: string): Error {
  const code = /^\w{1,64}$/.exec(textOf(xml, "Code") ?? "")?.[0] ?? "without a code";
  const text = `STS answered ${status} ${code}`;
  // `IDPCommunicationError`: it could not ask the cluster for its keys just then.
  const isFinal = status >= 400 && status < 429 && !/Throttl|IDPCommunication/.test(code);
  return isFinal ? new RoleRefusedError(text) : new Error(text);
}

function textOf(xml: string, element: string): string | undefined {
  return new RegExp(`<${element}>\\s*([^<]*?)\\s*</${element}>`).exec(xml)?.[1];
}
