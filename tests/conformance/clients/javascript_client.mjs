// Microsoft's JavaScript client against the served sandbox, unchanged. Reads {"graph", "token", "control"} from standard
// input, writes what it found as JSON.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const require = createRequire(process.env.SCOREGATE_NODE_MODULES + "/");
const { Client, PageIterator } = require("@microsoft/microsoft-graph-client");
const given = JSON.parse(readFileSync(0, "utf-8"));

const client = Client.init({
  baseUrl: given.graph + "/",
  defaultVersion: "v1.0",
  customHosts: new Set([new URL(given.graph).hostname]),
  authProvider: (done) => done(null, given.token),
});

async function every(path) {
  const found = [];
  const iterator = new PageIterator(client, await client.api(path).get(), (item) => found.push(item));
  await iterator.iterate();
  return found;
}

const scores = await every("/security/secureScores");
const profiles = await every("/security/secureScoreControlProfiles");
const one = `/security/secureScoreControlProfiles/${given.control}`;
const body = {
  state: "Ignored",
  comment: "from JavaScript",
  assignedTo: "secops@contoso.example",
  vendorInformation: { provider: "SecureScore", vendor: "Microsoft" },
};
const told = await client.api(one).header("Prefer", "return=representation").patch(body);
const again = await client.api(one).get();
let missing = null;
try {
  await client.api("/security/secureScoreControlProfiles/no-such").get();
} catch (error) {
  missing = [error.statusCode, error.code];
}
console.log(
  JSON.stringify({
    scores: scores.map((score) => score.id),
    profiles: profiles.map((profile) => profile.id),
    told: told.controlStateUpdates.at(-1).state,
    newest: again.controlStateUpdates.at(-1).comment,
    missing,
  }),
);
