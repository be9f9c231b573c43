/** fastmcp, with its own server. */

import { FastMCP } from 'fastmcp'
import { z } from 'zod'
import { offer, settings } from '../src/contenders/offer.mjs'

const given = settings()
const streams = given.names?.some((name) => name === 'steps' || name === 'talk') ?? false
const server = new FastMCP({ name: 'bench', version: '1.0.0', ping: { enabled: false }, logger: { debug() {}, error() {}, info() {}, log() {}, warn() {} } })
for (const { name, description, shape, run } of offer(z, given)) {
  server.addTool({ name, description, parameters: z.object(shape), execute: (input, { reportProgress }) => Promise.resolve(run(input, (progress, total, message) => reportProgress({ progress, total, message }))) })
}
if (given.transport === 'stdio') await server.start({ transportType: 'stdio' })
else await server.start({ transportType: 'httpStream', httpStream: { port: given.port, host: '127.0.0.1', endpoint: '/mcp', stateless: given.mode === 'stateless', enableJsonResponse: !streams } })
