/** A program that says where it listens. */
import { createInterface } from 'node:readline'
import { startChild, type Child } from '../doors/child.ts'

export interface Listening {
  readonly url: string
  readonly child: Child
}

/** Resolves once it has said so; rejects with what it wrote to stderr if it ends instead. */
export async function listening(cwd: string, command: string, args: readonly string[]): Promise<Listening> {
  const child = startChild(command, args, cwd)
  const failed = child.ended.then(async (code) => Promise.reject(new Error(`It ended with ${code}: ${await child.stderr}`)))
  failed.catch(() => {}) // It may end later, as it is asked to.
  const said = new Promise<string>((resolve) => createInterface(child.process.stdout).on('line', (line) => addressIn(line, resolve)))
  return { url: await Promise.race([said, failed]), child }
}

/** A line with a URL in it, or JSON with a port, as workerd writes it. */
function addressIn(line: string, found: (url: string) => void): void {
  const [url] = /http:\/\/[^\s"]+/.exec(line) ?? []
  const [, port] = /"port":(\d+)/.exec(line) ?? []
  if (url ?? port) found(url?.replace('//0.0.0.0:', '//127.0.0.1:') ?? `http://127.0.0.1:${port}/`)
}
