/** A client below HTTP: it writes what it is told to, and reads only if it likes. */
import { connect, type Socket } from 'node:net'
import { closing } from './index.ts'

export interface RawRequest {
  method?: string
  path?: string
  headers?: Record<string, unknown>
  body?: string
}

/** The text of one request. Headers that are undefined are left out, lists are sent once for each member. */
export function rawRequest(url: string, { method = 'POST', path = new URL(url).pathname, headers = {}, body }: RawRequest = {}): string {
  const all = { host: new URL(url).host, ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }), ...headers }
  const lines = Object.entries(all).flatMap(([name, value]) => [value ?? []].flat().map((line) => `${name}: ${line}\r\n`))
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body ?? ''}`
}

export class RawClient {
  readonly #socket: Socket
  /** All that has come, each byte as one character. */
  received = ''
  /** Resolves when the connection is over. */
  readonly closed: Promise<void>

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('error', () => {}) // Connections are cut here.
    socket.on('data', (chunk) => (this.received += chunk.toString('latin1')))
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()))
  }

  static async open(url: string): Promise<RawClient> {
    const { port } = new URL(url)
    const socket = connect({ port: Number(port), host: '127.0.0.1' })
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
    return closing(new RawClient(socket))
  }

  /** Each character is one byte. */
  write(...texts: string[]): void {
    for (const text of texts) this.#socket.write(text, 'latin1')
  }

  /** Reads nothing from now on. */
  stopReading(): this {
    this.#socket.pause()
    return this
  }

  /** Sends no more, and still reads. */
  end(): void {
    this.#socket.end()
  }

  /** Resolves with all that has come as soon as it holds this. Rejects if the connection ends before. */
  async until(part: string): Promise<string> {
    while (!this.received.includes(part)) {
      const more = new Promise<boolean>((resolve) => this.#socket.once('data', () => resolve(true)))
      if (!(await Promise.race([more, this.closed.then(() => false)])) && !this.received.includes(part)) throw new Error(`"${part}" did not come, but ${JSON.stringify(this.received)}`)
    }
    return this.received
  }

  /** Is gone, without a word of HTTP. */
  async close(): Promise<void> {
    this.#socket.destroy()
  }
}
