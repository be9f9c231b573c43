/** `npm start`: serves the application on `PORT` or 8000, with one user. */
import { randomBytes } from 'node:crypto'
import { createApp } from './app.ts'
import { Errands } from './errands.ts'
import { People } from './people.ts'

const port = Number(process.env['PORT'] || 8000)
const origin = process.env['ORIGIN'] || `http://localhost:${port}`
const people = new People()
const password = randomBytes(6).toString('base64url')
const key = people.add('ada', password)

const app = await createApp({ people, errands: new Errands(), origins: [origin], fastify: { logger: { level: 'warn' } } })
// Calls in flight get their responses first. A second signal stops the process at once.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void app.close())
await app.listen({ host: 'localhost', port })

console.log(`Errands: ${origin}/ (ada, password ${password})
MCP:     ${origin}/api/mcp, or ${origin}/api/sse for old clients
         Authorization: Bearer ${key}`)
