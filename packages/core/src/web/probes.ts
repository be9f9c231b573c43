/** What an orchestrator asks a server of its own: whether it lives, and whether to send it requests. Open to everybody, under any host name. */
import type { HostApp, HostReply } from './host-app.ts'

/** `/livez` answers 200 as long as the process does; `/readyz` only while the server is ready, else 503. Routes that the application has already go before them. */
export function mountProbes(app: HostApp, isReady: () => boolean): void {
  const probe = (url: string, isWell: () => boolean): void => {
    if (app.hasRoute({ method: 'GET', url })) return
    const handler = (_request: unknown, reply: HostReply): unknown => (isWell() ? reply.code(200).send({ status: 'ok' }) : reply.code(503).send({ status: 'closing' }))
    app.route({ method: 'GET', url, handler })
  }
  probe('/livez', () => true)
  probe('/readyz', isReady)
}
