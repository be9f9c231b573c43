/** As much of Fastify's types as the HTTP transports share the use of: core does not depend on it. */
export interface HostApp {
  readonly prefix: string
  addHook(name: 'onRequest', hook: (request: HostRequest, reply: HostReply) => Promise<void>): unknown
  addHook(name: 'onReady' | 'preClose' | 'onClose', hook: () => Promise<void>): unknown
  register(plugin: (scope: HostApp) => Promise<void>): unknown
  removeAllContentTypeParsers(): void
  addContentTypeParser(type: string, options: { parseAs: 'buffer'; bodyLimit: number }, parser: (request: HostRequest, body: Uint8Array) => Promise<unknown>): unknown
  setErrorHandler(handler: (error: unknown, request: HostRequest, reply: HostReply) => unknown): unknown
  hasRoute(options: { method: string; url: string }): boolean
  route(options: { method: string; url: string; handler: (request: HostRequest, reply: HostReply) => unknown }): unknown
}

export interface HostRequest {
  readonly method: string
  readonly url: string
  readonly protocol: string
  readonly host: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly params: unknown
  readonly raw: { readonly headers: unknown; readonly headersDistinct?: Readonly<Record<string, string[] | undefined>> }
  readonly body: unknown
  readonly log: { error(error: unknown): void }
}

export interface HostReply {
  readonly raw: { once(event: 'close', listener: () => void): unknown; readonly writableFinished: boolean }
  headers(values: Readonly<Record<string, string>>): unknown
  getHeader(name: string): unknown
  code(status: number): HostReply
  send(body?: unknown): unknown
}
