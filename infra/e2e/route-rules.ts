/** Whom an operation serves; the route walk sends it as each kind of caller. */
export type Rule = Open | ForUsers | ForAdmins;

/** What exists when an operation is called. */
export interface Ground {
  /** The owner's finished scan, and the key and URL of its photo. */
  readonly jobId: string;
  readonly photoKey: string;
  readonly imageUrl: string;
  /** Of a character that the walk adds and deletes. */
  readonly code: string;
}

export interface Ask {
  readonly path: string;
  readonly body?: unknown;
}

/** Status, and the code of its problem document. */
export type Answer = readonly [status: number, code?: string];

type AskFor = (ground: Ground) => Ask;

interface Open {
  readonly for: "everybody";
  readonly ask: AskFor;
  readonly answer: Answer;
}

interface ForUsers {
  readonly for: "users";
  readonly ask: AskFor;
  readonly owner: Answer;
  /** For another user with a valid token. */
  readonly stranger: Answer;
  /** It deletes the account: the walk makes users for it. */
  readonly isFatal?: boolean;
}

interface ForAdmins {
  readonly for: "admins";
  readonly ask: AskFor;
  readonly admin: Answer;
}

const users = (owner: Answer, ask: AskFor, stranger = owner): ForUsers => ({
  for: "users",
  ask,
  owner,
  stranger,
});
const everybody = (answer: Answer, ask: AskFor): Open => ({ for: "everybody", ask, answer });
const admins = (admin: Answer, ask: AskFor): ForAdmins => ({ for: "admins", ask, admin });
/** Of a scan: to anybody but its owner it does not exist. */
const scans = (owner: Answer, ask: AskFor) => users(owner, ask, [404, "JOB_NOT_FOUND"]);
const path = (text: string) => () => ({ path: text });

const api = "/api/v1";
const slot = { content_type: "image/jpeg", size: 1_000 };

/**
 * One rule for every operation of the OpenAPI document, in the order in which they are called. A new
 * route without a rule fails the walk.
 */
export const RULES: Readonly<Record<string, Rule>> = {
  "POST /api/v1/images/{channel}": users([201], () => ({ path: `${api}/images/scan`, body: slot })),
  "PUT /api/v1/images/upload/{key}": everybody(
    [403, "UPLOAD_SIGNATURE_INVALID"],
    ({ photoKey }) => ({ path: `${api}/images/upload/${photoKey}`, body: "not signed" }),
  ),
  "POST /api/v1/images/{channel}/callback": users(
    [200],
    ({ photoKey }) => ({ path: `${api}/images/scan/callback`, body: { key: photoKey } }),
    [404, "UPLOAD_NOT_FOUND"],
  ),
  "GET /api/v1/images/files/{key}": everybody([200], ({ imageUrl }) => ({
    path: new URL(imageUrl).pathname,
  })),
  "POST /api/v1/scan": users([202], ({ imageUrl }) => ({
    path: `${api}/scan`,
    body: { image_url: imageUrl },
  })),
  "GET /api/v1/scan": users([200], path(`${api}/scan`)),
  "GET /api/v1/scan/categories": users([200], path(`${api}/scan/categories`)),
  "GET /api/v1/scan/result/{job_id}": scans([200], ({ jobId }) => ({
    path: `${api}/scan/result/${jobId}`,
  })),
  "GET /api/v1/scan/{job_id}/result": scans([200], ({ jobId }) => ({
    path: `${api}/scan/${jobId}/result`,
  })),
  "GET /api/v1/stream": scans([200], ({ jobId }) => ({ path: `${api}/stream?job_id=${jobId}` })),
  "GET /api/v1/scan/{job_id}/events": scans([200], ({ jobId }) => ({
    path: `${api}/scan/${jobId}/events`,
  })),
  "DELETE /api/v1/scan/{job_id}": scans([409, "SCAN_FINISHED"], ({ jobId }) => ({
    path: `${api}/scan/${jobId}`,
  })),
  "GET /api/v1/users/me": users([200], path(`${api}/users/me`)),
  "PATCH /api/v1/users/me": users([200], () => ({
    path: `${api}/users/me`,
    body: { nickname: "걷는 사람" },
  })),
  "GET /api/v1/users/me/characters": users([200], path(`${api}/users/me/characters`)),
  "GET /api/v1/users/me/characters/{name}/ownership": users(
    [200],
    path(`${api}/users/me/characters/${encodeURIComponent("이코")}/ownership`),
  ),
  "DELETE /api/v1/users/me": { ...users([204], path(`${api}/users/me`)), isFatal: true },
  "GET /api/v1/character/catalog": everybody([200], path(`${api}/character/catalog`)),
  "GET /api/v1/character/images/{file}": everybody(
    [200],
    path(`${api}/character/images/char-eco.svg`),
  ),
  "POST /api/v1/character/catalog": admins([201], ({ code }) => ({
    path: `${api}/character/catalog`,
    body: { code, name: code, match_label: null, dialog: "안녕" },
  })),
  "PATCH /api/v1/character/catalog/{code}": admins([200], ({ code }) => ({
    path: `${api}/character/catalog/${code}`,
    body: { dialog: "또 만났네" },
  })),
  "DELETE /api/v1/character/catalog/{code}": admins([204], ({ code }) => ({
    path: `${api}/character/catalog/${code}`,
  })),
  "GET /api/v1/auth/{provider}/authorize": everybody(
    [400, "REDIRECT_NOT_ALLOWED"],
    path(`${api}/auth/dev/authorize?redirect=//evil.example`),
  ),
  "GET /api/v1/auth/{provider}/callback": everybody(
    [400, "SIGN_IN_STATE_INVALID"],
    path(`${api}/auth/dev/callback?code=owner&state=made-up`),
  ),
  // Its credential is the refresh cookie, which the walk does not send.
  "POST /api/v1/auth/refresh": everybody([401, "UNAUTHENTICATED"], path(`${api}/auth/refresh`)),
  "GET /api/v1/auth/.well-known/jwks.json": everybody(
    [200],
    path(`${api}/auth/.well-known/jwks.json`),
  ),
  "POST /api/v1/auth/logout": everybody([204], path(`${api}/auth/logout`)),
};
