/** The floor on stdio as it is mostly written: readline, and a write for each answer. */

import { createInterface } from 'node:readline'
import { answer } from './floor.mjs'

createInterface({ input: process.stdin }).on('line', (line) => {
  const text = answer(JSON.parse(line))
  if (text !== undefined) process.stdout.write(`${text}\n`)
})
