import type { S3Credentials } from "./s3-server.ts";

/**
 * A small STS that knows one role and one token, and gives new credentials each time:
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
 */
export interface StsServer {
  readonly origin: string;
  readonly roleArn: string;
  /** What a pod has to show now. */
  token: string;
  /** Of what is given from now on; for an hour, as by AWS, unless it says otherwise. */
  lifeMs: number;
  /** Answers every request in place of credentials, while it is there. */
  outage: (() => Response | Promise<Response>) | undefined;
  readonly given: Pick<S3Credentials, "accessKeyId" | "secretAccessKey" | "sessionToken">[];
  asked: number;
  stop(): Promise<void>;
}

export function startStsServer(clock = { now: () => Date.now() }): StsServer {
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      sts.asked += 1;
      if (sts.outage) return sts.outage();
      const form = new URLSearchParams(await request.text());
      const isForm = request.headers
        .get("content-type")
        ?.startsWith("application/x-www-form-urlencoded");
      const action = `${form.get("Action")} ${form.get("Version")}`;
      if (request.method !== "POST" || !isForm) return refuse(400, "InvalidAction");
      if (action !== "AssumeRoleWithWebIdentity 2011-06-15") return refuse(400, "InvalidAction");
      if (!/^[\w+=,.@-]{2,64}$/.test(form.get("RoleSessionName") ?? ""))
        return refuse(400, "ValidationError");
      if (form.get("WebIdentityToken") !== sts.token) return refuse(400, "InvalidIdentityToken");
      if (form.get("RoleArn") !== sts.roleArn) return refuse(403, "AccessDenied");
      return give(sts, clock.now());
    },
  });
  const sts: StsServer = {
    origin: `http://127.0.0.1:${server.port}`,
    roleArn: "arn:aws:iam::123456789012:role/eco2-test-photos",
    token: "a.signed.token",
    lifeMs: 3_600_000,
    outage: undefined,
    given: [],
    asked: 0,
    stop: () => server.stop(true),
  };
  return sts;
}

function give({ given, lifeMs }: StsServer, now: number): Response {
  const n = given.length + 1;
  const credentials = {
    accessKeyId: `ASIA${n}`,
    secretAccessKey: `secret+${n}/=`,
    sessionToken: `session+${n}//==`,
  };
  given.push(credentials);
  return xml(
    200,
    `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <AssumeRoleWithWebIdentityResult>
    <Audience>sts.amazonaws.com</Audience>
    <Credentials>
      <SessionToken>${credentials.sessionToken}</SessionToken>
      <SecretAccessKey>${credentials.secretAccessKey}</SecretAccessKey>
      <Expiration>${new Date(now + lifeMs).toISOString()}</Expiration>
      <AccessKeyId>${credentials.accessKeyId}</AccessKeyId>
    </Credentials>
  </AssumeRoleWithWebIdentityResult>
</AssumeRoleWithWebIdentityResponse>`,
  );
}

export function refuse(status: number, code: string): Response {
  const message = "the token that was shown is quoted here: a.signed.token";
  const error = `<Type>Sender</Type><Code>${code}</Code><Message>${message}</Message>`;
  return xml(status, `<ErrorResponse><Error>${error}</Error></ErrorResponse>`);
}

function xml(status: number, body: string): Response {
  return new Response(body, { status, headers: { "content-type": "text/xml" } });
}
