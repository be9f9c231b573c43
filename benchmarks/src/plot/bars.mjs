/** Draws stacked bars that show where the time of a request goes. */

import { colourOf, escape, key, label, picture, round, WIDTH } from './svg.mjs'

const LEFT = 240
const BAR = 30

/**
 * @param {string} title
 * @param {{ name: string, total: number, parts: Map<string, number> }[]} bars `parts` in any unit, `total` in the unit of the picture
 * @param {string} unit
 */
export function bars(title, bars, unit) {
  const names = [...new Set(bars.flatMap(({ parts }) => [...parts.keys()]))]
  const most = Math.max(...bars.map(({ total }) => total))
  const shapes = bars.flatMap((bar, index) => drawn(bar, 50 + index * (BAR + 16), (WIDTH - LEFT - 90) / most, names, unit))
  const below = key(names, 60 + bars.length * (BAR + 16))
  return picture(below.bottom, title, [...shapes, ...below.shapes])
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
    const piece = `<rect x="${round(x)}" y="${y}" width="${round(width)}" height="${BAR}" fill="${colourOf(index)}"><title>${escape(part)}: ${round(width / scale)} ${unit}</title></rect>`
    x += width
    return width > 0 ? [piece] : []
  })
  return [label(LEFT - 8, y + 20, name, { anchor: 'end' }), ...pieces, label(x + 6, y + 20, `${round(total)} ${unit}`)]
}
