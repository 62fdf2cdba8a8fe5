/**
 * Values of the cookies with these names, duplicates included, in the order they were sent. We set
 * one of each: a duplicate was injected by a neighbouring domain (cookie tossing), comes first if
 * its path is longer, and would make the user act in somebody else's account. So callers must look
 * for a second value.
 */
export function readCookies(headers: Pick<Headers, "get">, names: readonly string[]): string[] {
  const cookies = headers.get("cookie");
  if (cookies === null) return [];
  return cookies.split(";").flatMap((cookie) => {
    const at = cookie.indexOf("=");
    const isOurs = at >= 0 && names.includes(cookie.slice(0, at).trim());
    return isOurs ? [cookie.slice(at + 1).trim()] : [];
  });
}
