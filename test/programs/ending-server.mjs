/** A server that has something open when it is to end: what, and a file for its last words, are its arguments. */
import { spawn } from 'node:child_process'
import { appendFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { Worker } from 'node:worker_threads'
import { isMain, McpServer } from '@gangway/core'
import { stdio } from '@gangway/transport-stdio'

const [, , load = '', notes = ''] = process.argv
/** @param {string} line */
const tell = (line) => appendFileSync(notes, `${line}\n`)

const forever = 'setInterval(() => {}, 1000)'
/** @param {import('node:child_process').ChildProcess} child */
const tellOf = (child) => tell(`child ${child.pid}`)

/** @type {Record<string, () => unknown>} */
const loads = {
  'an interval running': () => setInterval(() => {}, 10),
  'an open socket': () =>
    new Promise((resolve) => {
      const server = createServer((socket) => void socket.resume())
      server.listen(0, '127.0.0.1', () => connect(/** @type {import('node:net').AddressInfo} */ (server.address()).port, '127.0.0.1', () => resolve(undefined)))
    }),
  'a worker thread': () => new Promise((resolve) => new Worker(forever, { eval: true }).once('online', () => resolve(undefined))),
  'a child process': () => tellOf(spawn('sleep', ['1000'], { stdio: 'ignore' })),
  'a child in a shell': () => {
    const child = spawn('sleep 1000 & echo $!; wait', { shell: true, stdio: ['ignore', 'pipe', 'ignore'] })
    tellOf(child)
    return new Promise((resolve) => child.stdout?.once('data', (id) => resolve(tell(`child ${String(id).trim()}`))))
  },
  "a thread's child": () => {
    const source = `require('node:worker_threads').parentPort.postMessage(require('node:child_process').spawn('sleep', ['1000'], { stdio: 'ignore' }).pid); ${forever}`
    return new Promise((resolve) => new Worker(source, { eval: true }).once('message', (id) => resolve(tell(`child ${id}`))))
  },
  'a detached child': () => tellOf(spawn('sleep', ['1000'], { stdio: 'ignore', detached: true })),
  'a child that will not end': () => {
    const child = spawn(process.execPath, ['-e', `process.on('SIGTERM', () => {}); console.error('deaf'); ${forever}`], { stdio: ['ignore', 'ignore', 'pipe'] })
    tellOf(child)
    return new Promise((resolve) => child.stderr?.once('data', () => resolve(undefined)))
  },
}
const open = loads[load] ?? (() => {})

tell(`pid ${process.pid}`)
await open()

const server = new McpServer({ name: 'ending', version: '1.0.0' })
  .tool('wait', {}, async (_, { log }) => {
    await open()
    log.error('waiting')
    await new Promise((resolve) => setTimeout(resolve, 200))
    return 'done'
  })
  .tool('hang', {}, async (_, { log, signal }) => {
    signal.addEventListener('abort', () => tell('aborted'))
    log.error('waiting')
    await new Promise(() => {})
  })
  .onClose(async () => {
    console.error('closing')
    if (load === 'a hook that fails') {
      tell('failing')
      throw new Error('The hook failed')
    }
    if (load === 'a hook that never ends') await new Promise(() => {})
    await new Promise((resolve) => setTimeout(resolve, 20))
    tell('closed')
  })

export default server
if (isMain(import.meta)) await server.run(stdio({ drainTimeout: 1000 }))
