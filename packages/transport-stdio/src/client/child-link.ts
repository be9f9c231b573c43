/** Carries messages to and from a server over the standard streams of its process. */
import { ClientError, excerpt, parseMessages, type Link, type Receiver, type SendOptions } from '@gangway/core/client'
import { withTimeout, type Message } from '@gangway/core/internal'
import { LineReader } from '../line-reader.ts'
import { MaskedLines } from './masked-lines.ts'
import { Child, type ChildOptions } from './child.ts'

export interface ChildLinkOptions extends ChildOptions {
  readonly name: string
  readonly messageLimit: number
  readonly onStderr?: (text: string) => void
  /** Masks secrets in what the process writes to stderr. */
  readonly redact: (text: string) => string
}

/** Characters of stderr that an error quotes, taken from the end. */
const STDERR_SHOWN = 2000

export class ChildLink implements Link {
  readonly exchanges = false
  readonly #name: string
  readonly #child: Child
  readonly #receiver: Receiver
  readonly #reader: LineReader
  #stderr = ''
  #closing: Promise<void> | undefined
  /** Resolves when the process has read the queued bytes, or never will. All callers that wait share it. */
  #taken: Promise<void> | undefined

  private constructor(options: ChildLinkOptions, receiver: Receiver) {
    const { name, messageLimit, onStderr } = options
    this.#name = name
    this.#receiver = receiver
    this.#child = new Child(options)
    const { stdin, stdout, stderr } = this.#child.process
    this.#reader = new LineReader(messageLimit, {
      line: (text) => this.#take(text),
      undecodable: () => receiver.fault(new ClientError('GANGWAY_E_NOT_MCP', `${name} printed a line on stdout that is not UTF-8`)),
      overlong: () => this.#break(new ClientError('GANGWAY_E_TOO_LARGE', `${name} printed a line of more than ${messageLimit} bytes on stdout. Raise messageLimit to accept it`)),
    })
    stdout.on('data', (chunk: Uint8Array) => this.#reader.push(chunk)).once('end', () => void this.#stdoutEnded(options.exitTimeout))
    const lines = new MaskedLines(options.redact, (text) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_SHOWN)
      onStderr?.(text)
    })
    stderr.setEncoding('utf8').on('data', (text: string) => lines.push(text)).once('end', () => lines.end())
    for (const stream of [stdin, stdout, stderr]) stream.on('error', () => {}) // Stream errors are ignored: the exit of the process is what gets reported.
  }

  /** Resolves once the process runs. */
  static async open(options: ChildLinkOptions, receiver: Receiver): Promise<Link> {
    const link = new ChildLink(options, receiver)
    try {
      await link.#child.started()
    } catch (cause) {
      const reason = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? `${options.cwd === undefined ? 'command' : 'command or working directory'} not found. Check its name and the PATH` : (cause as Error).message
      throw new ClientError('GANGWAY_E_UNREACHABLE', `${options.name} does not start: ${reason}`, { cause })
    }
    void link.#child.ended.then((how) => link.#break(new ClientError('GANGWAY_E_CLOSED', `${options.name} ${how}${link.#lastWords()}`)))
    return link
  }

  async send(message: Message, { signal }: SendOptions = {}): Promise<void> {
    const { stdin } = this.#child.process
    if (!stdin.writable) throw new ClientError('GANGWAY_E_CLOSED', `${this.#name} closed its stdin${this.#lastWords()}`)
    if (stdin.write(`${JSON.stringify(message)}\n`)) return
    this.#taken ??= new Promise((resolve) => {
      const taken = (): void => {
        this.#taken = undefined
        stdin.off('drain', taken).off('close', taken)
        resolve()
      }
      stdin.on('drain', taken).on('close', taken)
    })
    await unlessAborted(this.#taken, signal)
  }

  close(): Promise<void> {
    this.#closing ??= this.#child.end()
    return this.#closing
  }

  /** Waits briefly for the process to exit, because its exit code explains more than the closed stdout. */
  async #stdoutEnded(grace: number): Promise<void> {
    this.#reader.end()
    await withTimeout(grace, this.#child.ended)
    this.#break(new ClientError('GANGWAY_E_CLOSED', `${this.#name} closed its stdout${this.#lastWords()}`))
  }

  #take(text: string): void {
    if (this.#closing) return
    try {
      for (const message of parseMessages(text, this.#name)) this.#receiver.receive(message)
    } catch (error) {
      this.#receiver.fault(error as ClientError)
    }
  }

  /** The link cannot continue: it is unknown which response was lost. */
  #break(error: ClientError): void {
    if (this.#closing) return
    void this.close()
    this.#receiver.closed(error)
  }

  #lastWords(): string {
    return this.#stderr.trim() === '' ? '' : `. The end of its stderr: ${excerpt(this.#stderr.trim().slice(-400), 400)}`
  }
}

/** Rejects with the signal's reason once that aborts. */
function unlessAborted(promise: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (!signal) return promise
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    void promise.then(() => {
      signal.removeEventListener('abort', abort)
      resolve()
    })
  })
}
