// An OpenID certified provider on this machine. Its one person is signed in as soon as somebody asks.
// Arguments: where the portal waits for the answer, where it waits after signing out, and for logout tokens.
import { createServer } from "node:http";
import Provider from "oidc-provider";

const [callback, signedOut, backChannel] = process.argv.slice(2);
const PERSON = { sub: "certified-1", employeeid: "O1", roles: ["Portal.Supervisor"], name: "Kim Supervisor" };

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{
      client_id: "portal", client_secret: "the client's secret", redirect_uris: [callback],
      post_logout_redirect_uris: [signedOut], response_types: ["code"], grant_types: ["authorization_code"],
      token_endpoint_auth_method: "client_secret_post",
      backchannel_logout_uri: backChannel, backchannel_logout_session_required: true,
    }],
    claims: { openid: ["sub", "amr"], profile: ["name", "roles", "employeeid"] },
    conformIdTokenClaims: false,
    cookies: { keys: ["of this run only"] },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: { enabled: true },
    },
    // By itself it sends nothing to addresses inside, like those of this machine.
    fetch: (url, options) => globalThis.fetch(url, { ...options, dispatcher: undefined }),
    findAccount: (context, id) => ({ accountId: id, claims: () => PERSON }),
    interactions: { url: (context, interaction) => `/interaction/${interaction.uid}` },
    loadExistingGrant: async (context) => {
      const grant = new provider.Grant({
        clientId: context.oidc.client.clientId, accountId: context.oidc.session.accountId });
      grant.addOIDCScope("openid profile");
      await grant.save();
      return grant;
    },
  });
  const answer = provider.callback();
  server.on("request", async (request, response) => {
    if (!request.url.startsWith("/interaction/")) return answer(request, response);
    await provider.interactionFinished(request, response, {
      login: { accountId: PERSON.sub, amr: ["pwd", "mfa"] } }, { mergeWithLastSubmission: false });
  });
  console.log(issuer);
});
