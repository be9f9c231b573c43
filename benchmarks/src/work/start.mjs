/** How long it takes from the start of a process to the answer of initialize, on stdio. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CONTENDERS, matches } from '../contenders/index.mjs'
import { pinned } from '../cores.mjs'
import { around, initialize, nextId } from '../load/messages.mjs'
import { decimal, median } from '../report/numbers.mjs'

/**
 * @typedef {{ name: string, args: string[] }} Program `args` are Node's
 * @typedef {{ name: string, wall: number[], cpu: number[], failed?: string }} Started in milliseconds
 */

const started = (/** @type {string} */ file) => fileURLToPath(new URL(`../contenders/start/${file}`, import.meta.url))
const bin = () => join(dirname(createRequire(import.meta.url).resolve('@gangway/cli/package.json')), 'dist/bin.js')
const contender = (/** @type {string} */ wanted) => [CONTENDERS.find(({ name }) => name === wanted)?.program ?? '', '{"transport":"stdio"}']

/** @returns {Program[]} the floor first */
const programs = () => [
  { name: 'line loop', args: contender('line loop') },
  { name: 'Gangway, no schema library', args: [started('plain.mjs')] },
  { name: 'Gangway, zod', args: [started('zod.mjs')] },
  { name: 'gangway run, JavaScript', args: [bin(), 'run', started('zod.mjs')] },
  { name: 'gangway run, TypeScript', args: [bin(), 'run', started('zod.ts')] },
  ...['tmcp', 'SDK 1.x', 'SDK 2.x', 'fastmcp'].map((name) => ({ name, args: contender(name) })),
]

/** Starts per round: a start is shorter than a round of the other workloads. */
const STARTS = 3

/** @type {import('./index.mjs').Work} */
export async function start({ only, pace }) {
  const chosen = programs().filter(({ name }, index) => index === 0 || only.length === 0 || only.some((part) => matches(name, part)))
  /** @type {Started[]} */
  const results = chosen.map(({ name }) => ({ name, wall: [], cpu: [] }))
  for (let round = 0; round <= pace.rounds * STARTS; round++) {
    for (const [index, { name, args }] of chosen.entries()) {
      const result = /** @type {Started} */ (results[index])
      if (result.failed) continue
      pace.say(`start ${round} of ${pace.rounds * STARTS}: ${name}`)
      try {
        const { wall, cpu } = await measure(args)
        if (round === 0) continue // The first start reads the files from the disk.
        result.wall.push(wall)
        result.cpu.push(cpu)
      } catch (error) {
        result.failed = error instanceof Error ? error.message : String(error)
      }
    }
  }
  pace.say('')
  return { results, tables: [table(results)] }
}

/** @param {string[]} args */
async function measure(args) {
  const [file, ...rest] = pinned([process.execPath, ...args])
  const begin = performance.now()
  const child = spawn(file, rest, { stdio: ['pipe', 'pipe', 'pipe'], env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: 'production' } })
  const ended = once(child, 'close')
  const [head, tail] = around(initialize, 'session')
  child.stdin.on('error', () => {})
  child.stdin.write(`${head}${nextId()}${tail}\n`)
  let complaints = ''
  child.stderr.on('data', (piece) => (complaints += piece))
  try {
    const answer = await new Promise((resolve, reject) => {
      let text = ''
      child.stdout.on('data', (piece) => {
        text += piece
        if (text.includes('\n')) resolve(text)
      })
      void ended.then(() => reject(new Error(`The process exited: ${complaints.slice(0, 300)}`)))
    })
    const wall = performance.now() - begin
    const cpu = processorTime(child.pid ?? 0)
    if (JSON.parse(answer).result?.serverInfo?.name !== 'bench') throw new Error(`Unexpected response to initialize: ${answer}`)
    return { wall, cpu }
  } finally {
    child.kill('SIGKILL')
    await ended
  }
}

/** CPU time of all threads in milliseconds, from Linux's schedstat; NaN on other systems. @param {number} pid */
function processorTime(pid) {
  try {
    const threads = readdirSync(`/proc/${pid}/task`).map((thread) => readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8'))
    return threads.reduce((sum, text) => sum + Number.parseInt(text, 10), 0) / 1e6
  } catch {
    return Number.NaN
  }
}

/**
 * @param {number[]} numbers
 * @param {number[]} [least]
 */
const over = (numbers, least = []) => decimal(median(numbers) - median(least))

/** @param {Started[]} results */
function table(results) {
  const [floor] = results
  return {
    title: 'From process start to the initialize response',
    note: ['On stdio, one tool.', ...results.flatMap(({ name, failed }) => (failed ? [`Not measured: ${name}: ${failed}`] : []))].join('\n\n'),
    columns: ['', 'ms', 'fastest', 'more than the floor', 'CPU, ms', 'CPU, more than the floor'],
    rows: results.map(({ name, wall, cpu }) => [name, decimal(median(wall)), decimal(Math.min(...wall)), over(wall, floor?.wall), decimal(median(cpu)), over(cpu, floor?.cpu)]),
  }
}
