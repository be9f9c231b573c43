/** The usual stdio server: readline, and one write for each response. */

import { createInterface } from 'node:readline'
import { answer } from './floor.mjs'

createInterface({ input: process.stdin }).on('line', (line) => {
  const text = answer(JSON.parse(line))
  if (text !== undefined) process.stdout.write(`${text}\n`)
})
