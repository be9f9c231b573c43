/** Finds out the client address and the connection of a Node.js, Express or Fastify request. */
import type { IncomingMessage } from 'node:http'
import type { ClientSource } from '@gangway/core/internal/http'
import type { FastifyRequest } from 'fastify'
import { connectionOf } from './pipelined-replies.ts'

type HostRequest = FastifyRequest | (IncomingMessage & { readonly ip?: unknown })

/** Looks up both only when they are needed. */
class RequestSource implements ClientSource {
  readonly #request: HostRequest

  constructor(request: HostRequest) {
    this.#request = request
  }

  /** Express and Fastify have the address in `ip`. */
  get address(): string | undefined {
    const { ip, socket } = this.#request
    return typeof ip === 'string' ? ip : socket?.remoteAddress
  }

  get connection(): object | undefined {
    return connectionOf('raw' in this.#request ? this.#request.raw : this.#request)
  }
}

export const sourceOf = (request: HostRequest): ClientSource => new RequestSource(request)
