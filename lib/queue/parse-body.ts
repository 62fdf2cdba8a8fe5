/** The body of a message; undefined when it is not JSON, which has no value of that name. */
export function parseBody(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString());
  } catch {
    return undefined;
  }
}
