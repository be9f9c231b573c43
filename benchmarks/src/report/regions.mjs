/** Maps lines of the built files to source files. */

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** @type {Map<string, { line: number, source: string }[]>} */
const known = new Map()

/**
 * @param {string} url of a built file; the bundler marks where each source file begins in it
 * @param {number} line from 0
 * @returns {string} such as `src/web/gate.ts`; empty for code of the bundler
 */
export function sourceAt(url, line) {
  const regions = known.get(url) ?? regionsOf(readFileSync(fileURLToPath(url), 'utf8'))
  known.set(url, regions)
  return regions.findLast((region) => region.line <= line)?.source ?? ''
}

/** @param {string} text */
export const regionsOf = (text) =>
  text.split('\n').flatMap((content, line) => {
    const source = /^\/\/#region (\S+)/.exec(content)?.[1]
    return source ? [{ line, source }] : []
  })
