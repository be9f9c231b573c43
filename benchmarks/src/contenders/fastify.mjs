/** The floor for Fastify applications: a body parser, and a response that is sent as a string. */

import Fastify from 'fastify'
import { answer } from './floor.mjs'
import { settings } from './offer.mjs'

const { port, result } = settings()
const app = Fastify({ bodyLimit: 2 ** 22 })
app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => done(null, body))
app.post('/mcp', (request, reply) => {
  const body = answer(JSON.parse(/** @type {string} */ (request.body)), result)
  if (body === undefined) return reply.code(202).send()
  return reply.header('content-type', 'application/json').send(body)
})
await app.listen({ port, host: '127.0.0.1' })
