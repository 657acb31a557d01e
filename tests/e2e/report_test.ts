/** Acceptance: the report of a deploy in a real browser, and what `--probe` finds. */
import assert from "node:assert/strict";
import type { Page } from "../../lib/deps/puppeteer.ts";
import type { EventRecord } from "../../lib/ui/event_schema.ts";
import { noChromium, startChromium } from "./harness/chromium.ts";
import { validLines } from "./harness/event_lines.ts";
import type { Project } from "./harness/project.ts";
import { scenario } from "./harness/scenario.ts";
import { countedScript, service } from "./harness/service.ts";

/** What is drawn, in shares of the picture's width. */
interface Drawn {
  replicas: Record<string, { state: string; from: number; to: number }[]>;
  crosses: Record<string, number[]>;
  bad: number[];
  good: number;
  leastFont: number;
  overflow: number;
}

scenario("a report opens without network, and its picture matches the events", async (project) => {
  const records = await failingDeploy(project);
  const browser = await startChromium();
  try {
    const page = await browser.newPage();
    const heard: string[] = [];
    const asked: string[] = [];
    page.on("console", (message) => heard.push(message.text()));
    page.on("pageerror", (error) => heard.push(String(error)));
    page.on("request", (request) => asked.push(request.url()));
    const url = `file://${project.folder}/report.html`;
    for (const width of [1280, 400]) {
      await page.setViewport({ width, height: 900 });
      await page.goto(url);
      const drawn = await look(page);
      assert.deepEqual(await embedded(page), records);
      assertMatches(drawn, records);
      assert.ok(drawn.leastFont >= 12, `${drawn.leastFont}px`);
      assert.ok(drawn.overflow <= 0, `${width}: ${drawn.overflow}px too wide`);
    }
    assert.deepEqual(heard, []);
    assert.deepEqual(asked.filter((other) => other !== url), []);
  } finally {
    await browser.close();
  }
}, { unless: noChromium });

/** Deploys a version whose second replica fails, past a server that fails at times. */
async function failingDeploy(project: Project): Promise<EventRecord[]> {
  const script = countedScript(
    // Late enough for the first old replica to have gone.
    `[ $VERSION-$n != B-2 ] || { rm /tmp/ok; sleep 3; echo '<b>bad</b>'; exit 3; }`,
  );
  const web = service({ replicas: 2, script }, {
    volumes: ["starts:/starts"],
    "x-kerek": { gates: [{ exec: ["sleep", "0.3"] }], drain: { settle: "300ms", wait: "300ms" } },
  });
  await project.define({ services: { web }, volumes: { starts: {} } });
  await project.deploy();
  let count = 0;
  await using server = Deno.serve({ port: 0, onListen() {} }, () => {
    return new Response("", { status: count++ % 10 === 3 ? 503 : 200 });
  });
  const { code, stdout, stderr } = await project.kerek([
    ...["deploy", "--progress", "json", "--report", "report.html", "--timeline"],
    ...["--probe", `http://localhost:${server.addr.port}/`],
  ], { env: { VERSION: "B" } });
  assert.equal(code, 4, stderr);
  assert.match(stderr, /^ {2}web-\d+ old +─+.*~+.*┤$/m);
  assert.match(stderr, /^requests \(\d+ sent, [1-9]\d* failed\)\n.*✗/m);
  const { mode } = await Deno.stat(`${project.folder}/report.html`);
  assert.equal(mode! & 0o777, 0o600);
  return validLines(stdout);
}

async function embedded(page: Page): Promise<unknown> {
  return JSON.parse(await page.$eval("#events", (element) => element.textContent!));
}

/** Works in the browser, of whose types nothing is known here. */
async function look(page: Page): Promise<Drawn> {
  return await page.evaluate(`(() => {
    const picture = document.querySelector("#timeline").getBoundingClientRect();
    const share = (x) => (x - picture.left) / picture.width;
    const middle = ({ left, right }) => share((left + right) / 2);
    const boxes = (root, selector) =>
      [...root.querySelectorAll(selector)].map((element) => [element, element.getBoundingClientRect()]);
    const ofReplicas = (act) => Object.fromEntries(
      [...document.querySelectorAll("#timeline .replica")].map((group) => [group.dataset.name, act(group)]));
    const fonts = [...document.querySelectorAll("#timeline text, #timeline tspan, td, p")]
      .map((element) => parseFloat(getComputedStyle(element).fontSize));
    return {
      replicas: ofReplicas((group) => boxes(group, "rect").map(([element, box]) =>
        ({ state: element.getAttribute("class"), from: share(box.left), to: share(box.right) }))),
      crosses: ofReplicas((group) => boxes(group, ".cross").map(([, box]) => middle(box))),
      bad: boxes(document, ".request.bad").map(([, box]) => middle(box)),
      good: document.querySelectorAll(".request.ok").length,
      leastFont: Math.min(...fonts),
      overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    };
  })()`) as Drawn;
}

/** Finds each container's turns in the events, and each of them in the picture. */
function assertMatches(drawn: Drawn, records: EventRecord[]): void {
  const moments = records.flatMap((record) =>
    record.type === "request" ? [record.at, record.at - record.durationMs] : [record.at]
  );
  const [first, last] = [Math.min(...moments), Math.max(...moments)];
  const share = (at: number) => (at - first) / (last - first);
  const isAt = (place: number | undefined, at: number, what: string) =>
    assert.ok(
      place !== undefined && Math.abs(place - share(at)) < 0.005,
      `${what} at ${share(at)}: ${JSON.stringify([place, drawn])}`,
    );
  const turns: Record<string, number> = {};
  for (const record of records) {
    if (!("step" in record) || record.step.container === undefined) continue;
    const { step: { action, container }, at, type } = record;
    const bars = drawn.replicas[container];
    const what = `${type} ${action} ${container}`;
    turns[`${type} ${action}`] = (turns[`${type} ${action}`] ?? 0) + 1;
    const begin = (state: string) =>
      bars.filter((bar) => bar.state === state).map((bar) => bar.from);
    const closest = (places: number[]) =>
      places.toSorted((a, b) => Math.abs(a - share(at)) - Math.abs(b - share(at)))[0];
    if (type === "step-started" && action === "start") isAt(closest(begin("starting")), at, what);
    if (type === "step-started" && action === "gate") isAt(closest(begin("checking")), at, what);
    if (type === "step-done" && action === "gate") isAt(closest(begin("serving")), at, what);
    if (type === "step-started" && action === "stop") isAt(closest(begin("stopping")), at, what);
    if (type === "step-failed") isAt(closest(drawn.crosses[container]), at, what);
    if (type === "step-done" && action === "remove") isAt(bars.at(-1)?.to, at, what);
  }
  for (
    const turn of ["step-started start", "step-done gate", "step-failed ready", "step-done remove"]
  ) {
    assert.ok(turns[turn] > 0, `${turn}: ${JSON.stringify(turns)}`);
  }
  const requests = records.filter((record) => record.type === "request");
  const bad = requests.filter(({ failure }) => failure !== undefined);
  assert.ok(bad.length > 0);
  assert.deepEqual([drawn.bad.length, drawn.good], [bad.length, requests.length - bad.length]);
  bad.forEach(({ at, durationMs }, i) => isAt(drawn.bad[i], at - durationMs, "request"));
}

scenario(
  "a report that cannot be written is refused before anything is touched",
  async (project) => {
    await project.define({ services: { web: service() } });
    const { code, stderr } = await project.kerek(["deploy", "--report", "no/such/report.html"]);
    assert.equal(code, 2);
    assert.match(
      stderr,
      /^Cannot write the report no\/such\/report\.html: its folder is not there$/m,
    );
    // A mistyped name may be that of any file.
    const lost = await project.kerek(["deploy", "--report", "compose.yaml"]);
    assert.equal(lost.code, 2);
    assert.match(
      lost.stderr,
      /^Cannot write the report compose\.yaml: it is there, and no report$/m,
    );
    assert.deepEqual(await project.containers(), []);
    for (let i = 0; i < 2; i++) await project.deploy(["--report", "report.html"]);
  },
);
