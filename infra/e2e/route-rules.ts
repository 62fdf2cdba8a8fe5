/** Whom an operation serves; the route walk sends it as each kind of caller. */
export interface Rule {
  readonly for: "everybody" | "users" | "admins";
  /** For those it serves; of something that has an owner, for the owner. */
  readonly answer: Answer;
  /** For another user with a valid token. Default: the same. */
  readonly stranger?: Answer;
  readonly query?: string;
  readonly body?: unknown;
  /** It deletes the account: the walk makes users for it. */
  readonly isFatal?: boolean;
}

/** Status, and the code of its problem document. */
export type Answer = readonly [status: number, code?: string];

/** What exists when an operation is called: values for `{name}` in paths, queries and bodies. */
export interface Ground {
  /** The owner's finished scan, and the key and URL of its photo. */
  readonly job_id: string;
  readonly key: string;
  readonly image_url: string;
  /** Of a character that the walk adds and deletes. */
  readonly code: string;
}

/** @param name of the operation: method and path */
export function requestOf(name: string, { query = "", body }: Rule, ground: Ground) {
  const [method = "", path = ""] = name.split(" ");
  const values = new Map(Object.entries({ ...fixed, ...ground }));
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (_, one) => values.get(one) ?? "");
  const json = body === undefined ? undefined : fill(JSON.stringify(body));
  return { method, path: encodeURI(fill(path)) + fill(query), body: json };
}

const fixed = { channel: "scan", name: "이코", file: "char-eco.svg", provider: "dev" };

type More = Pick<Rule, "query" | "body" | "stranger" | "isFatal">;
const everybody = (answer: Answer, more: More = {}): Rule => ({
  for: "everybody",
  answer,
  ...more,
});
const users = (answer: Answer, more: More = {}): Rule => ({ for: "users", answer, ...more });
const admins = (answer: Answer, more: More = {}): Rule => ({ for: "admins", answer, ...more });
/** Of a scan: to anybody but its owner it does not exist. */
const scans = (answer: Answer, more: More = {}): Rule =>
  users(answer, { stranger: [404, "JOB_NOT_FOUND"], ...more });

/**
 * One rule for every operation of the OpenAPI document, in the order in which they are called. A new
 * route without a rule fails the walk.
 */
export const RULES: Readonly<Record<string, Rule>> = {
  "POST /api/v1/images/{channel}": users([201], {
    body: { content_type: "image/jpeg", size: 1_000 },
  }),
  "PUT /api/v1/images/upload/{key}": everybody([403, "UPLOAD_SIGNATURE_INVALID"], {
    body: "not signed",
  }),
  "POST /api/v1/images/{channel}/callback": users([200], {
    body: { key: "{key}" },
    stranger: [404, "UPLOAD_NOT_FOUND"],
  }),
  "GET /api/v1/images/files/{key}": everybody([200]),
  "POST /api/v1/scan": users([202], { body: { image_url: "{image_url}" } }),
  "GET /api/v1/scan": users([200]),
  "GET /api/v1/scan/categories": users([200]),
  "GET /api/v1/scan/result/{job_id}": scans([200]),
  "GET /api/v1/scan/{job_id}/result": scans([200]),
  "GET /api/v1/stream": scans([200], { query: "?job_id={job_id}" }),
  "GET /api/v1/scan/{job_id}/events": scans([200]),
  "DELETE /api/v1/scan/{job_id}": scans([409, "SCAN_FINISHED"]),
  "GET /api/v1/users/me": users([200]),
  "PATCH /api/v1/users/me": users([200], { body: { nickname: "걷는 사람" } }),
  "GET /api/v1/users/me/characters": users([200]),
  "GET /api/v1/users/me/characters/{name}/ownership": users([200]),
  "DELETE /api/v1/users/me": users([204], { isFatal: true }),
  "GET /api/v1/character/catalog": everybody([200]),
  "GET /api/v1/character/images/{file}": everybody([200]),
  "POST /api/v1/character/catalog": admins([201], {
    body: { code: "{code}", name: "{code}", match_label: null, dialog: "안녕" },
  }),
  "PATCH /api/v1/character/catalog/{code}": admins([200], { body: { dialog: "또 만났네" } }),
  "DELETE /api/v1/character/catalog/{code}": admins([204]),
  "GET /api/v1/auth/{provider}/authorize": everybody([400, "REDIRECT_NOT_ALLOWED"], {
    query: "?redirect=//evil.example",
  }),
  "GET /api/v1/auth/{provider}/callback": everybody([400, "SIGN_IN_STATE_INVALID"], {
    query: "?code=owner&state=made-up",
  }),
  // Its credential is the refresh cookie, which the walk does not send.
  "POST /api/v1/auth/refresh": everybody([401, "UNAUTHENTICATED"]),
  "GET /api/v1/auth/.well-known/jwks.json": everybody([200]),
  "POST /api/v1/auth/logout": everybody([204]),
};
