import { html } from "hono/html";
import { FAULTS, type FaultCode } from "#lib/error/fault-table.ts";
import openapi from "./openapi.json" with { type: "json" };

/** What a code means, what a client can do about it, and which operations answer with it. */
export function errorPage(code: FaultCode) {
  const { status, title, detail } = FAULTS[code];
  const operations = operationsWith(code);
  return page(
    code,
    html`<p>${status} · ${title}</p>
<p lang="ko">${detail}</p>
<p>${adviceOf(status)}</p>
${
  operations.length === 0
    ? html`<p>No operation answers with it: it is the <code>error.code</code> of a scan or an answer that failed.</p>`
    : html`<h2>Operations</h2>
<ul>${operations.map((one) => html`<li><code>${one}</code></li>\n`)}</ul>`
}
<p><a href="/api/v1/docs/errors">All codes</a> · <a href="/api/v1/docs">The API</a></p>`,
  );
}

/** Every code there is. */
export function errorList() {
  const rows = Object.entries(FAULTS).map(
    ([code, { status, title }]) =>
      html`<tr><td>${status}</td><td><a href="/api/v1/docs/${code}">${code}</a></td><td>${title}</td></tr>\n`,
  );
  return page(
    "Errors",
    html`<p>Every error is an RFC 9457 problem document: <code>code</code> is stable, <code>detail</code> is Korean and
for the user.</p>
<table>
${rows}</table>`,
  );
}

function page(title: string, body: ReturnType<typeof html>) {
  return html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Eco² API</title>
<h1>${title}</h1>
${body}
</html>
`;
}

/** By the status, which says what kind of thing went wrong. */
function adviceOf(status: number): string {
  if (status === 401) return "Refresh the session once and repeat the request; else sign in again.";
  if (status === 403) return "This caller may not do it.";
  if (status === 404 || status === 410) return "It does not exist, or is not the caller's.";
  if (status === 409) return "Something else came first: read how things are now.";
  if (status === 429) return "Repeat it after as many seconds as Retry-After says.";
  if (status === 500) return "A defect on the server's side. X-Request-Id finds it in its logs.";
  if (status > 500)
    return "Repeat it, after as many seconds as Retry-After says where it is there.";
  return "Repeated as it is, the request fails again: change it.";
}

function operationsWith(code: FaultCode): string[] {
  return Object.entries(openapi.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { responses }]) => {
      const response: unknown = Object.entries(responses).find(
        ([status]) => status === String(FAULTS[code].status),
      )?.[1];
      return namesOf(response).includes(code) ? [`${method.toUpperCase()} ${path}`] : [];
    }),
  );
}

/** The document lists the codes of a status in its description. */
function namesOf(response: unknown): string[] {
  const isDescribed =
    typeof response === "object" && response !== null && "description" in response;
  return isDescribed ? String(response.description).split(", ") : [];
}
