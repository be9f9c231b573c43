/** Programs that say where they listen. */
import { createInterface } from 'node:readline'
import type { Child } from '../harness/child.ts'

/** Resolves with the address of its endpoint once it has said so; rejects with what it wrote to stderr if it ends instead. */
export async function addressOf(child: Child): Promise<string> {
  const failed = child.ended.then(async (code) => Promise.reject(new Error(`It ended with ${code}: ${await child.stderr}`)))
  failed.catch(() => {}) // It may end later, as it is asked to.
  const said = new Promise<string>((resolve) => {
    // Deno says it on stderr.
    for (const input of [child.process.stdout, child.process.stderr]) createInterface(input).on('line', (line) => addressIn(line, resolve))
  })
  return Promise.race([said, failed])
}

/** A line with a URL in it, or JSON with a port, as workerd writes it. It listens on all addresses or on this one, and at `/mcp` if it does not say. */
function addressIn(line: string, found: (url: string) => void): void {
  const [, port, path] = /(?:http:\/\/[^\s/]+:|"port":)(\d+)(\/\w+)?/.exec(line) ?? []
  if (port) found(`http://127.0.0.1:${port}${path ?? '/mcp'}`)
}
