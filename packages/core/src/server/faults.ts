/** What fails behind the back of all handlers fails its request and is logged; the server goes on. */
import { InternalError } from '../jsonrpc/errors.ts'
import type { HostProcess } from './host.ts'
import type { Logger } from './logger.ts'
import { currentScope, knowScopes } from './scope.ts'

export function outliveFaults(process: HostProcess, logger: Logger): void {
  process.stderr?.on('error', () => {}) // Nobody may be left to read it, and to say so there would go on for ever.
  knowScopes(process)
  const outlive = (kind: string) => (err: unknown) => {
    const { method, id, exchange } = currentScope() ?? {}
    logger.error({ ...(exchange && { method, id }), err }, `${kind}; the server goes on`)
    exchange?.fail(new InternalError())
  }
  // A file that throws right after its `run()` has not been loaded, and that ends the process.
  setTimeout(() => {
    process.on('unhandledRejection', outlive('A promise was rejected that nobody awaits'))
    process.on('uncaughtException', outlive('An error was thrown where nobody catches it'))
  })
}
