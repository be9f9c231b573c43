/** The floor on stdio: reads lines and writes lines, with one write for all lines of one read. */

import { answer } from './floor.mjs'

let rest = ''
process.stdin.setEncoding('utf8').on('data', (/** @type {string} */ chunk) => {
  const lines = (rest + chunk).split('\n')
  rest = lines.pop() ?? ''
  let out = ''
  for (const line of lines) {
    const text = answer(JSON.parse(line))
    if (text !== undefined) out += `${text}\n`
  }
  if (out !== '') process.stdout.write(out)
})
