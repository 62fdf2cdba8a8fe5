/**
 * Every operation that needs nobody. What is not here needs a token: a route that is forgotten here is
 * closed, not open. A parameter is one segment; HEAD counts as GET.
 */
const PUBLIC_OPERATIONS = [
  "GET /health",
  "GET /livez",
  "GET /readyz",
  "GET /metrics",
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
  // The signed URL and the key are proof.
  "PUT /api/v1/images/upload/{key}",
  "GET /api/v1/images/files/{key}",
] as const;

const exact = new Set<string>(PUBLIC_OPERATIONS.filter((operation) => !operation.includes("{")));
const patterns = PUBLIC_OPERATIONS.filter((operation) => operation.includes("{")).map(
  // Characters that no server reads in two ways, and no dot in front: `..` is another path.
  (operation) =>
    new RegExp(`^${operation.replaceAll(".", "\\.").replace(/\{\w+\}/, "[\\w-][\\w.-]*")}$`),
);

/**
 * Whether anybody may. The path is taken as it is written, without its query: what would have to be decoded
 * or tidied up first is not public, since whoever serves it might do that otherwise.
 */
export function isPublicOperation(method: string, path: string): boolean {
  const operation = `${method === "HEAD" ? "GET" : method} ${path}`;
  return exact.has(operation) || patterns.some((pattern) => pattern.test(operation));
}
