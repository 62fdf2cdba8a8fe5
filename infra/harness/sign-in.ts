import { authPath, createSession } from "#lib/client/session.ts";
import { signIn as signInWith } from "#lib/client/sign-in.ts";

/**
 * Signs in as `name` by the provider `dev`.
 *
 * @returns the `Cookie` header of the session: both its tokens.
 * @throws Error with the code of the API.
 */
export async function signIn(origin: string, name: string): Promise<{ cookie: string }> {
  const session = createSession(origin, {});
  await signInWith(session, "dev", { loginHint: name });
  const cookie = session.cookies.headerFor(`${authPath}/refresh`);
  if (!cookie?.includes("s_access=")) throw new Error(`sign-in: ${name} has no session`);
  return { cookie };
}

/** Ends the session, whose tokens are refused from now on. */
export async function signOut(origin: string, { cookie }: { cookie: string }): Promise<void> {
  const response = await fetch(`${origin}${authPath}/logout`, {
    method: "POST",
    headers: { cookie },
  });
  if (!response.ok) throw new Error(`sign-out: ${response.status} ${await response.text()}`);
}
