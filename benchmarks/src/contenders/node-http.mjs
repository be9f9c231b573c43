/** The floor on HTTP: bare node:http. */

import { createServer } from 'node:http'
import { answer, steps } from './floor.mjs'
import { settings } from './offer.mjs'

const { port, result } = settings()

createServer((request, response) => {
  /** @type {Buffer[]} */
  const pieces = []
  request.on('data', (piece) => pieces.push(piece))
  request.on('end', () => {
    const message = JSON.parse(Buffer.concat(pieces).toString())
    if (message.params?.name === 'steps') return stream(steps(message), response)
    const body = answer(message, result) ?? ''
    response.writeHead(body ? 200 : 202, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
    response.end(body)
  })
}).listen(port, '127.0.0.1')

/**
 * One write for each message.
 * @param {string[]} messages
 * @param {import('node:http').ServerResponse} response
 */
function stream(messages, response) {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (const message of messages) response.write(`event: message\ndata: ${message}\n\n`)
  response.end()
}
