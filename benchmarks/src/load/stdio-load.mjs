/** A client on stdio, with many requests in flight. */

import { around, initialize, initialized, nextId } from './messages.mjs'

/** @typedef {import('./messages.mjs').Request} Request */

const NEWLINE = 10
/** One of this many responses is checked in full; the others are only counted. */
const SAMPLE = 64

export class StdioLoad {
  #child
  #mode
  /** @type {Buffer} the start of an incomplete line */
  #rest = Buffer.alloc(0)
  /** @type {(lines: number, last: Buffer) => void} */
  #onLines = () => {}
  /** @type {(error: Error) => void} */
  #onEnd = () => {}

  /**
   * @param {import('../child.mjs').Child} child
   * @param {import('./messages.mjs').Mode} mode
   */
  constructor(child, mode) {
    this.#child = child
    this.#mode = mode
    child.output.on('data', (piece) => this.#take(piece))
    child.process.once('close', () => this.#onEnd(new Error(`The server exited: ${child.complaints}`)))
  }

  /** @param {Buffer} piece */
  #take(piece) {
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, piece]) : piece
    let lines = 0
    let from = 0
    let last = bytes
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
      last = bytes.subarray(from, end)
      from = end + 1
      lines++
    }
    this.#rest = bytes.subarray(from)
    if (lines > 0) this.#onLines(lines, last)
  }

  /** Sends initialize in the legacy mode. */
  async open() {
    if (this.#mode === 'modern') return
    await this.ask(initialize)
    this.#child.input.write(`${initialized}\n`)
  }

  /**
   * @param {Request} request
   * @returns {Promise<any>} its result
   */
  ask(request) {
    const [head, tail] = around(request, this.#mode)
    return new Promise((resolve, reject) => {
      this.#onEnd = reject
      this.#onLines = (_, line) => {
        const { result } = JSON.parse(line.toString())
        if (result) resolve(result)
        else reject(new Error(line.toString().slice(0, 200)))
      }
      this.#child.input.write(`${head}${nextId()}${tail}\n`)
    })
  }

  /**
   * Keeps `inflight` requests in flight. Rejects if a response is wrong.
   * @param {Request} request
   * @param {(result: any) => unknown} expected
   * @param {number} inflight
   * @param {number} milliseconds
   * @returns {Promise<import('./http-load.mjs').Driven>}
   */
  async drive(request, expected, inflight, milliseconds) {
    const [head, tail] = around(request, this.#mode)
    expected(await this.ask(request))
    const begin = performance.now()
    let asked = 0
    let answered = 0
    let sampled = 0
    return new Promise((resolve, reject) => {
      const ask = (/** @type {number} */ count) => {
        let text = ''
        for (let number = 0; number < count; number++) text += `${head}${nextId()}${tail}\n`
        asked += count
        this.#child.input.write(text)
      }
      this.#onLines = (lines, last) => {
        answered += lines
        if (answered > sampled + SAMPLE) {
          sampled = answered
          try {
            expected(JSON.parse(last.toString()).result)
          } catch (error) {
            return reject(error)
          }
        }
        const now = performance.now()
        if (now - begin < milliseconds) ask(lines)
        else if (answered === asked) resolve({ answered, seconds: (now - begin) / 1000 })
      }
      this.#onEnd = reject
      ask(inflight)
    })
  }
}
