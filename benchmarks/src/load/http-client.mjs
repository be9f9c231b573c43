/** A client with one keep-alive connection, and one request in flight at a time. */

import { once } from 'node:events'
import { connect } from 'node:net'
import { around, headersOf, initialize, initialized, nextId } from './messages.mjs'
import { ReplyParser } from './reply-parser.mjs'

/**
 * @typedef {import('./messages.mjs').Mode} Mode
 * @typedef {import('./messages.mjs').Request} Request
 * @typedef {import('./reply-parser.mjs').Reply} Reply
 */

export class HttpClient {
  /** @type {{ session?: string, revision?: string }} */
  #known = {}
  /** @type {import('node:net').Socket | undefined} */
  #socket
  /** @type {(reply: Reply) => void} */
  onReply = () => {}
  /** @type {(error: Error) => void} */
  onError = () => {}

  /**
   * @param {number} port
   * @param {Mode} mode
   * @param {Record<string, string>} [headers] of every request
   */
  constructor(port, mode, headers = {}) {
    this.port = port
    this.mode = mode
    this.headers = headers
  }

  /** Opens the connection. In the legacy modes, the first call also sends initialize, and later calls reuse the session. */
  async open() {
    const socket = connect(this.port, '127.0.0.1')
    await once(socket, 'connect')
    socket.setNoDelay(true)
    this.#socket = socket
    const parser = new ReplyParser((reply) => this.onReply(reply))
    socket.on('data', (piece) => parser.take(/** @type {Buffer} */ (piece)))
    socket.on('error', (error) => this.onError(error))
    socket.on('close', () => this.onError(new Error('The server closed the connection')))
    if (this.mode !== 'modern' && !this.#known.revision) await this.#initialize()
  }

  /** Closes the connection; the session stays open. */
  close() {
    this.onError = () => {}
    this.#socket?.destroy()
  }

  /** Stops reading permanently. */
  pause() {
    this.onError = () => {}
    this.#socket?.pause()
  }

  /** Opens another session over the same connection. */
  async newSession() {
    this.#known = {}
    await this.#initialize()
    if (!this.#known.session) throw new Error('The server opened no session')
  }

  async #initialize() {
    const reply = await this.ask(this.template(initialize)(nextId()))
    const session = /\r\nmcp-session-id: *([^\r]+)/i.exec(reply.head)?.[1]
    const { protocolVersion } = resultOf(reply)
    this.#known = { revision: protocolVersion, ...(session && { session }) }
    const { status } = await this.ask(this.#post(initialized, headersOf({ method: 'notifications/initialized', params: {} }, this.mode, this.#known)))
    if (status !== 202 && status !== 200) throw new Error(`notifications/initialized got status ${status}`)
  }

  /**
   * Builds the bytes of requests that differ only in their id.
   * @param {Request} request
   * @returns {(id: number) => Buffer} the same ones each time, with another id in them
   */
  template(request) {
    const [head, tail] = around(request, this.mode)
    const bytes = this.#post(`${head}${nextId()}${tail}`, headersOf(request, this.mode, this.#known))
    const at = bytes.indexOf('\r\n\r\n') + 4 + head.length
    return (id) => {
      bytes.write(String(id), at, 'latin1')
      return bytes
    }
  }

  /**
   * @param {string} body
   * @param {Record<string, string>} headers
   */
  #post(body, headers) {
    const lines = Object.entries({
      host: `127.0.0.1:${this.port}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...this.headers,
      ...headers,
      'content-length': String(Buffer.byteLength(body)),
    }).map(([name, value]) => `${name}: ${value}\r\n`)
    return Buffer.from(`POST /mcp HTTP/1.1\r\n${lines.join('')}\r\n${body}`)
  }

  /** The bytes of a GET for the event stream of a session. */
  get() {
    const headers = headersOf({ method: 'GET', params: {} }, this.mode, this.#known)
    const lines = Object.entries({ host: `127.0.0.1:${this.port}`, accept: 'text/event-stream', ...this.headers, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`)
    return Buffer.from(`GET /mcp HTTP/1.1\r\n${lines.join('')}\r\n`)
  }

  /**
   * Sends a request whose response is an endless stream, and passes its data on. Resolves when the response starts.
   * @param {Buffer} bytes
   * @param {(text: string) => void} onText
   * @returns {Promise<void>}
   */
  stream(bytes, onText) {
    const socket = this.#socket?.removeAllListeners('data')
    return new Promise((resolve, reject) => {
      this.onError = reject
      socket?.once('data', (head) => (/^HTTP\/1.1 200/.test(String(head)) ? resolve() : reject(new Error(String(head)))))
      socket?.on('data', (piece) => onText(String(piece)))
      this.send(bytes)
    })
  }

  /** @param {Buffer} bytes */
  send(bytes) {
    this.#socket?.write(bytes)
  }

  /**
   * @param {Buffer} bytes
   * @returns {Promise<Reply>}
   */
  ask(bytes) {
    return new Promise((resolve, reject) => {
      this.onReply = resolve
      this.onError = reject
      this.send(bytes)
    })
  }
}

/**
 * Returns the result in a reply, from JSON or from an event stream. Throws for any other reply.
 * @param {Reply} reply
 */
export function resultOf({ status, head, body }) {
  const text = body.toString()
  const messages = /\r\ncontent-type: *text\/event-stream/i.test(head) ? [...text.matchAll(/^data: *(\{.*)$/gm)].map(([, data = '']) => data) : [text]
  const parsed = messages.map(parse).find((message) => message?.result)
  if (status !== 200 || !parsed) throw new Error(`HTTP ${status}: ${text.slice(0, 200)}`)
  return parsed.result
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
