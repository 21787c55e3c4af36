// The report's look: a page to read and to print, in the reader's theme.

export const pageStyle = `
:root { color-scheme: light dark; --ink: light-dark(#14181d, #e9edf0); --quiet: light-dark(#616b75, #9aa6b1); --line: light-dark(#e0e3e6, #272e35); --good: light-dark(#19693b, #73d59f); --warn: light-dark(#8a4a00, #f2b665); }
body { margin: 0; background: light-dark(#fff, #14181c); color: var(--ink); font: 14px/22px system-ui, sans-serif; font-variant-numeric: tabular-nums; }
main { max-width: 1040px; margin: 0 auto; padding: 32px 24px 64px; }
h1 { margin: 0; font-size: 24px; line-height: 32px; }
h2 { margin: 40px 0 8px; font-size: 16px; }
h3 { margin: 16px 0 4px; font-size: 13px; }
p { margin: 8px 0; }
table { border-collapse: collapse; font-size: 12px; line-height: 18px; }
th, td { padding: 3px 16px 3px 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
.figures { font-size: 14px; line-height: 22px; }
.figures th { font-weight: 400; color: var(--quiet); }
.quiet { color: var(--quiet); }
.good { color: var(--good); }
.warn { color: var(--warn); font-weight: 600; }
.wide { overflow-x: auto; }
svg { display: block; max-width: none; background: #fff; border-radius: 4px; }
svg text { fill: #454f58; font: 11px system-ui, sans-serif; }
code, pre { font: 12px/18px ui-monospace, monospace; overflow-wrap: anywhere; }
pre { padding: 12px; overflow-x: auto; border: 1px solid var(--line); border-radius: 4px; white-space: pre-wrap; }
li { margin: 6px 0; }
@media print { main { max-width: none; padding: 0; } section { break-inside: avoid-page; } }
`;
