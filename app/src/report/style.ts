// The report's look: a page to read and to print, in the reader's theme; on paper always in the light one.

export const pageStyle = `
:root { color-scheme: light dark; --ink: light-dark(#14181d, #e9edf0); --quiet: light-dark(#5a646e, #9aa6b1); --line: light-dark(#e0e3e6, #272e35); --good: light-dark(#19693b, #73d59f); --warn: light-dark(#8a4a00, #f2b665); --bar: light-dark(#0b6b70, #56c8c4); --track: light-dark(#eef0f2, #232a31); --middle: light-dark(#454f58, #a9b4be); }
body { margin: 0; background: light-dark(#fff, #14181c); color: var(--ink); font: 14px/22px system-ui, sans-serif; font-variant-numeric: tabular-nums; }
main { max-width: 1040px; margin: 0 auto; padding: 32px 24px 64px; }
h1 { margin: 0; font-size: 24px; line-height: 32px; overflow-wrap: anywhere; }
h2 { margin: 40px 0 8px; font-size: 16px; }
h3 { margin: 24px 0 4px; font-size: 13px; }
p { margin: 8px 0; max-width: 78ch; }
.lead { margin: 16px 0 0; font-size: 17px; line-height: 26px; }
table { border-collapse: collapse; font-size: 12px; line-height: 18px; margin: 8px 0 16px; }
th, td { padding: 3px 16px 3px 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
tbody th { font-weight: 400; }
thead th { color: var(--quiet); font-weight: 500; }
.number { text-align: right; }
.figures { font-size: 14px; line-height: 22px; }
.figures tbody th { color: var(--quiet); white-space: nowrap; }
.figures .quiet, table .quiet { font-size: 12px; }
.outcome thead th { vertical-align: bottom; line-height: 18px; }
.outcome td { min-width: 120px; }
.quiet { color: var(--quiet); }
.good { color: var(--good); font-weight: 600; }
.warn { color: var(--warn); font-weight: 600; }
.wide { overflow-x: auto; }
.by-dark { display: none; }
svg { display: block; max-width: none; }
svg text { fill: var(--middle); font: 11px system-ui, sans-serif; }
.on-white { width: fit-content; max-width: 100%; padding: 8px; background: #fff; border-radius: 4px; }
.on-white svg text { fill: #454f58; }
.bar { display: inline-block; vertical-align: -1px; fill: var(--bar); border-radius: 2px; }
.bar .track { fill: var(--track); }
code, pre { font: 12px/18px ui-monospace, monospace; overflow-wrap: anywhere; }
pre { padding: 12px; overflow-x: auto; border: 1px solid var(--line); border-radius: 4px; white-space: pre-wrap; }
li { margin: 6px 0; max-width: 78ch; }
.layers .quiet { font-size: inherit; }
@media screen and (prefers-color-scheme: dark) { .by-light { display: none; } .by-dark { display: block; } }
@media print {
  :root { color-scheme: light; }
  main { max-width: none; padding: 0; }
  body { font-size: 10pt; line-height: 14pt; }
  .figures { font-size: 10pt; line-height: 14pt; }
  .wide { overflow: visible; }
  .wide > svg { max-width: 100%; height: auto; }
  h2, h3, thead { break-after: avoid; }
  tr, li, svg, .whole { break-inside: avoid; }
  .layers { font-size: 8pt; line-height: 11pt; }
  .layers td:nth-child(5), .layers td:nth-child(7), .layers .number { white-space: nowrap; }
  details::details-content { content-visibility: visible; display: block; height: auto; }
  * { print-color-adjust: exact; }
}
@page { size: A4; margin: 16mm 15mm 18mm; @bottom-right { content: counter(page) " / " counter(pages); font: 8pt system-ui, sans-serif; color: #5a646e; } }
`;
