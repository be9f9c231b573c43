/** A Vite plugin that records, in order, the first call into each of our source files. */

import { relative } from 'node:path'
import { parseAst } from 'vitest/node'

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'])

/**
 * Calls `visit` for every function in a syntax tree.
 * @param {unknown} node
 * @param {(node: { body: Node }) => void} visit
 * @returns {void}
 * @typedef {{ type: string, start: number, end: number }} Node
 */
function eachFunction(node, visit) {
  if (node === null || typeof node !== 'object') return
  if ('type' in node && FUNCTIONS.has(String(node.type))) visit(/** @type {{ type: string, body: Node }} */ (node))
  for (const child of Object.values(node)) eachFunction(child, visit)
}

/**
 * The text to insert, by position. An arrow function without a block becomes a comma expression.
 * @param {string} code
 * @param {string} file
 */
function insertions(code, file) {
  const call = `globalThis.traceCall?.(${JSON.stringify(file)})`
  /** @type {[at: number, text: string][]} */
  const texts = []
  eachFunction(parseAst(code), ({ body }) => {
    if (body.type === 'BlockStatement') texts.push([body.start + 1, `${call};`])
    else texts.push([body.start, `(${call}, (`], [body.end, '))'])
  })
  return texts
}

/**
 * `root` is the folder of the monorepo. Files outside of a `src` folder of `packages` stay as they are.
 * @param {string} root
 * @returns {import('vitest/node').Vite.Plugin}
 */
export const instrument = (root) => ({
  name: 'trace-call',
  enforce: /** @type {const} */ ('post'), // After TypeScript has become JavaScript.
  transform(code, id) {
    const file = relative(root, id.split('?', 1)[0] ?? '')
    if (!/^packages\/[^/]+\/src\//.test(file)) return undefined
    let result = code
    for (const [at, text] of insertions(code, file).toSorted(([a], [b]) => b - a)) result = result.slice(0, at) + text + result.slice(at)
    return { code: result, map: null }
  },
})
