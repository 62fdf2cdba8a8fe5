import type { Context, MiddlewareHandler } from "hono";
import { html } from "hono/html";
import { Fault } from "#lib/error/fault.ts";

/** The page runs and loads nothing. */
const policy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * Middleware of a call that a person's browser is sent to: a fault becomes a small page with a link.
 * Clients that do not accept HTML get the problem document.
 *
 * @param linkOf where the link leads; never a URL of the request, which anybody may have made.
 */
export function faultPage(title: string, linkOf: (c: Context) => string): MiddlewareHandler {
  return async function faultPageHandler(c, next) {
    await next();
    if (!c.error || !c.req.header("accept")?.includes("text/html")) return;
    const fault = Fault.from(c.error);
    // Keeps the headers of the problem document, such as `Retry-After`.
    c.res = new Response(String(page(title, fault, linkOf(c))), {
      status: fault.kind.status,
      headers: {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": policy,
        "cache-control": "no-store",
        vary: "Accept",
      },
    });
  };
}

function page(title: string, { code, detail }: Fault, link: string) {
  return html`<!doctype html>
<html lang="ko">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<h1>${title}</h1>
<p>${detail}</p>
<p><a href="${link}">처음부터 다시 하기</a></p>
<p><small>${code}</small></p>
</html>
`;
}
