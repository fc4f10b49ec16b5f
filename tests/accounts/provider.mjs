// A certified OpenID Connect provider in the place of the state login, for tests on this machine alone.
// Prints its address; POST /next?account=NAME says who will sign in next, an empty name refuses.
import { createServer } from "node:http";
import * as oidc from "oidc-provider";

const CLAIMS = {
  confirmed: { trusted: true, email: "Anna.State@example.org", email_verified: true },
  unwritten: { trusted: true },
  unconfirmed: { trusted: false, email: "boris.state@example.org", email_verified: true },
};
const NAMES = { family_name: "Ёлкина", given_name: "Анна", last_name: "Ёлкина", first_name: "Анна" };
let next = "confirmed";

const listener = createServer();
listener.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${listener.address().port}`;
  const provider = new oidc.Provider(issuer, {
    clients: [
      {
        client_id: "portal",
        client_secret: "a-secret-of-the-test-and-of-nothing-else",
        redirect_uris: [process.argv[2]],
      },
    ],
    cookies: { keys: ["test"] },
    claims: {
      profile: [...Object.keys(NAMES), "trusted"],
      email: ["email", "email_verified"],
    },
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false } },
    pkce: { required: () => true },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id, ...NAMES, ...CLAIMS[id] }) }),
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({
        clientId: ctx.oidc.client.clientId,
        accountId: ctx.oidc.session.accountId,
      });
      grant.addOIDCScope("openid profile email");
      await grant.save();
      return grant;
    },
  });
  const answer = provider.callback();
  listener.on("request", async (request, response) => {
    const url = new URL(request.url, issuer);
    if (url.pathname === "/next") {
      next = url.searchParams.get("account");
      response.end();
    } else if (url.pathname.startsWith("/interaction/")) {
      const result = next
        ? { login: { accountId: next, remember: false } }
        : { error: "access_denied", error_description: "the person refused" };
      await provider.interactionFinished(request, response, result);
    } else {
      answer(request, response);
    }
  });
  console.log(issuer);
});
