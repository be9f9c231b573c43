/** The MCP server: tools and a resource for the caller's errands. */
import { McpServer, ToolError, type AuthInfo } from '@gangway/core'
import { z } from 'zod'
import type { Errands } from './errands.ts'

const errand = z.object({ id: z.int(), what: z.string(), done: z.boolean() })

/** `auth` is always set, because `authenticate` rejects unknown callers. */
const personOf = ({ auth }: { readonly auth: AuthInfo | undefined }): string => auth!.subject

export function createServer(errands: Errands): McpServer {
  const server = new McpServer({ name: 'errands', version: '1.0.0', instructions: 'The errands of the user. List them before you add one.' })
    .tool('list_errands', {
      description: 'List all errands, done and not done',
      annotations: { readOnlyHint: true },
      output: { errands: z.array(errand) },
    }, (_, context) => ({ errands: [...errands.list(personOf(context))] }))

    .tool('add_errand', {
      description: 'Add an errand',
      input: { what: z.string().min(1).max(200) },
      output: errand,
    }, ({ what }, context) => errands.add(personOf(context), what))

    .tool('finish_errand', {
      description: 'Mark an errand as done',
      annotations: { idempotentHint: true },
      input: { id: z.int() },
      output: errand,
    }, ({ id }, context) => {
      const finished = errands.finish(personOf(context), id)
      if (!finished) throw new ToolError(`No errand ${id}: call list_errands to see the ids`)
      return finished
    })

    .resource('errands://mine', { description: 'The errands that are not done' }, (_, context) => errands.list(personOf(context)).filter(({ done }) => !done))

    // A plain HTTP route, which requires the same authentication.
    .route({ method: 'GET', path: '/errands.csv', auth: 'required' }, (_request, context) => {
      const lines = errands.list(personOf(context)).map(({ id, what, done }) => `${id},"${what.replaceAll('"', '""')}",${done}`)
      return new Response(['id,what,done', ...lines, ''].join('\r\n'), { headers: { 'content-type': 'text/csv; charset=utf-8' } })
    })

  errands.onChange(() => server.changed('errands://mine')) // Each subscriber reads the resource again, and gets its own errands.
  return server
}
