/** The link to one server over HTTP: one POST for each message and, for legacy servers, a session with a standalone stream. */
import { isLegacyRevision, isFailure, isRequest, isResponse, toOwnId, withTimeout, type Message, type RequestId } from '@gangway/core/internal'
import { ClientError, drop, EVENT_STREAM, excerpt, parseMessages, readText, SESSION_HEADER, statusError, VERSION_HEADER, type Fetcher, type Link, type Receiver, type SendOptions } from '@gangway/core/client'
import { BOTH, modernHeaders } from './client-headers.ts'
import { ResumableStream, type Resumption, type RetryOptions } from './resumable-stream.ts'

/** Milliseconds to wait for the server to end a session, and to close a stream after its response. */
const GRACE = 1000
/** Statuses that concern the credentials. They are reported as HTTP errors, whatever the body contains. */
const CREDENTIALS_STATUS = new Set([401, 403, 407])

export class HttpLink implements Link {
  readonly exchanges = true
  readonly #url: string
  readonly #receiver: Receiver
  readonly #fetcher: Fetcher
  readonly #retry: RetryOptions
  /** The exchanges in flight. */
  readonly #open = new Set<AbortController>()
  #session: string | undefined
  #revision: string | undefined
  /** Id of the `initialize` request, whose result contains the negotiated revision. */
  #handshake: RequestId | undefined
  /** True after the server has dropped the session, until another handshake succeeds. */
  #forgotten = false
  /** Closes the standalone stream of the session. */
  #standaloneStream: AbortController | undefined
  #closed = false

  constructor(url: string, receiver: Receiver, fetcher: Fetcher, retry: RetryOptions) {
    this.#url = url
    this.#receiver = receiver
    this.#fetcher = fetcher
    this.#retry = retry
  }

  get hasSession(): boolean {
    return this.#session !== undefined
  }

  async send(message: Message, { signal, headers }: SendOptions = {}): Promise<void> {
    await this.#exchange(signal, async (controller) => {
      const initializes = isRequest(message) && message.method === 'initialize'
      if (initializes) {
        this.#session = this.#revision = undefined
        this.#handshake = message.id
        this.#standaloneStream?.abort(new DOMException('A new session replaces this one', 'AbortError'))
      } else if (this.#forgotten) throw this.#unknown()
      const session = this.#session
      const own = modernHeaders(message) ?? this.#sessionHeaders(session)
      const reply = await this.#fetcher.fetch({ url: this.#url, method: 'POST', headers: { 'content-type': 'application/json', accept: BOTH, ...own, ...headers }, body: JSON.stringify(message), signal: controller.signal })
      if (reply.status === 404 && session !== undefined && !initializes) throw await this.#sessionEnded(reply, session)
      if (initializes && reply.ok) {
        this.#session = reply.headers.get(SESSION_HEADER) ?? undefined
        this.#forgotten = false
      }
      if (isRequest(message)) await this.#answer(reply, message.id, controller, modernHeaders(message) || initializes ? undefined : this.#resumption(session))
      else await this.#accepted(reply)
      if ('method' in message && message.method === 'notifications/initialized') void this.#listen()
    })
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    for (const controller of this.#open) controller.abort(new DOMException('The client was closed', 'AbortError'))
    if (this.#session === undefined) return
    const leaving = new AbortController()
    const ended = this.#fetcher.fetch({ url: this.#url, method: 'DELETE', headers: this.#sessionHeaders(this.#session), signal: leaving.signal }).then(drop, () => {}) // Servers may reject DELETE.
    await withTimeout(GRACE, ended)
    leaving.abort()
  }

  /** Runs one HTTP exchange. If it fails, its connection is aborted and freed. */
  async #exchange(signal: AbortSignal | undefined, run: (controller: AbortController) => Promise<void>): Promise<void> {
    if (this.#closed) throw new ClientError('GANGWAY_E_CLOSED', `The client of ${this.#url} was closed`)
    const controller = new AbortController()
    const abort = (): void => controller.abort(signal?.reason)
    if (signal?.aborted) abort()
    signal?.addEventListener('abort', abort, { once: true })
    this.#open.add(controller)
    try {
      await run(controller)
    } catch (error) {
      controller.abort(error)
      throw error
    } finally {
      signal?.removeEventListener('abort', abort)
      this.#open.delete(controller)
    }
  }

  /** Handles the reply to a notification or a response, which has no content. */
  async #accepted(reply: Response): Promise<void> {
    if (!reply.ok) throw await statusError(this.#url, reply)
    await drop(reply)
  }

  async #answer(reply: Response, id: RequestId, controller: AbortController, resumption: Resumption | undefined): Promise<void> {
    const type = reply.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
    if (type === EVENT_STREAM && reply.ok) return this.#stream(reply, id, controller, resumption)
    if (!reply.ok && CREDENTIALS_STATUS.has(reply.status)) throw await statusError(this.#url, reply)
    const text = await readText(reply, this.#url, this.#fetcher.messageLimit)
    if (!reply.ok && !isErrorMessage(type, text)) throw await statusError(this.#url, reply, text)
    if (text.trim() === '') throw new ClientError('GANGWAY_E_NOT_MCP', `${this.#url} answered HTTP ${reply.status} without a response to the request`, { status: reply.status })
    if (reply.ok && type !== 'application/json') throw new ClientError('GANGWAY_E_NOT_MCP', `${this.#url} answered with ${type ?? 'no content type'}, which is not MCP: ${excerpt(text)}`, { status: reply.status })
    const messages = parseMessages(text, this.#url).map((message) => withId(message, id))
    for (const message of messages) this.#deliver(message, id)
    if (!messages.some((message) => answers(message, id))) throw new ClientError('GANGWAY_E_NOT_MCP', `${this.#url} responded to another request than ${JSON.stringify(id)}: ${excerpt(text)}`)
  }

  async #stream(reply: Response, id: RequestId, controller: AbortController, resumption: Resumption | undefined): Promise<void> {
    let answered = false
    let grace: ReturnType<typeof setTimeout> | undefined
    const stream = new ResumableStream(this.#url, this.#fetcher, this.#retry, resumption)
    try {
      await stream.read(reply, controller.signal, (data) => {
        for (const message of parseMessages(data, this.#url)) {
          answered ||= answers(message, id)
          this.#deliver(message, id)
        }
        if (answered) grace ??= setTimeout(() => controller.abort(), GRACE)
        return answered
      })
    } finally {
      clearTimeout(grace)
    }
  }

  /** Opens the standalone stream, which carries messages that belong to no request. Servers may not offer it. */
  async #listen(): Promise<void> {
    const standalone = new AbortController()
    this.#standaloneStream = standalone
    await this.#exchange(standalone.signal, async ({ signal }) => {
      const resumption = { ...this.#resumption(this.#session), standalone: (error: ClientError) => this.#receiver.fault(error) }
      const reply = await this.#fetcher.fetch({ url: this.#url, method: 'GET', headers: { ...resumption.headers, accept: EVENT_STREAM }, signal })
      if (!reply.ok || !reply.headers.get('content-type')?.startsWith(EVENT_STREAM)) return drop(reply)
      await new ResumableStream(this.#url, this.#fetcher, this.#retry, resumption).read(reply, signal, (data) => {
        this.#receiveUnsolicited(data)
        return false
      })
    }).catch((error: unknown) => {
      const isOver = this.#closed || standalone.signal.aborted || !(error instanceof ClientError)
      if (!isOver) this.#receiver.fault(error)
    })
  }

  #receiveUnsolicited(data: string): void {
    try {
      for (const message of parseMessages(data, this.#url)) this.#deliver(message)
    } catch (error) {
      this.#receiver.fault(error as ClientError)
    }
  }

  /** How to resume a stream in its session. `check` throws `GANGWAY_E_SESSION_ENDED` if the server no longer knows the session. */
  #resumption(session: string | undefined): Resumption {
    return {
      headers: this.#sessionHeaders(session),
      check: async (reply) => {
        if (reply.status === 404 && session !== undefined) throw await this.#sessionEnded(reply, session)
      },
    }
  }

  async #sessionEnded(reply: Response, session: string): Promise<ClientError> {
    await drop(reply)
    if (this.#session === session) {
      this.#session = undefined
      this.#forgotten = true
    }
    return this.#unknown()
  }

  #unknown(): ClientError {
    return new ClientError('GANGWAY_E_SESSION_ENDED', `${this.#url} no longer knows the session`, { status: 404 })
  }

  #sessionHeaders(session: string | undefined): Record<string, string> {
    return { ...(session !== undefined && { [SESSION_HEADER]: session }), ...(this.#revision !== undefined && { [VERSION_HEADER]: this.#revision }) }
  }

  #deliver(message: Message, about?: RequestId): void {
    if (isResponse(message) && !isFailure(message) && toOwnId(message.id) === this.#handshake && 'protocolVersion' in message.result && isLegacyRevision(message.result.protocolVersion)) this.#revision = message.result.protocolVersion
    this.#receiver.receive(message, about)
  }
}

const answers = (message: Message, id: RequestId): boolean => isResponse(message) && toOwnId(message.id) === id

/** A server that could not parse a request returns an error with a null id. It belongs to the request that was posted. */
const withId = (message: Message, id: RequestId): Message => (isResponse(message) && isFailure(message) && message.id === null ? { ...message, id } : message)

function isErrorMessage(type: string | undefined, text: string): boolean {
  try {
    return type === 'application/json' && parseMessages(text, '').every((message) => isResponse(message) && isFailure(message))
  } catch {
    return false
  }
}
