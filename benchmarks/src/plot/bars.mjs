/** Bars side by side, each made of parts: where the time of one request goes. */

import { colourOf, escape, label, picture, round } from './svg.mjs'

const WIDTH = 760
const LEFT = 190
const BAR = 30
const ROW = 22

/**
 * @param {string} title
 * @param {{ name: string, total: number, parts: Map<string, number> }[]} bars the parts of each in any unit, `total` in that of the picture
 * @param {string} unit
 */
export function bars(title, bars, unit) {
  const names = [...new Set(bars.flatMap(({ parts }) => [...parts.keys()]))]
  const most = Math.max(...bars.map(({ total }) => total))
  const shapes = bars.flatMap((bar, index) => drawn(bar, 50 + index * (BAR + 16), (WIDTH - LEFT - 90) / most, names, unit))
  const below = 50 + bars.length * (BAR + 16) + 10
  const key = names.flatMap((name, index) => {
    const [x, y] = [16 + (index % 3) * 245, below + Math.floor(index / 3) * ROW]
    return [`<rect x="${x}" y="${y}" width="12" height="12" fill="${colourOf(index)}"/>`, label(x + 18, y + 11, name)]
  })
  return picture(WIDTH, below + Math.ceil(names.length / 3) * ROW + 10, title, [...shapes, ...key])
}

/**
 * @param {{ name: string, total: number, parts: Map<string, number> }} bar
 * @param {number} y
 * @param {number} scale
 * @param {string[]} names
 * @param {string} unit
 */
function drawn({ name, total, parts }, y, scale, names, unit) {
  const all = [...parts.values()].reduce((sum, part) => sum + part, 0)
  let x = LEFT
  const pieces = names.flatMap((part, index) => {
    const width = ((parts.get(part) ?? 0) / all) * total * scale
    const piece = `<rect x="${round(x)}" y="${y}" width="${round(width)}" height="${BAR}" fill="${colourOf(index)}"><title>${escape(part)}: ${round((width / scale))} ${unit}</title></rect>`
    x += width
    return width > 0 ? [piece] : []
  })
  return [label(LEFT - 8, y + 20, name, { anchor: 'end' }), ...pieces, label(x + 6, y + 20, `${round(total)} ${unit}`)]
}
