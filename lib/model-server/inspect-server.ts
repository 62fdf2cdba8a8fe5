import * as v from "valibot";

const inspectMsMax = 5_000;
const namedMax = 5;

/**
 * What is wrong with a model server, as far as its list of models tells, which costs nothing: its address,
 * the key, or a model that it does not have. Empty also for a server without such a list.
 *
 * @param server `baseURL` with the version path
 */
export async function inspectServer(
  { baseURL, apiKey }: { readonly baseURL: string; readonly apiKey: string },
  names: readonly string[],
): Promise<string[]> {
  const base = baseURL.replace(/\/$/, "");
  const listed = await listModels(base, apiKey);
  if (listed.problem !== undefined) return [listed.problem];
  if (listed.ids) return names.flatMap((name) => missing(name, listed.ids ?? []));
  const below = await listModels(`${base}/v1`, apiKey);
  return below.ids ? ["answers under /v1, which its address lacks"] : [];
}

function missing(name: string, ids: readonly string[]): string[] {
  const isThere = ids.some(
    (id) => id === name || id === `${name}:latest` || id.endsWith(`/${name}`),
  );
  if (isThere) return [];
  const others = ids.slice(0, namedMax).join(", ") || "none";
  return [`has no model ${name}; it has ${others}${ids.length > namedMax ? ", …" : ""}`];
}

const ModelList = v.object({ data: v.array(v.object({ id: v.string() })) });

async function listModels(
  base: string,
  apiKey: string,
): Promise<{ readonly ids?: readonly string[]; readonly problem?: string }> {
  try {
    const reply = await fetch(`${base}/models`, {
      headers: { authorization: `Bearer ${apiKey}` },
      redirect: "manual",
      signal: AbortSignal.timeout(inspectMsMax),
    });
    const { status, headers } = reply;
    const text = await reply.text();
    if (status === 401 || status === 403) return { problem: "does not accept the key" };
    if (status >= 300 && status < 400) {
      return { problem: `redirects to ${headers.get("location")}, which is not followed` };
    }
    const list = v.safeParse(v.pipe(v.string(), v.parseJson(), ModelList), text);
    return list.success ? { ids: list.output.data.map(({ id }) => id) } : {};
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : error;
    return { problem: `does not answer: ${code}` };
  }
}
