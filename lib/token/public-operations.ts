/**
 * Every operation that needs no authentication, as it is called in the OpenAPI document. Deny by
 * default: an operation that is missing here needs a token. A parameter is one segment; HEAD counts
 * as GET.
 */
export const publicOperations: ReadonlySet<string> = new Set([
  "GET /health",
  "GET /livez",
  "GET /readyz",
  "GET /api/v1/openapi.json",
  "GET /api/v1/docs",
  "GET /api/v1/docs/{file}",
  "GET /api/v1/auth/{provider}/authorize",
  "GET /api/v1/auth/{provider}/callback",
  "POST /api/v1/auth/refresh",
  "POST /api/v1/auth/logout",
  "GET /api/v1/auth/.well-known/jwks.json",
  "GET /api/v1/character/catalog",
  "GET /api/v1/character/images/{file}",
  "GET /api/v1/auth/providers",
  // The pages, which are the same for everybody, and what they load.
  "GET /",
  "GET /history",
  "GET /collection",
  "GET /chat",
  "GET /places",
  "GET /account",
  "GET /ops",
  "GET /en",
  "GET /en/history",
  "GET /en/collection",
  "GET /en/chat",
  "GET /en/places",
  "GET /en/account",
  "GET /en/ops",
  "GET /sw.js",
  "GET /assets/{file}",
  // The signed URL and the key authorize these two.
  "PUT /api/v1/images/upload/{key}",
  "GET /api/v1/images/files/{key}",
]);

const exact = new Set([...publicOperations].filter((operation) => !operation.includes("{")));
/**
 * A parameter has only characters that every server reads alike, and no leading dot: `..` is
 * another path.
 */
const patterns = [...publicOperations]
  .filter((operation) => operation.includes("{"))
  .map((one) => new RegExp(`^${one.replaceAll(".", "\\.").replace(/\{\w+\}/, "[\\w-][\\w.-]*")}$`));

/**
 * Whether a request needs no authentication. The path is compared as written, without its query. A
 * path that would have to be decoded or normalised first is not public: its server might do that in
 * another way.
 */
export function isPublicOperation(method: string, path: string): boolean {
  const operation = `${method === "HEAD" ? "GET" : method} ${path}`;
  return exact.has(operation) || patterns.some((pattern) => pattern.test(operation));
}
