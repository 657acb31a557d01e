import { describe, doing, refName } from "../../plan/describe.ts";
import type { NewReplica, ServiceChange, Step } from "../../plan/model.ts";
import { serviceOf } from "../../plan/refs.ts";
import { closingLine } from "../plain.ts";
import { type Palette, plainPalette } from "../palette.ts";
import { printable } from "../printable.ts";
import { type Lifetime, type State, stateOf } from "../timeline/lifetime.ts";
import { timeText } from "../timeline/scale.ts";
import { justify, width, wrap } from "../width.ts";
import { spinner } from "./spinner.ts";
import type { Frame } from "./picture.ts";
import type { View } from "./view.ts";

/** A view as lines, none longer than the terminal is wide. */
export function render(view: View, frame: Frame): string[] {
  const picture = new Picture(view, frame);
  if (view.end) return picture.final();
  const head = picture.head();
  const foot = picture.foot();
  const body = view.plan?.changes.flatMap((change) => picture.service(change)) ?? [];
  const room = (frame.rows ?? Infinity) - head.length - foot.length;
  return [...head, ...picture.fit(body, room), ...foot].map(({ text }) => text);
}

/** A line, and whether it is about something that is going on. */
interface Line {
  text: string;
  isActive: boolean;
}

class Picture {
  private readonly paint: Palette;
  private readonly columns: number;
  private readonly nameWidth: number;

  constructor(private readonly view: View, private readonly frame: Frame) {
    this.paint = frame.palette ?? plainPalette;
    // A full line would leave the cursor where terminals do not agree.
    this.columns = Math.min(Math.max(10, frame.columns - 1), mostColumns);
    const names = this.changed().map(({ service }) => width(service));
    this.nameWidth = Math.min(Math.max(0, ...names), 24);
  }

  head(): Line[] {
    const { plan, since, holder, isInterrupted, isRecovering } = this.view;
    const doing = holder
      ? `waiting for ${holder}, which is deploying it`
      : isRecovering
      ? "putting back what was not finished"
      : isInterrupted
      ? "interrupted, finishing what is in hand"
      : plan
      ? "deploying"
      : "looking at what should be and what is";
    const project = plan ? `${this.paint.bold(plan.project)}: ` : "";
    return [this.line(`${project}${printable(doing)}`, since)];
  }

  /** What belongs to no service. */
  foot(): Line[] {
    const { running, output, requests } = this.view;
    const others = running.filter(({ step }) => serviceOf(step) === undefined);
    const last = output.at(-1);
    return [
      ...others.map(({ step, since }) => this.line(`${this.turning()} ${this.step(step)}`, since)),
      ...(last ? [this.line(this.paint.dim(printable(last)))] : []),
      ...(requests ? [this.line(this.requests(requests))] : []),
    ];
  }

  service(change: ServiceChange): Line[] {
    if (change.cause === "") return [];
    const { service, cause } = change;
    const running = this.view.running.filter(({ step }) => serviceOf(step) === service);
    const times = this.view.times[service];
    if (!times) return [this.line(this.title("·", service, `waits (${cause})`), undefined, false)];
    const { done, text } = this.count(change);
    if (done && running.length === 0) {
      return [this.done(this.paint.green("✔"), service, text, times)];
    }
    const hasFailed = this.lives(service).some((life) => life.failedAt.length > 0);
    const sign = hasFailed ? this.paint.red("✘") : running.length > 0 ? this.turning() : "·";
    return [
      this.line(this.title(sign, service, `${text} (${cause})`), times.from),
      ...running.map(({ step, since }) => this.swap(change, step, since)),
    ];
  }

  /** Leaves out lines where there are more than fit, those that nothing happens to first. */
  fit(lines: Line[], room: number): Line[] {
    if (lines.length <= room) return lines;
    const shown = new Set(
      lines.toSorted((a, b) => Number(b.isActive) - Number(a.isActive))
        .slice(0, Math.max(0, room - 1)),
    );
    const rest = `… and ${lines.length - shown.size} more`;
    return [...lines.filter((line) => shown.has(line)), this.line(this.paint.dim(rest))];
  }

  /** One line a service. */
  final(): string[] {
    const { end, plan, times } = this.view;
    const outcomes = new Map(end!.services.map((outcome) => [outcome.service, outcome]));
    const lines = this.changed().flatMap((change) => {
      const outcome = outcomes.get(change.service);
      if (!outcome || outcome.kind === "unchanged") return [];
      const { kind, done, total } = outcome;
      const sign = kind === "updated"
        ? this.paint.green("✔")
        : kind === "not-reached"
        ? "·"
        : this.paint.red("✘");
      const text = kind === "updated" ? this.count(change).text : said[kind](done, total);
      const time = times[change.service];
      if (!time) return [this.line(this.title(sign, change.service, text), undefined, false)];
      return [this.done(sign, change.service, text, time)];
    });
    const closing = wrap(closingLine({ ...end!, plan: plan! }), this.columns);
    const isGood = end!.outcome === "done" || end!.outcome === "nothing";
    return [...lines.map(({ text }) => text), ...(isGood ? closing : closing.map(this.paint.red))];
  }

  private done(
    sign: string,
    service: string,
    text: string,
    { from, to = this.frame.now }: { from: number; to?: number },
  ): Line {
    const left = this.title(sign, service, text);
    return { text: justify(left, seconds(to - from), this.columns), isActive: false };
  }

  private title(sign: string, service: string, text: string): string {
    const name = this.paint.bold(service) +
      " ".repeat(Math.max(0, this.nameWidth - width(service)));
    return `${sign} ${name}  ${printable(text)}`;
  }

  /** A swap of replicas, old and new, in the step that is in hand. */
  private swap(change: ServiceChange, step: Step, since: number): Line {
    const [old, fresh] = this.pairOf(change, step);
    const bars = [old && this.replica(old), fresh && this.replica(fresh)].filter((x) => x);
    const isUsual = step.cause === change.cause || step.cause === "";
    const text = `${this.step(step)}${isUsual ? "" : ` (${step.cause})`}`;
    const left = bars.length > 0 ? `${bars.join(" → ")}  ` : "";
    return this.line(`    ${left}${text}`, since);
  }

  private replica(life: Lifetime): string {
    const state = stateOf(life);
    const filled = state ? fill[state] : 0;
    const bar = "█".repeat(filled) + "░".repeat(barCells - filled);
    const color = state === "serving" ? "green" : state === "failed" ? "red" : "yellow";
    const painted = this.paint[color](bar);
    return life.part === "old" ? `${life.name} ${painted}` : `${painted} ${life.name}`;
  }

  private pairOf(change: ServiceChange, step: Step): (Lifetime | undefined)[] {
    const { parts } = this.view.lifetimes;
    const swap = step.swap?.swap;
    const lives = this.lives(change.service);
    const find = (role: string) => lives.find(({ name }) => name === parts[`${swap} ${role}`]);
    return swap ? [find("old"), find("new")] : [];
  }

  private lives(service: string): Lifetime[] {
    return this.view.lifetimes.services.find((entry) => entry.service === service)?.replicas ?? [];
  }

  /** How much of a service is done, in words. */
  private count(
    { service, swaps, adds, removals }: ServiceChange,
  ): { done: boolean; text: string } {
    const lives = new Map(this.lives(service).map((life) => [life.name, life]));
    const isUp = (fresh: NewReplica) => stateOf(lives.get(nameOf(fresh))!) === "serving";
    const isDown = (old: { service: string; number: number }) =>
      [undefined, "stopped"].includes(stateOf(lives.get(refName(old))!));
    const parts: [verb: string, done: number, total: number][] = [
      ["replaced", swaps.filter((x) => isUp(x.new) && isDown(x.old)).length, swaps.length],
      ["added", adds.filter(isUp).length, adds.length],
      ["removed", removals.filter(isDown).length, removals.length],
    ];
    const meant = parts.filter(([, , total]) => total > 0);
    return {
      done: meant.every(([, done, total]) => done === total),
      text: meant.map(([verb, done, total]) => `${done} of ${total} ${verb}`).join(", "),
    };
  }

  private changed(): ServiceChange[] {
    return this.view.plan?.changes.filter(({ cause }) => cause !== "") ?? [];
  }

  private step({ action }: Step): string {
    const text = doing(describe(action));
    return text.charAt(0).toLowerCase() + text.slice(1);
  }

  private requests({ sent, failed }: { sent: number; failed: number }): string {
    if (failed === 0) return `requests: ${sent} sent, none failed`;
    return `requests: ${sent} sent, ${this.paint.red(`${failed} failed`)}`;
  }

  private turning(): string {
    return this.paint.yellow(spinner(this.frame.now));
  }

  private line(left: string, since?: number, isActive = true): Line {
    const right = since === undefined ? "" : seconds(this.frame.now - since);
    return { text: justify(left, right, this.columns), isActive };
  }
}

/** In a wider window, times would be too far from what they are about. */
const mostColumns = 110;

const barCells = 6;

/** How full the bar of a container is, in what state. */
const fill: Record<State, number> = {
  created: 0,
  starting: 2,
  checking: 4,
  serving: 6,
  draining: 4,
  stopping: 2,
  failed: 0,
  stopped: 0,
};

const said = {
  partly: (done: number, total: number) => `${done} of ${total} done, the others are as before`,
  "as-before": () => "as before",
  "rolled-back": () => "rolled back, as before",
  "not-reached": () => "not reached, as before",
  unclear: (done: number, total: number) => `look at it, ${done} of ${total} are known to be done`,
};

const nameOf = (fresh: NewReplica): string =>
  refName(fresh.kind === "existing" ? fresh.replica : fresh);

/** With one digit, so that a line does not change more often than it can be read. */
const seconds = (ms: number): string =>
  ms >= 60_000 ? timeText(ms) : `${(Math.max(0, ms) / 1000).toFixed(1)} s`;
