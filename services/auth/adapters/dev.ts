import { Fault } from "#lib/error/fault.ts";
import type { Provider } from "../provider.ts";

const IDENTITY = /^[A-Za-z0-9._@-]{1,64}$/;

/**
 * The provider of `AUTH_MODE=dev`: the same flow as the others without a login page. The browser
 * comes straight back, signed in as the identity in `login_hint`, or as `demo`.
 *
 * @throws Fault `VALIDATION_FAILED` for a hint that is no identity; `identify` as the port says.
 */
export function createDevProvider(): Provider {
  return {
    async authorizationUrl({ state, redirectUri, loginHint = "demo" }) {
      if (!IDENTITY.test(loginHint)) throw new Fault("VALIDATION_FAILED");
      const url = new URL(redirectUri);
      url.searchParams.set("code", loginHint);
      url.searchParams.set("state", state);
      return url;
    },
    async identify({ state }, callbackParams) {
      if (callbackParams.get("state") !== state) throw refused("state is of another sign-in");
      if (callbackParams.get("error") === "access_denied") throw new Fault("SIGN_IN_DENIED");
      const id = callbackParams.get("code") ?? "";
      if (!IDENTITY.test(id)) throw refused("code is no identity");
      return { id, email: null, nickname: null };
    },
  };
}

function refused(why: string): Fault {
  return new Fault("PROVIDER_REFUSED", { cause: new Error(why) });
}
