import assert from "node:assert/strict";
import { findingText } from "../plan/finding.ts";
import { unreadKeys } from "./unread_keys.ts";

Deno.test("what is meant for kerek and misspelt or misplaced is found", () => {
  const model = {
    "x-kerk": { history: 3 },
    "x-kerek": { "x-kerek": {} },
    "x-common": { "x-kerek": {} },
    "x-proxy": {},
    services: {
      "x-kerek": { image: "app", deploy: { "x-kereks": null } },
      web: {
        "x-kerek": {},
        "x-kereks": {},
        environment: { "x-kerek": "a" },
        labels: { "x-kerek": "a" },
        ports: [{ "x-kerek": 1 }],
        healthcheck: null,
        deploy: { update_config: { "x-kerek": {} } },
      },
      api: null,
    },
    networks: { default: { "x-kerek": {} } },
  };
  const says = "kerek does not read this key. Did you mean";
  assert.deepEqual(unreadKeys(model).map(findingText), [
    `x-kerk: ${says} x-kerek? [unread-key]`,
    `services.x-kerek.deploy.x-kereks: ${says} services.x-kerek.x-kerek? [unread-key]`,
    `services.web.x-kereks: ${says} services.web.x-kerek? [unread-key]`,
    `services.web.deploy.update_config.x-kerek: ${says} services.web.x-kerek? [unread-key]`,
    `networks.default.x-kerek: ${says} x-kerek? [unread-key]`,
  ]);
});
