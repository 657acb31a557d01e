/** The style of a report: no fonts or pictures from elsewhere, light and dark, wide and narrow. */
export const style = `
:root {
  color-scheme: light dark;
  --back: #ffffff; --text: #1d2329; --faint: #5c6670; --line: #d9dee3;
  --serving: #2b8a57; --starting: #d9a014; --checking: #b26a00; --draining: #6f8fb8;
  --stopping: #8a949e; --idle: #aab3bb; --failed: #c92a2a; --panel: #f5f7f9;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #14181c; --text: #e4e8ec; --faint: #9aa5b0; --line: #333b43;
    --serving: #3fae72; --starting: #e0b13c; --checking: #f08c00; --draining: #82a5d6;
    --stopping: #87919b; --idle: #5c6670; --failed: #ff6b6b; --panel: #1c2228;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 1200px; padding: 24px 16px 48px;
  background: var(--back); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif;
}
h1 { margin: 0 0 4px; font-size: 24px; line-height: 1.25; overflow-wrap: anywhere; }
h2 { margin: 32px 0 8px; font-size: 17px; }
p { margin: 0 0 8px; overflow-wrap: anywhere; }
.verdict { font-size: 17px; font-weight: 600; }
.good { color: var(--serving); } .bad { color: var(--failed); }
.faint { color: var(--faint); }
svg { display: block; overflow: hidden; margin-top: 16px; }
svg text { fill: var(--text); font-size: 13px; }
svg .service { font-size: 15px; font-weight: 600; }
svg .cause { fill: var(--faint); font-size: 13px; font-weight: 400; }
svg .axis { fill: var(--faint); font-size: 12px; }
svg .tick { stroke: var(--line); }
svg .name { font-weight: 500; }
svg rect { rx: 2px; }
.serving { fill: var(--serving); } .starting { fill: var(--starting); }
.checking { fill: var(--checking); } .draining { fill: var(--draining); }
.stopping { fill: var(--stopping); } .created, .stopped { fill: var(--idle); }
.failed { fill: var(--failed); }
svg .cross { fill: var(--failed); font-size: 19px; font-weight: 700;
  stroke: var(--back); stroke-width: 3px; paint-order: stroke; }
.note line { stroke: var(--faint); stroke-dasharray: 3 4; }
.note.failure line { stroke: var(--failed); }
.request.ok { stroke: var(--serving); stroke-width: 1.5px; }
.request.bad { stroke: var(--failed); stroke-width: 2.5px; }
ul.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 8px 0 0; padding: 0;
  list-style: none; color: var(--faint); font-size: 13px; }
ul.legend svg { display: inline-block; margin: 0 6px 0 0; vertical-align: -4px; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: 5px 10px 5px 0; border-bottom: 1px solid var(--line); text-align: left;
  vertical-align: top; overflow-wrap: anywhere; }
th { color: var(--faint); font-size: 13px; font-weight: 500; }
td.time, th.time { width: 84px; white-space: nowrap; font-variant-numeric: tabular-nums;
  color: var(--faint); }
tr.bad td { color: var(--failed); }
pre { margin: 4px 0 0; padding: 8px 10px; overflow-x: auto; background: var(--panel);
  color: var(--text); border-radius: 4px; font: 13px/1.45 ui-monospace, "DejaVu Sans Mono", monospace;
  white-space: pre-wrap; overflow-wrap: anywhere; }
details { margin-top: 16px; }
summary { cursor: pointer; }
footer { margin-top: 32px; color: var(--faint); font-size: 13px; }
`;
