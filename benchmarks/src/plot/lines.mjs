/** Lines over a common ground: how one thing grows with another. */

import { colourOf, escape, label, picture, round } from './svg.mjs'

const WIDTH = 760
const HEIGHT = 420
const AREA = { left: 76, right: WIDTH - 24, top: 48, bottom: HEIGHT - 92 }

/**
 * @typedef {{ name: string, points: [x: number, y: number][] }} Series
 * @typedef {{ title: string, x: string, y: string, series: Series[], log?: boolean }} Chart `log` spreads x by powers of ten
 */

/** @param {Chart} chart */
export function lines({ title, x, y, series, log = false }) {
  const points = series.flatMap(({ points }) => points)
  const xs = points.map(([at]) => at)
  const top = niceAbove(Math.max(...points.map(([, value]) => value)))
  const spread = (/** @type {number} */ at) => (log ? Math.log10(Math.max(at, 1)) : at)
  const [first, last] = [spread(Math.min(...xs)), spread(Math.max(...xs))]
  const toX = (/** @type {number} */ at) => AREA.left + ((spread(at) - first) / (last - first || 1)) * (AREA.right - AREA.left)
  const toY = (/** @type {number} */ value) => AREA.bottom - (value / top) * (AREA.bottom - AREA.top)

  const levels = [0, 0.25, 0.5, 0.75, 1].map((part) => part * top)
  const ground = levels.flatMap((level) => [
    `<line x1="${AREA.left}" x2="${AREA.right}" y1="${round(toY(level))}" y2="${round(toY(level))}" stroke="#ddd"/>`,
    label(AREA.left - 8, toY(level) + 4, short(level), { anchor: 'end' }),
  ])
  const marks = ticks(xs, log).map((at) => label(toX(at), AREA.bottom + 18, short(at), { anchor: 'middle' }))
  const names = [label((AREA.left + AREA.right) / 2, AREA.bottom + 38, x, { anchor: 'middle' }), label(16, AREA.top - 4, y, { fill: '#666' })]
  const drawn = series.flatMap(({ name, points }, index) => {
    const path = points.map(([at, value]) => `${round(toX(at))},${round(toY(value))}`)
    const dots = points.length > 40 ? [] : points.map(([at, value], number) => `<circle cx="${path[number]?.split(',')[0]}" cy="${path[number]?.split(',')[1]}" r="3" fill="${colourOf(index)}"><title>${escape(name)}: ${short(value)} at ${short(at)}</title></circle>`)
    const key = [16 + (index % 3) * 245, AREA.bottom + 50 + Math.floor(index / 3) * 20]
    return [
      `<polyline points="${path.join(' ')}" fill="none" stroke="${colourOf(index)}" stroke-width="2"/>`,
      ...dots,
      `<rect x="${key[0]}" y="${key[1]}" width="12" height="12" fill="${colourOf(index)}"/>`,
      label((key[0] ?? 0) + 18, (key[1] ?? 0) + 11, name),
    ]
  })
  return picture(WIDTH, HEIGHT, title, [...ground, ...marks, ...names, ...drawn])
}

/** The next of 1, 2, 4, 5 or 8 with some zeros. @param {number} value */
export function niceAbove(value) {
  const power = 10 ** Math.floor(Math.log10(value || 1))
  return ([1, 2, 4, 5, 8, 10].find((factor) => factor * power >= value) ?? 10) * power
}

/**
 * @param {number[]} xs
 * @param {boolean} log
 */
function ticks(xs, log) {
  const found = [...new Set(xs)].toSorted((one, other) => one - other)
  if (log || found.length <= 11) return found
  const last = found.at(-1) ?? 0
  return [0, 0.25, 0.5, 0.75, 1].map((part) => part * last)
}

/** @param {number} value */
const short = (value) => (value >= 1000 ? value.toLocaleString('en-US', { maximumFractionDigits: 0 }) : String(round(value)))
