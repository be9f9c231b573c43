/** Formats tables for a terminal and as Markdown. */

/**
 * @typedef {{ title: string, note?: string, columns: string[], rows: string[][] }} Table the first column is text, the others are numbers
 */

/** @param {Table} table */
export function toText({ title, note, columns, rows }) {
  const widths = columns.map((column, index) => Math.max(column.length, ...rows.map((row) => row[index]?.length ?? 0)))
  const line = (/** @type {string[]} */ cells) => cells.map((cell, index) => (index === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[index] ?? 0))).join('  ').trimEnd()
  return [title, ...(note ? [note] : []), '', line(columns), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line), ''].join('\n')
}

/** @param {Table} table */
export function toMarkdown({ title, note, columns, rows }) {
  const rule = `|${columns.map((_, index) => (index === 0 ? '---' : '--:')).join('|')}|`
  return [`### ${title}`, '', ...(note ? [note, ''] : []), row(columns), rule, ...rows.map(row), ''].join('\n')
}

/** @param {string[]} cells */
const row = (cells) => `| ${cells.join(' | ')} |`
