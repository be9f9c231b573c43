/** The SVG shapes that all pictures use. */

const COLOURS = ['#2a6fdb', '#e07b39', '#2f9e6e', '#b5477f', '#7a5cc4', '#c9a227', '#4aa3c7', '#8c6d5a', '#6b7f3a', '#d1495b', '#3d5a80', '#999999']
export const colourOf = (/** @type {number} */ index) => /** @type {string} */ (COLOURS[index % COLOURS.length])

/** @param {string} text */
export const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

/**
 * @param {number} x
 * @param {number} y
 * @param {string} text
 * @param {{ anchor?: 'start' | 'middle' | 'end', size?: number, weight?: string, fill?: string }} [style]
 */
export const label = (x, y, text, { anchor = 'start', size = 12, weight = 'normal', fill = '#333' } = {}) =>
  `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" font-size="${size}" font-weight="${weight}" fill="${fill}">${escape(text)}</text>`

export const WIDTH = 760
const ROW = 20
/** Approximate width of a letter, which keeps names apart. */
const LETTER = 6.6

/**
 * The legend.
 * @param {string[]} names in the order of their colors
 * @param {number} y top of the legend
 * @returns {{ shapes: string[], bottom: number }}
 */
export function key(names, y) {
  const widest = Math.max(...names.map((name) => name.length)) * LETTER + 34
  const columns = Math.max(1, Math.min(3, Math.floor((WIDTH - 16) / widest)))
  const shapes = names.flatMap((name, index) => {
    const [left, top] = [16 + ((index % columns) * (WIDTH - 16)) / columns, y + Math.floor(index / columns) * ROW]
    return [`<rect x="${round(left)}" y="${top}" width="12" height="12" fill="${colourOf(index)}"/>`, label(left + 18, top + 11, name)]
  })
  return { shapes, bottom: y + Math.ceil(names.length / columns) * ROW + 8 }
}

/** @param {number} number */
export const round = (number) => Math.round(number * 10) / 10

/**
 * A picture with a white background, so that it is readable on dark pages.
 * @param {number} height
 * @param {string} title
 * @param {string[]} shapes
 */
export const picture = (height, title, shapes) =>
  [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" role="img" aria-label="${escape(title)}">`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    label(16, 26, title, { size: 15, weight: 'bold' }),
    ...shapes,
    '</svg>\n',
  ].join('\n')
