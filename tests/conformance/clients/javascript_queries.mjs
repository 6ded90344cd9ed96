// Microsoft's msal-node and JavaScript client for Graph, unchanged: sign-in, selection, order, counts, a batch, 429.
// Reads {"graph", "authority", "tenant", "clientId", "clientSecret", "control"} from standard input, writes JSON.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const require = createRequire(process.env.SCOREGATE_NODE_MODULES + "/");
const { BatchRequestContent, BatchResponseContent, Client } = require("@microsoft/microsoft-graph-client");
const { ConfidentialClientApplication } = require("@azure/msal-node");
const given = JSON.parse(readFileSync(0, "utf-8"));

const application = new ConfidentialClientApplication({
  auth: {
    clientId: given.clientId,
    clientSecret: given.clientSecret,
    authority: `${given.authority}/${given.tenant}`,
    knownAuthorities: [new URL(given.authority).host],
  },
});
const signedIn = await application.acquireTokenByClientCredential({ scopes: ["https://graph.microsoft.com/.default"] });
const client = Client.init({
  baseUrl: given.graph + "/",
  defaultVersion: "v1.0",
  customHosts: new Set([new URL(given.graph).hostname]),
  authProvider: (done) => done(null, signedIn.accessToken),
});

const profiles = "/security/secureScoreControlProfiles";
const oldest = await client.api("/security/secureScores").select("id").orderby("createdDateTime asc").top(2).get();
const counted = await client.api(profiles).count(true).top(1).get();
// It makes a path of an address, and the path of a request in a batch has no version.
const batch = new BatchRequestContent([
  { id: "1", request: new Request("https://graph.microsoft.com/security/secureScores?$top=1&$select=id") },
  {
    id: "2",
    dependsOn: ["1"],
    request: new Request(`https://graph.microsoft.com${profiles}/${given.control}`, {
      method: "PATCH",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        state: "Reviewed",
        comment: "from a batch of JavaScript",
        vendorInformation: { provider: "SecureScore", vendor: "Microsoft" },
      }),
    }),
  },
]);
const answered = new BatchResponseContent(await client.api("/$batch").post(await batch.getContent()));
const again = await client.api(`${profiles}('${given.control}')`).get();
console.log(
  JSON.stringify({
    oldest,
    count: [counted["@odata.count"], await client.api(`${profiles}/$count`).get()],
    statuses: ["1", "2"].map((id) => answered.getResponseById(id).status),
    first: await answered.getResponseById("1").json(),
    changed: again.controlStateUpdates.at(-1).comment,
  }),
);
