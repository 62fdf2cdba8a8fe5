/**
 * Values of the cookies with these names, in the order in which they were sent. Ours are one of each: of two,
 * one was set by a neighbour of our domain, comes first if its path is longer, and would have the user act
 * in somebody else's account. So who asks must not take the first and be done.
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
