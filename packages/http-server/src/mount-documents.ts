/** Adds public JSON documents to a Fastify application. */
import { documentReplies, type PublicDocument } from '@gangway/core/internal/http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** Adds the documents at the root of the application, regardless of the scope's prefix. Existing routes take precedence. */
export function mountDocuments(app: FastifyInstance, documents: readonly PublicDocument[]): void {
  const root = rootOf(app)
  for (const document of documents) {
    if (root.hasRoute({ method: 'GET', url: document.path })) continue
    for (const [method, { status, headers, body }] of documentReplies(document)) {
      const handler = (_request: FastifyRequest, reply: FastifyReply): FastifyReply => {
        return reply.code(status).headers(headers).send(body)
      }
      root.route({ method, url: document.path, handler })
    }
  }
}

/** Finds the scope without a prefix. A Fastify scope has its parent scope as its prototype, and only paths of a scope without a prefix are relative to the root. */
function rootOf(app: FastifyInstance): FastifyInstance {
  return app.prefix === '' ? app : rootOf(Object.getPrototypeOf(app) as FastifyInstance)
}
