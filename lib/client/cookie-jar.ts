/** The cookies of one origin where no browser keeps them: in Bun and Node. In a browser it stays empty. */
export interface CookieJar {
  /** The `Cookie` header of a request; undefined for none. */
  headerFor(path: string): string | undefined;
  keep(response: Response): void;
  get(name: string): string | undefined;
}

export function createCookieJar(): CookieJar {
  const jar = new Map<string, { readonly value: string; readonly path: string }>();
  return {
    headerFor: (path) => {
      const fitting = [...jar].filter(([, cookie]) => isBelow(path, cookie.path));
      return fitting.map(([name, { value }]) => `${name}=${value}`).join("; ") || undefined;
    },
    keep: ({ headers }) => {
      for (const line of headers.getSetCookie?.() ?? []) {
        const [, name = "", value = ""] = /^([^=;]*)=([^;]*)/.exec(line) ?? [];
        if (/;\s*max-age=0\b/i.test(line)) jar.delete(name);
        else jar.set(name, { value, path: /;\s*path=([^;]*)/i.exec(line)?.[1] ?? "/" });
      }
    },
    get: (name) => jar.get(name)?.value,
  };
}

function isBelow(path: string, cookiePath: string): boolean {
  return path === cookiePath || path.startsWith(cookiePath.replace(/\/?$/, "/"));
}
