// SCIMMY with express and an in-memory store: node server.mjs PORT TOKEN
import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import express from "express";
import SCIMMY from "scimmy";
import SCIMMYRouters from "scimmy-routers";

const [port, token] = process.argv.slice(2);

/** A store of one resource type, keyed by id; `unique` names the attribute that may not repeat. */
function declare(type, unique) {
  const rows = new Map();
  SCIMMY.Resources.declare(type)
    .egress((resource) => {
      if (resource.id) {
        if (!rows.has(resource.id)) throw new SCIMMY.Types.Error(404, null, `Resource ${resource.id} not found`);
        return rows.get(resource.id).row;
      }
      const all = [...rows.values()].map(({ row }) => row);
      return resource.filter ? resource.filter.match(all) : all;
    })
    .ingress((resource, data) => {
      const id = resource.id ?? randomUUID();
      const old = rows.get(id);
      if (resource.id && !old) throw new SCIMMY.Types.Error(404, null, `Resource ${id} not found`);
      const key = String(data[unique] ?? "").toLowerCase();
      for (const [other, { row }] of rows) {
        if (other !== id && String(row[unique]).toLowerCase() === key) {
          throw new SCIMMY.Types.Error(409, "uniqueness", `${unique} is taken`);
        }
      }
      const sent = JSON.parse(JSON.stringify({ ...data, id: undefined, meta: undefined }));
      // What did not change keeps its time.
      if (old && isDeepStrictEqual(sent, old.sent)) return old.row;
      const now = new Date();
      const meta = { resourceType: type.name, created: old?.row.meta.created ?? now, lastModified: now };
      const row = { ...sent, id, meta };
      rows.set(id, { row, sent });
      return row;
    })
    .degress((resource) => {
      if (!rows.delete(resource.id)) throw new SCIMMY.Types.Error(404, null, `Resource ${resource.id} not found`);
    });
}

SCIMMY.Resources.User.extend(SCIMMY.Schemas.EnterpriseUser, false);
declare(SCIMMY.Resources.User, "userName");
declare(SCIMMY.Resources.Group, "displayName");

const app = express();
app.use("/scim/v2", new SCIMMYRouters({
  type: "bearer",
  baseUri: (request) => `${request.protocol}://${request.get("host")}`,
  handler: (request) => {
    if (request.header("Authorization") !== `Bearer ${token}`) throw new Error("Authorization not valid");
    return "suite";
  },
}));
app.listen(Number(port), "127.0.0.1");
