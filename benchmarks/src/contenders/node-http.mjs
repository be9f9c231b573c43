/** The floor: node:http and nothing else. */

import { createServer } from 'node:http'
import { answer } from './floor.mjs'
import { settings } from './offer.mjs'

createServer((request, response) => {
  /** @type {Buffer[]} */
  const pieces = []
  request.on('data', (piece) => pieces.push(piece))
  request.on('end', () => {
    const body = answer(Buffer.concat(pieces).toString()) ?? ''
    response.writeHead(body ? 200 : 202, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
    response.end(body)
  })
}).listen(settings().port, '127.0.0.1')
