/** A problem without `instance`, the id of the response's own trace: of equal refusals the one thing that differs. */
export async function untraced(response: Response): Promise<unknown> {
  const { instance, ...problem } = await response.json();
  if (!/^urn:trace:[0-9a-f]{32}$/.test(instance)) throw new Error(`instance is ${instance}`);
  return problem;
}
