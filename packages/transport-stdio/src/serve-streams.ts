/** Serves one client over a pair of byte streams, until the input ends or the transport is closed. */
import process from 'node:process'
import type { Readable, Writable } from 'node:stream'
import { GangwayError, type Running, type ServerDefinition } from '@gangway/core'
import { Connection, encodeMessage, logLimited, InvalidRequestError, ParseError, toDelay, withTimeout } from '@gangway/core/internal'
import type { Firewall } from './firewall/firewall.ts'
import { guardStdout, releaseStdout } from './firewall/process-firewall.ts'
import { LineReader } from './line-reader.ts'
import { LineWriter } from './writer.ts'

export interface ServeOptions {
  readonly stdin: Readable
  readonly stdout: Writable
  /** In bytes. */
  readonly messageLimit: number
  /** In milliseconds. */
  readonly drainTimeout: number
  /** Whether the server stops when other code writes to stdout. */
  readonly strictStdout: boolean
  /** Whether the process exits with the server. Then stdout stays redirected until the exit. */
  readonly ownsProcess: boolean
}

const REASON = 'The server is shutting down'

/** Milliseconds that flushing and the stop hooks get even if the drain time is used up. */
const FLUSH = 250
const HOOKS = 1000

/** Milliseconds before `node:child_process` is loaded, so that loading it does not delay the first responses. */
const LATER = 100

/** Bytes that are read while the server starts. */
const MAX_EARLY = 1024 * 1024

/** Matches requests that run the author's code. A false match only costs time. */
const RUNS_CODE = /(?:call|read|get|complete)"/

/** Streams that a server reads: two servers on one stream would both respond. */
const taken = new WeakSet<Readable>()

/** Redirects stray output only if `stdout` is that of the process. */
export async function serveStdio(server: ServerDefinition, options: ServeOptions): Promise<Running> {
  const { stdin, stdout, drainTimeout } = options
  if (taken.has(stdin)) throw new GangwayError('GANGWAY_E_USAGE', 'Another server already uses stdin, which has only one client. Serve this one on another transport, or add its tools to the other server')
  const firewall = stdout === process.stdout ? guardStdout() : undefined
  const strictStdout = firewall?.strict ?? options.strictStdout
  const [place] = firewall?.places ?? []
  try {
    if (strictStdout && place !== undefined) throw strayPrint(place)
    if (server.hasStartHooks) firewall?.children.redirect()
    const running = new StdioServer(server, { ...options, strictStdout }, firewall)
    if (await running.open()) return running
    throw new GangwayError('GANGWAY_E_START', `The client disconnected, and the server did not start within ${drainTimeout / 1000} s. Check onStart for a promise that never settles`)
  } catch (error) {
    if (firewall) releaseStdout()
    throw error
  }
}

/** Returns a function that stops the children that the server started. They are also killed when the process exits. */
export function ownChildren({ stdout }: Pick<ServeOptions, 'stdout'>): () => Promise<void> {
  if (stdout !== process.stdout) return async () => {}
  const { children } = guardStdout()
  const kill = (): void => children.kill()
  process.once('exit', kill)
  return async () => {
    await children.end()
    process.off('exit', kill)
  }
}

const strayPrint = (place: string): GangwayError =>
  new GangwayError('GANGWAY_E_STDOUT', `${place} writes to stdout, which carries MCP messages. Write to stderr with console.error`)

class StdioServer implements Running {
  readonly url = undefined
  readonly parentGone: (() => void) | undefined
  readonly closed: Promise<void>
  readonly #server: ServerDefinition
  readonly #options: ServeOptions
  readonly #firewall: Firewall | undefined
  readonly #writer: LineWriter
  readonly #connection: Connection
  readonly #reader: LineReader
  /** Bytes that arrived before the server was open. */
  #early: Uint8Array[] | undefined = []
  #earlyBytes = 0
  #opened: Promise<void> = Promise.resolve()
  #fault: GangwayError | undefined
  #end: (() => void) | undefined

  constructor(server: ServerDefinition, options: ServeOptions, firewall: Firewall | undefined) {
    const { stdin, messageLimit } = options
    this.#server = server
    this.#options = options
    this.#firewall = firewall
    this.parentGone = stdin === process.stdin ? this.#ended : undefined
    const output = firewall?.wire ?? options.stdout
    this.#writer = new LineWriter(output, { write: firewall?.write, onUnsent: (bytes) => (this.#connection.unsent = bytes) })
    this.#connection = new Connection(server, (message) => this.#writer.write(encodeMessage(server, message)))
    this.#reader = new LineReader(messageLimit, {
      line: this.#line,
      undecodable: () => this.#connection.refuse(new ParseError()),
      overlong: () => this.#connection.refuse(new InvalidRequestError(`A message may have at most ${messageLimit} bytes`)),
    })
    this.closed = new Promise<void>((resolve) => (this.#end = resolve)).then(() => this.#teardown())
    this.closed.catch(() => {}) // Callers that await it see the error. Without a caller, it must not be an unhandled rejection.
    stdin.on('data', this.#receive).once('end', this.#ended).once('close', this.#ended).on('error', this.#ended).resume()
    output.on('error', this.#lost).once('close', () => this.#lost())
    firewall?.listen(this.#onStrayWrite)
    setTimeout(() => this.#end && firewall?.children.redirect(), LATER).unref()
    taken.add(stdin)
  }

  /** Resolves with false if the client left and the server was not open within the drain time. Rejects if the server cannot be opened. */
  async open(): Promise<boolean> {
    const { stdin } = this.#options
    this.#opened = this.#server.open().then(() => this.#takeEarly())
    try {
      return await Promise.race([this.#opened.then(() => true), this.closed.then(() => false)])
    } catch (error) {
      this.#end = undefined
      this.#leave()
      if (!stdin.readableEnded) for (const chunk of (this.#early ?? []).toReversed()) stdin.unshift(chunk) // The program may try again with another server.
      throw error
    }
  }

  close(): Promise<void> {
    if (!this.#end) this.#connection.close(REASON) // A second call does not wait for requests in flight.
    this.#ended()
    return this.closed
  }

  readonly #receive = (chunk: Uint8Array): void => {
    const { stdin } = this.#options
    if (this.#early) return this.#keep(this.#early, chunk)
    this.#reader.push(chunk)
    const room = this.#connection.room()
    if (!room) return
    stdin.pause()
    void room.then(() => this.#end && stdin.resume())
  }

  #keep(early: Uint8Array[], chunk: Uint8Array): void {
    early.push(chunk)
    this.#earlyBytes += chunk.length
    if (this.#earlyBytes >= MAX_EARLY) this.#options.stdin.pause()
  }

  #takeEarly(): void {
    const early = this.#early ?? []
    this.#early = undefined
    for (const chunk of early) this.#receive(chunk)
    if (this.#earlyBytes >= MAX_EARLY && this.#end && !this.#connection.room()) this.#options.stdin.resume()
  }

  /** Not awaited: a slow tool must not delay the next request. */
  readonly #line = (text: string): void => {
    if (this.#firewall && !this.#firewall.children.redirected && RUNS_CODE.test(text)) this.#firewall.children.redirect()
    this.#connection.receive(text)
  }

  readonly #onStrayWrite = (place: string): void => {
    if (this.#options.strictStdout) {
      this.#fault ??= strayPrint(place)
      this.#ended()
    } else logLimited(this.#server.logger, 'warn', { place }, `${place} writes to stdout, which carries MCP messages. The output goes to stderr instead`)
  }

  /** After EPIPE, the client is gone. After EBADF, it may still wait for a response that cannot be sent. */
  readonly #lost = (error?: NodeJS.ErrnoException): void => {
    if (error?.code === 'EBADF') this.#fault ??= new GangwayError('GANGWAY_E_STDOUT', 'The server closed file descriptor 1 (stdout), so responses cannot be sent. Keep it open')
    this.#writer.abandon()
    this.#connection.close(REASON)
    this.#ended()
  }

  readonly #ended = (): void => {
    this.#end?.()
    this.#end = undefined
  }

  /** Takes up to the drain time, and 1.25 s more if the client does not read or a stop hook does not return. */
  async #teardown(): Promise<void> {
    const { drainTimeout } = this.#options
    const deadline = Date.now() + drainTimeout
    const left = (least: number): number => Math.max(deadline - Date.now(), least)
    // The timer is unreferenced: if nothing else is pending, the start can never finish and the process may exit.
    if (this.#early) await Promise.race([this.#opened, new Promise((resolve) => setTimeout(resolve, toDelay(drainTimeout)).unref())])
    this.#leave()
    this.#reader.end()
    this.#connection.endInput()
    await withTimeout(left(0), this.#connection.drain())
    this.#connection.close(REASON)
    await withTimeout(left(FLUSH), this.#writer.flushed())
    try {
      await withTimeout(left(HOOKS), this.#server.close())
    } finally {
      if (this.#firewall && !this.#options.ownsProcess) releaseStdout()
    }
    if (this.#fault) throw this.#fault
  }

  #leave(): void {
    const { stdin } = this.#options
    stdin.off('data', this.#receive).off('end', this.#ended).off('close', this.#ended).pause()
    taken.delete(stdin)
  }
}
