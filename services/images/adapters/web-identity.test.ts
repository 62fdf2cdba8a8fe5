import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "#lib/clock/clock.ts";
import { startS3Server } from "#lib/testing/s3-server.ts";
import { refuse, startStsServer } from "#lib/testing/sts-server.ts";
import { createSigner } from "../signer.ts";
import { createS3Store } from "./s3-store.ts";
import { createWebIdentity, RoleRefusedError } from "./web-identity.ts";

const minuteMs = 60_000;
const clock = { aheadMs: 0, now: () => Date.now() + clock.aheadMs };
const tokenFile = join(tmpdir(), `eco2-token-${crypto.randomUUID()}`);
let sts = startStsServer(clock);
afterAll(async () => {
  await sts.stop();
  await rm(tokenFile, { force: true });
});
beforeEach(async () => {
  await sts.stop();
  clock.aheadMs = 0;
  sts = startStsServer(clock);
  await Bun.write(tokenFile, `${sts.token}\n`);
});

function openRole(given: { roleArn?: string; tokenFile?: string; deadlineMs?: number } = {}) {
  const failures: unknown[] = [];
  const onFailure = (error: unknown) => failures.push(error);
  const common = { roleArn: sts.roleArn, tokenFile, endpoint: sts.origin, clock, onFailure };
  return { credentials: createWebIdentity({ ...common, ...given }), failures };
}
const down = () => new Response("bad gateway", { status: 502 });
/** What STS is asked beside a call arrives in its own time. */
async function until(isSo: () => boolean) {
  while (!isSo()) await Bun.sleep(1);
}

describe("credentials of a role", () => {
  test("are those that STS gives for the pod's token, and are kept", async () => {
    const { credentials } = openRole();
    const first = await credentials();
    expect(first).toEqual({
      accessKeyId: "ASIA1",
      secretAccessKey: "secret+1/=",
      sessionToken: "session+1//==",
    });
    clock.aheadMs = 39 * minuteMs;
    expect(await credentials()).toBe(first);
    expect(sts.asked).toBe(1);
  });

  test("are asked for once, however many need them at once", async () => {
    const { credentials } = openRole();
    const all = await Promise.all(Array.from({ length: 50 }, credentials));
    expect(new Set(all).size).toBe(1);
    expect(sts.asked).toBe(1);
  });

  test("are others well before they end, with the token as it is then; nobody waits", async () => {
    const { credentials, failures } = openRole();
    const first = await credentials();
    clock.aheadMs = 41 * minuteMs;
    const held = Promise.withResolvers<void>();
    sts.outage = async () => {
      await held.promise;
      return down();
    };
    expect(await Promise.all([credentials(), credentials()])).toEqual([first, first]);
    await until(() => sts.asked === 2);
    held.resolve();
    await until(() => failures.length === 1);
    sts.outage = undefined;
    sts.token = "another.signed.token";
    await Bun.write(tokenFile, sts.token);
    clock.aheadMs = 42 * minuteMs;
    while ((await credentials()) === first) await Bun.sleep(1);
    expect(await credentials()).toMatchObject({ accessKeyId: "ASIA2" });
    expect(sts.asked).toBe(3);
  });

  test("stay in use while others cannot be had, until they end", async () => {
    const { credentials, failures } = openRole();
    const first = await credentials();
    sts.outage = down;
    for (const minutes of [41, 50, 58, 59.9]) {
      clock.aheadMs = minutes * minuteMs;
      expect(await credentials()).toBe(first);
    }
    clock.aheadMs = 60.1 * minuteMs;
    await expect(credentials()).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect(failures.map(String)).toContain("Error: STS answered 502 without a code");
    sts.outage = undefined;
    clock.aheadMs = 61 * minuteMs;
    expect(await credentials()).toMatchObject({ accessKeyId: "ASIA2" });
  });

  test("that would end before a signed URL does are waited out", async () => {
    const { credentials } = openRole();
    await credentials();
    clock.aheadMs = 56 * minuteMs;
    expect(await credentials()).toMatchObject({ accessKeyId: "ASIA2" });
  });

  test("do not make an STS that is down be asked by every caller", async () => {
    const { credentials, failures } = openRole();
    sts.outage = down;
    for (let n = 0; n < 20; n += 1) {
      await expect(credentials()).rejects.toMatchObject({ code: "UNAVAILABLE" });
    }
    expect([sts.asked, failures.length]).toEqual([1, 1]);
    clock.aheadMs = 6_000;
    await expect(credentials()).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect(sts.asked).toBe(2);
  });
});

describe("what STS refuses", () => {
  const causeOf = async (given: Parameters<typeof openRole>[0] = {}) => {
    const { credentials, failures } = openRole(given);
    await expect(credentials()).rejects.toMatchObject({ code: "UNAVAILABLE" });
    return failures[0];
  };
  const isFinal = (error: unknown) => error instanceof RoleRefusedError;

  test("is refused for good where asking again changes nothing", async () => {
    const another = await causeOf({ roleArn: "arn:aws:iam::123456789012:role/another" });
    expect([String(another), isFinal(another)]).toEqual([
      "RoleRefusedError: STS answered 403 AccessDenied",
      true,
    ]);
    expect(isFinal(await causeOf({ tokenFile: "/nowhere/token" }))).toBe(true);
    await Bun.write(tokenFile, "forged");
    expect(String(await causeOf())).toContain("400 InvalidIdentityToken");
  });

  test("may pass where it could not answer", async () => {
    const busy = [
      () => refuse(400, "Throttling"),
      () => refuse(400, "IDPCommunicationError"),
      () => refuse(500, "InternalFailure"),
      () => refuse(429, "TooManyRequests"),
      () => new Response("<html>captive portal</html>"),
      () => new Response("x".repeat(70_000)),
      () => Response.redirect("http://127.0.0.1:1/", 307),
      () => new Promise<Response>(() => undefined),
    ];
    for (const outage of busy) {
      sts.outage = outage;
      expect(isFinal(await causeOf({ deadlineMs: 100 }))).toBe(false);
    }
  });

  test("is told without the token, which its message quotes", async () => {
    sts.outage = () => refuse(400, "InvalidIdentityToken");
    expect(Bun.inspect(await causeOf())).not.toContain(sts.token);
  });

  test("is what is over as well: a clock that is an hour off", async () => {
    sts.lifeMs = -1;
    expect(String(await causeOf())).toContain("clock");
  });
});

test("a store signs with each role's credentials as they come", async () => {
  const { credentials } = openRole();
  const first = await credentials();
  const bucket = { bucket: "photos", region: "ap-northeast-2" };
  const account = { ...bucket, ...first, sessionToken: first.sessionToken ?? "" };
  const s3 = startS3Server(account);
  const store = createS3Store({
    ...bucket,
    endpoint: s3.origin,
    cdnUrl: s3.origin,
    credentials,
    signer: createSigner("a secret of the tests"),
    clock: systemClock,
  });
  const use = async (key: string) => {
    const declared = { contentType: "image/jpeg", size: 3 };
    const { url, requiredHeaders } = await store.signUpload(key, { expiresInS: 60, ...declared });
    const put = await fetch(url, { method: "PUT", body: "abc", headers: requiredHeaders });
    await store.publish(key, new Uint8Array(3), "image/jpeg");
    return [put.status, (await store.draft(key))?.size, (await store.photo(key))?.size];
  };
  expect(await use("scan.a")).toEqual([200, 3, 3]);
  clock.aheadMs = 56 * minuteMs;
  const second = await credentials();
  expect(second).not.toEqual(first);
  Object.assign(account, second);
  expect(await use("scan.b")).toEqual([200, 3, 3]);
  await s3.stop();
});
