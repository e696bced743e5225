import type { Html } from '../../html.ts';

export const pageStyle: Html = {
  html: `
:root { color-scheme: light dark; --paper: #fbfbf9; --ink: #1d2126; --dim: #6b737c; --line: #e2e3df; --zero: #9aa1a8;
  --accent: #1f6f8b; --plus: #1f6f8b; --minus: #b4532a; --use: #1d7a46; --care: #9a6700; --no: #6b737c; --fail: #b42318; --on: #fff; }
@media (prefers-color-scheme: dark) { :root { --paper: #15181c; --ink: #e6e8ea; --dim: #98a1aa; --line: #2c3137;
  --zero: #626b74; --accent: #62b6d2; --plus: #4aa3c0; --minus: #dd8157; --use: #5cc48b; --care: #e0b050; --no: #98a1aa; --fail: #f07a70; --on: #0f1215; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 900px; margin: 0 auto; padding: 32px 20px 64px; }
h1 { font-size: 26px; margin: 0 0 8px; } h2 { font-size: 18px; margin: 40px 0 4px; }
p { margin: 4px 0 12px; color: var(--dim); max-width: 72ch; } .lead { color: var(--ink); }
.none { color: var(--ink); border-left: 3px solid var(--care); padding: 8px 14px; margin: 24px 0; }
svg { width: 100%; height: auto; display: block; font: 12px system-ui, sans-serif; }
svg text { fill: var(--ink); } svg .tick, svg .dim { fill: var(--dim); } svg .value { font-variant-numeric: tabular-nums; }
svg .value.on { fill: var(--on); } svg .title { font-weight: 600; }
svg .grid { stroke: var(--line); } svg .zero { stroke: var(--zero); }
.mark line { stroke: var(--accent); stroke-width: 2.5; stroke-linecap: round; } .mark circle { fill: var(--accent); }
.mark.unknown, .mark.no { opacity: .5; }
.shrunk { fill: none; stroke: var(--minus); stroke-width: 1.5; }
.plus { fill: var(--plus); } .minus { fill: var(--minus); } .void { fill: var(--line); }
.frame { fill: none; stroke: var(--ink); stroke-width: 2; }
.band { fill: var(--accent); opacity: .16; } .curve { fill: none; stroke: var(--accent); stroke-width: 2.5; }
.dot { fill: var(--accent); } .dot.open { fill: var(--paper); stroke: var(--accent); stroke-width: 1.5; } .dot.reported { fill: var(--minus); }
.held { fill: var(--ink); } .free { fill: var(--line); }
.grid-2 { display: grid; grid-template-columns: repeat(auto-fit, minmax(340px, 1fr)); gap: 20px 24px; }
.scroll { overflow-x: auto; margin: 8px 0 16px; }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; font-variant-numeric: tabular-nums; }
th { text-align: left; color: var(--dim); font-weight: 500; } th, td { padding: 6px 14px 6px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td:first-child { white-space: nowrap; }
.verdict, .status { font-weight: 600; } .use, .pass { color: var(--use); } .care, .warn { color: var(--care); }
.no, .unknown { color: var(--no); } .fail { color: var(--fail); }
.bar { display: inline-block; width: 160px; height: 8px; background: var(--line); border-radius: 4px; margin-right: 8px; }
.bar span { display: block; height: 8px; background: var(--accent); border-radius: 4px; }
summary { cursor: pointer; color: var(--dim); } code { font-size: 12px; } footer { margin-top: 48px; color: var(--dim); font-size: 12.5px; overflow-wrap: anywhere; }
`,
};
