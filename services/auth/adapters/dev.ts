import { Fault } from "#lib/error/fault.ts";
import type { Provider } from "../provider.ts";

const IDENTITY = /^[A-Za-z0-9._@-]{1,64}$/;

/**
 * The provider of `AUTH_MODE=dev`: goes the way of the others but asks nobody. Whoever `login_hint` names,
 * or `demo`, comes straight back signed in.
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
    async identify({ state }, answer) {
      if (answer.get("state") !== state) throw refused("state is of another attempt");
      if (answer.get("error") === "access_denied") throw new Fault("SIGN_IN_DENIED");
      const id = answer.get("code") ?? "";
      if (!IDENTITY.test(id)) throw refused("code is no identity");
      return { id, email: null, nickname: null };
    },
  };
}

function refused(why: string): Fault {
  return new Fault("PROVIDER_REFUSED", { cause: new Error(why) });
}
