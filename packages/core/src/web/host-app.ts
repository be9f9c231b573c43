/** Declares the part of Fastify's types that the HTTP transports use, because core does not depend on Fastify. */
import type { Logger } from '../logging/logger.ts'
import type { BodySource } from './body.ts'

export interface HostApp {
  readonly prefix: string
  /** The Node.js server, which all scopes of an application share. */
  readonly server: object
  readonly log: Logger
  /** Synchronous hooks call `done`, which is cheaper than a promise for each request. Fastify catches the errors that they throw. */
  addHook(name: 'onRequest', hook: (request: HostRequest, reply: HostReply, done: () => void) => void): unknown
  addHook(name: 'preParsing', hook: (request: HostRequest) => Promise<void>): unknown
  addHook(name: 'onReady' | 'preClose' | 'onClose', hook: () => Promise<void>): unknown
  register(plugin: (scope: HostApp) => Promise<void>): unknown
  removeAllContentTypeParsers(): void
  addContentTypeParser(types: string[], options: object, parser: (request: HostRequest, payload: BodySource, done: (error: unknown, body?: unknown) => void) => void): unknown
  setErrorHandler(handler: (error: unknown, request: HostRequest, reply: HostReply) => unknown): unknown
  setNotFoundHandler(handler: (request: HostRequest, reply: HostReply) => unknown): unknown
  hasRoute(options: { method: string; url: string }): boolean
  route(options: { method: string; url: string; handler: (request: HostRequest, reply: HostReply) => unknown }): unknown
}

export interface HostRequest {
  readonly id: unknown
  readonly method: string
  readonly url: string
  readonly ip: unknown
  readonly socket: object
  readonly protocol: string
  readonly host: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly params: unknown
  readonly body: unknown
  /** Whether no route matches the request. */
  readonly is404: boolean
  readonly log: { debug(details: object, message: string): void; isLevelEnabled?(level: string): boolean }
  readonly raw: { readonly rawHeaders?: readonly string[]; readonly complete: boolean; readonly socket: { readonly destroyed?: boolean; once?(event: 'close', listener: () => void): unknown; destroy?(): unknown }; resume?(): unknown }
}

export interface HostReply {
  readonly raw: { on(event: 'close', listener: () => void): unknown; readonly writableFinished: boolean; readonly writableEnded: boolean }
  readonly statusCode: number
  headers(values: Readonly<Record<string, string | string[]>>): unknown
  getHeader(name: string): unknown
  removeHeader(name: string): unknown
  code(status: number): HostReply
  send(body?: unknown): unknown
}
