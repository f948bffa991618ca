import { escapeHtml } from './html.ts'

/** Light first, then dark. */
const COLORS: Readonly<Record<string, readonly [string, string]>> = {
  paper: ['#ffffff', '#12181d'],
  tile: ['#f3f5f6', '#1c242b'],
  ink: ['#1f2933', '#e6ebef'],
  muted: ['#56626b', '#a3afb8'],
  rules: ['#dde2e6', '#33404a'],
  'line-0': ['#0f766e', '#2dd4bf'],
  'line-1': ['#c2410c', '#fb923c'],
  'line-2': ['#4f46e5', '#a5b4fc'],
  'line-3': ['#a16207', '#facc15'],
  'line-4': ['#be185d', '#f472b6'],
  'line-5': ['#0369a1', '#38bdf8'],
  'line-6': ['#4d7c0f', '#a3e635'],
  'line-7': ['#7e22ce', '#c084fc'],
  heat: ['60%', '42%'], // the strongest tint that is still a ground for ink
}

function variables(theme: 0 | 1): string {
  return Object.entries(COLORS)
    .map(([name, values]) => `--${name}:${values[theme]}`)
    .join(';')
}

const STYLE = `
:root{color-scheme:light dark;${variables(0)}}
@media (prefers-color-scheme:dark){:root{${variables(1)}}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 Helvetica,Arial,sans-serif}
main{max-width:1080px;margin:0 auto;padding:24px 16px 48px}
h1{font-size:28px;line-height:1.2;margin:0 0 8px}
h2{font-size:20px;margin:40px 0 12px;padding-top:16px;border-top:1px solid var(--rules)}
h3{font-size:16px;margin:0 0 8px}
h1,h2,h3,p,li,dd,dt,th,td,figcaption{overflow-wrap:anywhere}
p,ul.warnings{max-width:70ch}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,400px),1fr));gap:32px 40px}
figure{margin:0;min-width:0;max-width:560px}
figure svg{display:block;width:100%;height:auto}
figcaption{color:var(--muted);font-size:14px;margin-top:8px}
.legend{display:flex;flex-wrap:wrap;gap:2px 16px;list-style:none;margin:0 0 4px;padding:0;font-size:14px}
.legend li{display:flex;align-items:center;gap:6px}
.legend i{flex:none;width:14px}
.wide{overflow-x:auto}
table{border-collapse:collapse;font-size:14px;width:100%}
th,td{text-align:left;vertical-align:top;padding:6px 12px 6px 0;border-bottom:1px solid var(--rules)}
thead th{color:var(--muted);font-weight:normal;overflow-wrap:normal}
.words td:not(:last-child){white-space:nowrap}
.words tbody th{min-width:112px}
.numbers td,.numbers th+th{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
.confusion th,.confusion td{text-align:center;padding:10px 6px;border:2px solid var(--paper);overflow-wrap:break-word}
.confusion td{background:color-mix(in srgb,var(--shade) calc(var(--share)*var(--heat)),var(--tile));font-size:16px}
.confusion tbody th{text-align:right;min-width:64px;max-width:140px}
.confusion thead th{min-width:56px;max-width:110px}
.confusion th{overflow-wrap:anywhere}
figure:has(.confusion td:nth-child(8)){grid-column:1/-1;max-width:none}
.confusion td small{display:block;color:inherit}
.confusion caption{color:var(--muted);font-size:14px;padding-bottom:4px}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(152px,1fr));gap:12px;margin:24px 0}
.tiles div{background:var(--tile);border-radius:8px;padding:12px 16px}
.tiles dt,.facts dt{color:var(--muted);font-size:14px}
.tiles dd{margin:0;font-size:clamp(20px,2.2vw,26px);line-height:1.4;white-space:nowrap;font-variant-numeric:tabular-nums}
.facts div{display:flex;flex-wrap:wrap;gap:0 16px;padding:4px 0}
.facts dt{flex:0 0 150px}
.facts dd{margin:0;flex:1 1 180px;font-size:14px}
`

/** A part of the page: its contents are HTML, its heading is text. */
export function section(heading: string, ...contents: readonly string[]): string {
  return `<section>\n<h2>${escapeHtml(heading)}</h2>\n${contents.join('\n')}\n</section>`
}

/** Figures beside each other where there is room; nothing where there are none. */
export function figureSection(heading: string, figures: readonly string[]): string {
  return figures.length === 0 ? '' : section(heading, `<div class="figures">\n${figures.join('\n')}\n</div>`)
}

/** A page that asks for nothing else: no file, no font, no script. `title` and `intro` are text, `contents` are HTML. */
export function wholePage(title: string, intro: string | undefined, contents: readonly string[]): string {
  const name = escapeHtml(title)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<title>${name}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${name}</h1>
${intro === undefined ? '' : `<p>${escapeHtml(intro)}</p>`}
${contents.join('\n')}
</main>
</body>
</html>
`
}
