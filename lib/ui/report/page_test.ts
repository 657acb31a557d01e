import assert from "node:assert/strict";
import { exits } from "../../execute/behaviour.ts";
import type { DeployEvent } from "../../execute/events.ts";
import { simulate } from "../../execute/simulate.ts";
import { parseDesired } from "../../plan/testing/notation.ts";
import { eventRecord } from "../event_record.ts";
import { reportPage } from "./page.ts";

const facts = { now: 10_000, dateMs: Date.UTC(2026, 0, 2, 3, 4, 15) };

const failing = () =>
  simulate({ actual: "Xa1", desired: "Xb1+-", versions: { Xb: exits(1, 250) } });

const eventsIn = (page: string): unknown =>
  JSON.parse(page.match(/<script type="application\/json" id="events">(.*?)<\/script>/s)![1]);

Deno.test("a report holds each event, for people and for programs", async () => {
  const { events } = await failing();
  const page = reportPage(events, facts);
  assert.deepEqual(eventsIn(page), JSON.parse(JSON.stringify(events.map(eventRecord))));
  const rows = [...page.matchAll(/<tr[^>]*data-type="([\w-]+)"/g)].map(([, type]) => type);
  assert.deepEqual(rows, events.map(({ type }) => type));
  assert.match(page, /Begun 2026-01-02 03:04:05 UTC/);
  assert.match(
    page,
    /X-2 is not ready: it ended with exit code 1<pre>test-X-2 says hello\nand no more/,
  );
});

Deno.test("nothing in a report leads elsewhere, and no script runs", async () => {
  const { events } = await failing();
  const page = reportPage(events, facts);
  assert.doesNotMatch(page, /(?:src|href|url)\s*[=(]\s*["']?(?!data:,)\w/);
  assert.deepEqual(page.match(/<script[^>]*>/g), ['<script type="application/json" id="events">']);
});

Deno.test("what others wrote cannot become a part of the page", async () => {
  const evil = `</script><script>alert(1)</script><img src=x onerror="alert('2')">&amp;\x1b[31m`;
  const [service] = parseDesired("Xb1+-");
  const name = `<b a="'">`;
  const { events } = await simulate({
    actual: [],
    desired: [{ ...service, name }],
    versions: { [`${name}b`]: exits(1, 250) },
  });
  const others: DeployEvent[] = [
    { type: "output", at: 1, text: evil },
    { type: "hook-log", at: 1, module: evil, text: evil },
    { type: "request", at: 1, durationMs: 1, failure: evil },
    { type: "probed", at: 1, url: evil, sent: 1, failed: 1, firstFailure: evil },
    { type: "lock", at: 1, state: "waiting", holder: evil },
    { type: "error", at: 1, message: evil, hint: evil, details: [evil], exitCode: 3 },
  ];
  const page = reportPage([...events, ...others], facts);
  assert.equal(page.match(/.{0,30}(?:<img|<b[ >]|onerror="|<script>)/)?.[0], undefined);
  assert.ok(!page.includes("\x1b"));
  assert.equal(page.match(/<script/g)!.length, 1);
  assert.equal((eventsIn(page) as unknown[]).length, events.length + others.length);
});

Deno.test("a deploy that could not begin has a report, too", () => {
  const error: DeployEvent = {
    type: "error",
    at: 5,
    message: "Cannot read the Compose files: none",
    hint: "Name one.",
    details: [],
    exitCode: 3,
  };
  const page = reportPage([error], facts);
  assert.match(page, /class="verdict bad">Cannot read the Compose files: none</);
  assert.doesNotMatch(page, /<svg/);
});
