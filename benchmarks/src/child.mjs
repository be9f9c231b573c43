/** Runs a contender in a child process. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { pinned } from './cores.mjs'

/**
 * @typedef {import('./contenders/offer.mjs').Settings} Settings
 * @typedef {{ cpu: number, rss: number, heapUsed: number, external: number }} Usage `cpu` in microseconds since the start of the process, the others in bytes
 */

const METER = fileURLToPath(new URL('contenders/meter.mjs', import.meta.url))
const START_TIMEOUT = 20_000

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set()
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')))

export class Child {
  /** @type {import('node:child_process').ChildProcess} */
  process
  /** The end of its stderr output. */
  complaints = ''
  #sequence = 0
  #ended

  /**
   * @param {string} program
   * @param {Partial<Settings>} settings
   * @param {{ flags?: string[], meter?: boolean }} [how]
   */
  constructor(program, settings, { flags = [], meter = true } = {}) {
    const [file, ...args] = pinned([process.execPath, ...flags, ...(meter ? ['--import', METER] : []), program, JSON.stringify(settings)])
    this.process = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe', 'ipc'], env: { PATH: process.env.PATH, NODE_ENV: 'production' } })
    running.add(this.process)
    this.#ended = once(this.process, 'close').then(() => running.delete(this.process))
    this.process.stderr?.setEncoding('utf8').on('data', (text) => (this.complaints = (this.complaints + text).slice(-2000)))
    this.process.stdin?.on('error', () => {}) // The process may exit before it has read everything.
  }

  get input() {
    return /** @type {import('node:stream').Writable} */ (this.process.stdin)
  }

  get output() {
    return /** @type {import('node:stream').Readable} */ (this.process.stdout)
  }

  /** @returns {Promise<Usage>} */
  usage() {
    return this.ask('usage')
  }

  /**
   * Sends a command to the meter. `usage` returns CPU and memory; `collect` does so after garbage collection, which needs `--expose-gc`. `sample` starts a CPU profile, and `samples` stops and returns it.
   * @param {'usage' | 'collect' | 'sample' | 'samples'} question
   * @returns {Promise<any>}
   */
  ask(question) {
    const id = ++this.#sequence
    return new Promise((resolve, reject) => {
      const onMessage = (/** @type {any} */ message) => {
        if (message?.id !== id) return
        this.process.off('message', onMessage)
        resolve(message.answer)
      }
      this.process.on('message', onMessage)
      void this.#ended.then(() => reject(new Error(`A contender exited: ${this.complaints}`)))
      this.process.send({ id, question })
    })
  }

  /** @param {NodeJS.Signals} [signal] */
  async stop(signal = 'SIGKILL') {
    this.process.kill(signal)
    await this.#ended
  }
}

/**
 * Starts a contender on HTTP, and waits until it listens.
 * @param {string} program
 * @param {Partial<Settings>} settings
 * @param {{ flags?: string[] }} [how]
 */
export async function serve(program, settings, how) {
  const port = await freePort()
  const child = new Child(program, { transport: 'http', port, ...settings }, how)
  child.output.resume()
  const end = performance.now() + START_TIMEOUT
  while (!(await answers(port))) {
    if (child.process.exitCode !== null || performance.now() > end) {
      await child.stop()
      throw new Error(`${program} does not listen: ${child.complaints}`)
    }
    await sleep(20)
  }
  return { child, port }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  server.close()
  await once(server, 'close')
  return port
}

/** @param {number} port */
function answers(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => (socket.destroy(), resolve(true)))
    socket.once('error', () => resolve(false))
  })
}
