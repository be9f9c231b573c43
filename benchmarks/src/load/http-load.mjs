/** Many clients that repeat one request to a server, each sending the next request when the response arrives. */

import { HttpClient, resultOf } from './http-client.mjs'
import { nextId } from './messages.mjs'

/**
 * @typedef {import('./messages.mjs').Request} Request
 * @typedef {{ answered: number, seconds: number }} Driven
 */

/** One of this many replies is checked in full, the others by status and length. */
const SAMPLE = 64

export class HttpLoad {
  #clients
  #request
  #expected

  /**
   * @param {number} port
   * @param {import('./messages.mjs').Mode} mode
   * @param {number} connections
   * @param {Request} request
   * @param {(result: any, reply: import('./reply-parser.mjs').Reply) => unknown} expected throws if the result is not what was asked for
   * @param {(client: number) => Record<string, string>} [headersOf] what each client sends with every request
   */
  constructor(port, mode, connections, request, expected, headersOf = () => ({})) {
    this.#clients = Array.from({ length: connections }, (_, client) => new HttpClient(port, mode, headersOf(client)))
    this.#request = request
    this.#expected = expected
  }

  /**
   * Rejects if a response is wrong.
   * @param {number} milliseconds
   * @param {() => Promise<void>} [onReady] called when all connections are open and have been answered once
   * @returns {Promise<Driven>}
   */
  async drive(milliseconds, onReady) {
    await Promise.all(this.#clients.map((client) => client.open()))
    try {
      const lengths = await Promise.all(this.#clients.map((client) => this.#check(client)))
      await onReady?.()
      const begin = performance.now()
      const counts = await Promise.all(this.#clients.map((client, index) => this.#repeat(client, begin + milliseconds, lengths[index] ?? 0)))
      return { answered: counts.reduce((sum, count) => sum + count, 0), seconds: (performance.now() - begin) / 1000 }
    } finally {
      for (const client of this.#clients) client.close()
    }
  }

  /** @param {HttpClient} client */
  async #check(client) {
    const reply = await client.ask(client.template(this.#request)(nextId()))
    this.#expected(resultOf(reply), reply)
    return reply.body.length
  }

  /**
   * @param {HttpClient} client
   * @param {number} end
   * @param {number} length of the body of an answer, nearly: the ids of events grow
   * @returns {Promise<number>}
   */
  #repeat(client, end, length) {
    const bytes = client.template(this.#request)
    let count = 0
    return new Promise((resolve, reject) => {
      client.onError = reject
      client.onReply = (reply) => {
        count++
        if (reply.status !== 200 || Math.abs(reply.body.length - length) > 64 + length / 20) return reject(new Error(`HTTP ${reply.status}: ${reply.body.toString().slice(0, 200)}`))
        if (count % SAMPLE === 0) {
          try {
            this.#expected(resultOf(reply), reply)
          } catch (error) {
            return reject(error)
          }
        }
        if (performance.now() < end) client.send(bytes(nextId()))
        else resolve(count)
      }
      client.send(bytes(nextId()))
    })
  }
}
