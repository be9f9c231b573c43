/** Adds health probes for orchestrators such as Kubernetes. They are open to every caller and every Host header. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** Adds `/livez`, which returns 200, and `/readyz`, which returns 200 while the server is ready and 503 otherwise. Existing routes of the application take precedence. */
export function mountProbes(app: FastifyInstance, isReady: () => boolean): void {
  const probe = (url: string, isWell: () => boolean): void => {
    if (app.hasRoute({ method: 'GET', url })) return
    const handler = (_request: FastifyRequest, reply: FastifyReply): FastifyReply => (isWell() ? reply.code(200).send({ status: 'ok' }) : reply.code(503).send({ status: 'closing' }))
    app.route({ method: 'GET', url, handler })
  }
  probe('/livez', () => true)
  probe('/readyz', isReady)
}
