/** Pieces of Markdown. */

export type Row = readonly string[]

/** A table; the first row is its head. Columns named in `right` are aligned there. */
export function table([head = [], ...rows]: readonly Row[], right: readonly number[] = []): string {
  const line = (cells: Row) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  const rule = `|${head.map((_, i) => (right.includes(i) ? '--:' : '---')).join('|')}|`
  return [line(head), rule, ...rows.map(line)].join('\n')
}

export const list = (items: readonly string[]): string => items.map((item) => `- ${item}`).join('\n')

export const code = (text: string): string => `\`${text}\``

/** What opens at a click. */
export const folded = (title: string, body: string): string =>
  `<details><summary>${title}</summary>\n\n${body}\n\n</details>`
