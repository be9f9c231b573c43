/** Draws a line chart. */

import { colourOf, escape, key, label, picture, round, WIDTH } from './svg.mjs'

const AREA = { left: 76, right: WIDTH - 24, top: 48, bottom: 328 }

/**
 * @typedef {{ name: string, points: [x: number, y: number][] }} Series
 * @typedef {{ title: string, x: string, y: string, series: Series[], log?: boolean }} Chart `log` makes the x axis logarithmic
 */

/** @param {Chart} chart */
export function lines({ title, x, y, series, log = false }) {
  const points = series.flatMap(({ points }) => points)
  const xs = points.map(([at]) => at)
  const top = niceAbove(Math.max(...points.map(([, value]) => value)))
  const spread = (/** @type {number} */ at) => (log ? Math.log10(Math.max(at, 1)) : at)
  const [first, last] = [log ? spread(Math.min(...xs)) : 0, spread(Math.max(...xs))]
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
    return [`<polyline points="${path.join(' ')}" fill="none" stroke="${colourOf(index)}" stroke-width="2"/>`, ...dots]
  })
  const below = key(series.map(({ name }) => name), AREA.bottom + 52)
  return picture(below.bottom, title, [...ground, ...marks, ...names, ...drawn, ...below.shapes])
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
  if (log) return [...new Set(xs)]
  const last = Math.max(...xs)
  return [0, 0.25, 0.5, 0.75, 1].map((part) => part * last)
}

/** @param {number} value */
const short = (value) => (value >= 1000 ? value.toLocaleString('en-US', { maximumFractionDigits: 0 }) : String(round(value)))
