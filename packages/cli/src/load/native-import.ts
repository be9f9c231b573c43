/** Imports a file as Node itself does, and tells whether its code began to run. */
import process from 'node:process'

type Outcome = { readonly module: object } | { readonly error: unknown; readonly started: boolean }

let attempts = 0

export async function importNative(url: string): Promise<Outcome> {
  const key = `gangway.started.${attempts++}`
  // Modules run in the order of their imports once all are linked, so the first runs only if the second could be linked.
  const probe = dataUrl(`globalThis[Symbol.for(${JSON.stringify(key)})] = true`)
  try {
    await import(dataUrl(`import ${JSON.stringify(probe)}; import ${JSON.stringify(url)}`))
    return { module: (await import(url)) as object }
  } catch (error) {
    return { error, started: Reflect.has(globalThis, Symbol.for(key)) }
  } finally {
    Reflect.deleteProperty(globalThis, Symbol.for(key))
  }
}

const dataUrl = (source: string): string => `data:text/javascript,${encodeURIComponent(source)}`

/**
 * Node keeps to itself where a module cannot be parsed until that ends a process. So another one is made to end of it:
 * for files that cannot be linked, of which nothing runs there either.
 */
export function revealPosition(error: SyntaxError, url: string): void {
  const { stderr } = process.getBuiltinModule('node:child_process').spawnSync(process.execPath, ['--input-type=module', '--eval', `import ${JSON.stringify(url)}`], { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'], timeout: 10_000 })
  const start = stderr.search(/^file:.*:\d+$/m)
  if (start >= 0) error.stack = stderr.slice(start)
}
