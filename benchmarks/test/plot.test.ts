/** The pictures are well-formed, and show what they were given where it belongs. */
import { expect, test } from 'vitest'
import { bars } from '../src/plot/bars.mjs'
import { lines, niceAbove } from '../src/plot/lines.mjs'

/** Every element that is opened is closed, in order. */
function isWellFormed(svg: string): boolean {
  const open: string[] = []
  for (const [, closes, name, empty] of svg.matchAll(/<(\/?)(\w+)[^>]*?(\/?)>/g)) {
    if (closes) {
      if (open.pop() !== name) return false
    } else if (!empty) open.push(name!)
  }
  return open.length === 0 && !/NaN|undefined/.test(svg)
}

test('a line chart maps larger values higher, and can have a logarithmic x axis', () => {
  const svg = lines({ title: 'A <title>', x: 'tools', y: 'µs', log: true, series: [{ name: 'ours & theirs', points: [[1, 10], [10, 20], [100, 40]] }] })
  expect(isWellFormed(svg)).toBe(true)
  expect(svg).toContain('A &lt;title&gt;')
  expect(svg).toContain('ours &amp; theirs')
  const points = /polyline points="([^"]+)"/.exec(svg)![1]!.split(' ').map((point) => point.split(',').map(Number) as [number, number])
  const [[x1, y1], [x2, y2], [x3, y3]] = points as [[number, number], [number, number], [number, number]]
  expect(x3 - x2).toBeCloseTo(x2 - x1, 0)
  expect(y1).toBeGreaterThan(y2)
  expect(y2).toBeGreaterThan(y3)
})

test('niceAbove rounds up to the end of an axis', () => {
  expect([0, 0.3, 1, 7, 23, 81, 4100].map(niceAbove)).toEqual([1, 0.4, 1, 8, 40, 100, 5000].map((number) => expect.closeTo(number)))
})

test('the widths of the parts add up to the width of the bar', () => {
  const svg = bars('Time', [{ name: 'ours', total: 40, parts: new Map([['a', 3], ['b', 1]]) }, { name: 'theirs', total: 80, parts: new Map([['b', 5]]) }], 'µs')
  expect(isWellFormed(svg)).toBe(true)
  const widths = [...svg.matchAll(/width="([\d.]+)" height="30"/g)].map(([, width]) => Number(width))
  expect(widths).toHaveLength(3)
  expect(widths[0]).toBeCloseTo(3 * widths[1]!, 0)
  expect(widths[2]).toBeCloseTo(2 * (widths[0]! + widths[1]!), 0)
})
