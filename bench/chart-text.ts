import type { Machine } from './machine.ts'
import { nodeLine } from './machine.ts'

export const FONT = 'Helvetica, Arial, sans-serif'
export const INK = '#1f2933'
export const MUTED = '#5b6770'
export const LINES = '#e4e8eb'

/** The last line of a picture: what was measured, and on what. */
export function sourceLine(subject: string, { processor, bpNet, date, ...machine }: Machine, quick: boolean): string {
  return `${quick ? 'TRIAL RUN · ' : ''}${subject} · ${processor} · ${nodeLine(machine)} · bp-net ${bpNet} · ${date}`
}

/** Gives the picture a text for those who do not see it. */
export function describe(svg: string, text: string): string {
  const opening = svg.indexOf('>') + 1
  const start = svg.slice(0, opening - 1)
  const title = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return `${start} role="img">\n<title>${title}</title>${svg.slice(opening)}`
}
