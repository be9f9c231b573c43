/** Replies of the endpoint: complete ones, and the reply to a POST, which is JSON, or an event stream if a message is sent before the response. */
import type { ServerDefinition } from '@gangway/core'
import { encodeMessage, failure, RpcError, type Awaitable, type Message, type RequestId, type ResponseMessage, type Send } from '@gangway/core/internal'
import { EventStream, SSE_HEADERS, type EventStreamOptions } from '@gangway/core/internal/http'
import type { Accept } from './accept.ts'
import type { HttpReply } from './http-message.ts'
import type { SessionStream } from './session-stream.ts'

export const jsonReply = (body: string, status = 200, headers: Readonly<Record<string, string>> = {}): HttpReply => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  body,
})

export const emptyReply = (status: number): HttpReply => ({ status, headers: {}, body: undefined })

export interface PostReplyOptions {
  headers?: Readonly<Record<string, string>>
  /** Options of the event stream, if one is opened. */
  stream: EventStreamOptions
  /** Called if the stream is closed before its end: the client disconnected or read too slowly, or its token expired. */
  onCut?: () => void
  /** Creates the session's stream, which the client can resume. Without it, the event stream cannot be resumed. */
  openChannel?: () => SessionStream
}

/** Receives the messages of an event stream. */
interface Sink {
  /** Whether messages can no longer reach the client. */
  readonly lost: boolean
  send(data: string): void
  end(): void
}

/** Not one of the codes that JSON-RPC and MCP reserve. */
const REQUEST_CANCELLED = -32800

export class PostReply {
  readonly #server: ServerDefinition
  readonly #accept: Accept
  readonly #options: PostReplyOptions
  #begun: HttpReply | undefined
  #awaited: Promise<HttpReply> | undefined
  #resolve: ((reply: HttpReply) => void) | undefined
  #sink: Sink | undefined

  constructor(server: ServerDefinition, accept: Accept, options: PostReplyOptions) {
    this.#server = server
    this.#accept = accept
    this.#options = options
  }

  /** Available as soon as it is known whether the reply is JSON or an event stream. */
  get reply(): Awaitable<HttpReply> {
    return this.#begun ?? (this.#awaited ??= new Promise((resolve) => (this.#resolve = resolve)))
  }

  /** Sends a message before the response. It is dropped if the client accepts only JSON. */
  readonly send: Send = (message) => {
    if (this.#accept.events) this.#write(message)
  }

  /** Sends the response. `status` applies to a JSON body only, because a stream has already started with 200. */
  end(response: ResponseMessage | ResponseMessage[], status = 200): void {
    if (!this.#sink && this.#accept.json) return this.#begin(jsonReply(encodeMessage(this.#server, response), status, this.#options.headers))
    for (const message of [response].flat()) this.#write(message)
    this.#sink?.end()
  }

  /** Used if the server aborts the request because the session or the server ends. The client still waits for a response, so it gets an error. */
  giveUp(id: RequestId): void {
    if (this.#sink) this.#sink.end()
    else this.end(failure(id, new RpcError(REQUEST_CANCELLED, 'The request was cancelled')))
  }

  /**
   * Used if the client canceled the request. No message is due, but the HTTP exchange must end: with an event stream without events,
   * or with 202 if the client accepts only JSON. Specification 2025-11-25: basic/utilities/cancellation.
   */
  cancel(): void {
    if (this.#sink) this.#sink.end()
    else if (this.#accept.events) this.#begin(emptyStream(this.#options.stream))
    else this.#begin(emptyReply(202))
  }

  /** Sends the responses to a batch; 202 if it contained no request. */
  endAll(responses: ResponseMessage[]): void {
    if (responses.length > 0) this.end(responses)
    else if (this.#sink) this.#sink.end()
    else this.#begin(emptyReply(202))
  }

  /** Switches the reply to an event stream. Returns false if the client does not accept one. */
  openStream(): boolean {
    if (this.#accept.events) this.#sink ??= this.#open()
    return this.#accept.events
  }

  #write(message: Message): void {
    this.#sink ??= this.#open()
    if (!this.#sink.lost) this.#sink.send(encodeMessage(this.#server, message))
  }

  #begin(reply: HttpReply): void {
    this.#begun = reply
    this.#resolve?.(reply)
  }

  #open(): Sink {
    const { headers, onCut, openChannel } = this.#options
    const channel = openChannel?.()
    const stream = channel?.connect() ?? new EventStream(this.#options.stream)
    if (onCut) stream.onCancel(onCut)
    this.#begin({ status: 200, headers: { ...SSE_HEADERS, ...headers }, body: stream })
    return channel ?? { get lost() { return stream.ended }, send: (data) => stream.send({ data }), end: () => stream.end() }
  }
}

/** Not a stream of the session: its first event would carry an id, and the client would try to resume. */
function emptyStream(options: EventStreamOptions): HttpReply {
  const body = new EventStream(options)
  body.end()
  return { status: 200, headers: SSE_HEADERS, body }
}
