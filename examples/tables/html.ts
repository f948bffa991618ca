const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text as HTML that shows it. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] as string)
}

/** A number with so many digits that count, and a true minus sign. */
export function shortNumber(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return '–'
  return value.toLocaleString('en', { maximumSignificantDigits: digits }).replace('-', '−')
}

/** A score, most of which lie between 0 and 1. */
export function scoreText(value: number): string {
  return Number.isFinite(value) ? value.toFixed(3).replace('-', '−') : '–'
}

/** A share as per cent. */
export function percent(share: number): string {
  return Number.isFinite(share) ? `${(100 * share).toFixed(1)} %` : '–'
}

/** A picture, or a table in the place of one, and what there is to see. `caption` and `content` are HTML, `title` is text. */
export function figure(title: string, caption: string, content: string): string {
  const name = escapeHtml(title)
  return `<figure aria-label="${name}">\n<h3>${name}</h3>\n${content}\n<figcaption>${caption}</figcaption>\n</figure>`
}

/** Which colour is which line, by its place. */
export function legend(names: readonly string[]): string {
  const items = names.map(
    (name, k) => `<li><i style="border-top:4px ${dashOf(k)} ${colorOf(k)}"></i>${escapeHtml(name)}</li>`,
  )
  return `<ul class="legend">${items.join('')}</ul>`
}

/** The colours of lines, again from the first after the eighth. */
export function colorOf(place: number): string {
  return `var(--line-${place % 8})`
}

/** The second eight lines are dashed. */
export function dashOf(place: number): 'solid' | 'dashed' {
  return place < 8 ? 'solid' : 'dashed'
}

/** A table: the first cell of each row names it. Cells are text. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  style: 'numbers' | 'words',
): string {
  const cells = (row: readonly string[]) =>
    row.map((cell, k) => (k === 0 ? `<th scope="row">${escapeHtml(cell)}</th>` : `<td>${escapeHtml(cell)}</td>`))
  const titles = head.map((cell) => `<th scope="col">${escapeHtml(cell)}</th>`).join('')
  const body = rows.map((row) => `<tr>${cells(row).join('')}</tr>`).join('\n')
  const wide = `<table class="${style}">\n<thead><tr>${titles}</tr></thead>\n<tbody>\n${body}\n</tbody>\n</table>`
  return `<div class="wide" tabindex="0">${wide}</div>`
}

/** Names and what they stand for. Both are text. */
export function definitions(style: 'tiles' | 'facts', entries: readonly (readonly [string, string])[]): string {
  const items = entries.map(([name, value]) => `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd></div>`)
  return `<dl class="${style}">\n${items.join('\n')}\n</dl>`
}
