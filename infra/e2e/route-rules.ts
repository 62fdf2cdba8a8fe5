/** Whom an operation serves; the walk asks it as each of them. */
export type Rule = Open | ForUsers | ForAdmins;

/** What of the walk's own is known when an operation is asked. */
export interface Ground {
  /** The owner's finished scan, its photo's key, and the channel that key is for. */
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

interface Open {
  readonly for: "everybody";
  readonly ask: (ground: Ground) => Ask;
  readonly answer: Answer;
}

interface ForUsers {
  readonly for: "users";
  readonly ask: (ground: Ground) => Ask;
  readonly owner: Answer;
  /** Somebody else with a good token. */
  readonly stranger: Answer;
  /** It ends the account: asked as users made for it. */
  readonly isFatal?: boolean;
}

interface ForAdmins {
  readonly for: "admins";
  readonly ask: (ground: Ground) => Ask;
  readonly admin: Answer;
}

const jobNotFound = [404, "JOB_NOT_FOUND"] as const;

/**
 * One rule for every operation of the OpenAPI document, in the order in which they are asked. A new route
 * without a rule fails the walk.
 */
export const RULES: Readonly<Record<string, Rule>> = {
  "POST /api/v1/images/{channel}": {
    for: "users",
    ask: () => ({ path: "/api/v1/images/scan", body: { content_type: "image/jpeg", size: 1_000 } }),
    owner: [201],
    stranger: [201],
  },
  "PUT /api/v1/images/upload/{key}": {
    for: "everybody",
    ask: ({ photoKey }) => ({ path: `/api/v1/images/upload/${photoKey}`, body: "not signed" }),
    answer: [403, "UPLOAD_SIGNATURE_INVALID"],
  },
  "POST /api/v1/images/{channel}/callback": {
    for: "users",
    ask: ({ photoKey }) => ({ path: "/api/v1/images/scan/callback", body: { key: photoKey } }),
    owner: [200],
    stranger: [404, "UPLOAD_NOT_FOUND"],
  },
  "GET /api/v1/images/files/{key}": {
    for: "everybody",
    ask: ({ imageUrl }) => ({ path: new URL(imageUrl).pathname }),
    answer: [200],
  },
  "POST /api/v1/scan": {
    for: "users",
    ask: ({ imageUrl }) => ({ path: "/api/v1/scan", body: { image_url: imageUrl } }),
    owner: [202],
    stranger: [202],
  },
  "GET /api/v1/scan": {
    for: "users",
    ask: () => ({ path: "/api/v1/scan" }),
    owner: [200],
    stranger: [200],
  },
  "GET /api/v1/scan/categories": {
    for: "users",
    ask: () => ({ path: "/api/v1/scan/categories" }),
    owner: [200],
    stranger: [200],
  },
  "GET /api/v1/scan/result/{job_id}": {
    for: "users",
    ask: ({ jobId }) => ({ path: `/api/v1/scan/result/${jobId}` }),
    owner: [200],
    stranger: jobNotFound,
  },
  "GET /api/v1/scan/{job_id}/result": {
    for: "users",
    ask: ({ jobId }) => ({ path: `/api/v1/scan/${jobId}/result` }),
    owner: [200],
    stranger: jobNotFound,
  },
  "GET /api/v1/stream": {
    for: "users",
    ask: ({ jobId }) => ({ path: `/api/v1/stream?job_id=${jobId}` }),
    owner: [200],
    stranger: jobNotFound,
  },
  "GET /api/v1/scan/{job_id}/events": {
    for: "users",
    ask: ({ jobId }) => ({ path: `/api/v1/scan/${jobId}/events` }),
    owner: [200],
    stranger: jobNotFound,
  },
  "DELETE /api/v1/scan/{job_id}": {
    for: "users",
    ask: ({ jobId }) => ({ path: `/api/v1/scan/${jobId}` }),
    owner: [409, "SCAN_FINISHED"],
    stranger: jobNotFound,
  },
  "GET /api/v1/users/me": {
    for: "users",
    ask: () => ({ path: "/api/v1/users/me" }),
    owner: [200],
    stranger: [200],
  },
  "PATCH /api/v1/users/me": {
    for: "users",
    ask: () => ({ path: "/api/v1/users/me", body: { nickname: "걷는 사람" } }),
    owner: [200],
    stranger: [200],
  },
  "GET /api/v1/users/me/characters": {
    for: "users",
    ask: () => ({ path: "/api/v1/users/me/characters" }),
    owner: [200],
    stranger: [200],
  },
  "GET /api/v1/users/me/characters/{name}/ownership": {
    for: "users",
    ask: () => ({ path: `/api/v1/users/me/characters/${encodeURIComponent("이코")}/ownership` }),
    owner: [200],
    stranger: [200],
  },
  "DELETE /api/v1/users/me": {
    for: "users",
    ask: () => ({ path: "/api/v1/users/me" }),
    owner: [204],
    stranger: [204],
    isFatal: true,
  },
  "GET /api/v1/character/catalog": {
    for: "everybody",
    ask: () => ({ path: "/api/v1/character/catalog" }),
    answer: [200],
  },
  "GET /api/v1/character/images/{file}": {
    for: "everybody",
    ask: () => ({ path: "/api/v1/character/images/char-eco.svg" }),
    answer: [200],
  },
  "POST /api/v1/character/catalog": {
    for: "admins",
    ask: ({ code }) => ({
      path: "/api/v1/character/catalog",
      body: { code, name: code, match_label: null, dialog: "안녕" },
    }),
    admin: [201],
  },
  "PATCH /api/v1/character/catalog/{code}": {
    for: "admins",
    ask: ({ code }) => ({
      path: `/api/v1/character/catalog/${code}`,
      body: { dialog: "또 만났네" },
    }),
    admin: [200],
  },
  "DELETE /api/v1/character/catalog/{code}": {
    for: "admins",
    ask: ({ code }) => ({ path: `/api/v1/character/catalog/${code}` }),
    admin: [204],
  },
  "GET /api/v1/auth/{provider}/authorize": {
    for: "everybody",
    ask: () => ({ path: "/api/v1/auth/dev/authorize?redirect=//evil.example" }),
    answer: [400, "REDIRECT_NOT_ALLOWED"],
  },
  "GET /api/v1/auth/{provider}/callback": {
    for: "everybody",
    ask: () => ({ path: "/api/v1/auth/dev/callback?code=owner&state=made-up" }),
    answer: [400, "SIGN_IN_STATE_INVALID"],
  },
  "POST /api/v1/auth/refresh": {
    for: "everybody",
    ask: () => ({ path: "/api/v1/auth/refresh" }),
    // Its own credential is the refresh cookie, which the walk does not send.
    answer: [401, "UNAUTHENTICATED"],
  },
  "GET /api/v1/auth/.well-known/jwks.json": {
    for: "everybody",
    ask: () => ({ path: "/api/v1/auth/.well-known/jwks.json" }),
    answer: [200],
  },
  "POST /api/v1/auth/logout": {
    for: "everybody",
    ask: () => ({ path: "/api/v1/auth/logout" }),
    answer: [204],
  },
};
