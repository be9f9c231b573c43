/** Imports a file with Node.js, and reports whether any of its code has run. */
import process from 'node:process'

type Outcome = { readonly module: object } | { readonly error: unknown; readonly started: boolean }

let attempts = 0

export async function importNative(url: string): Promise<Outcome> {
  const key = `gangway.started.${attempts++}`
  // Modules run in order once all are linked: the probe runs only if the file could be linked.
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
 * Adds the position to a syntax error. Node.js prints it only when the error ends a process, so a child process imports the file.
 * No code of the file runs there, because it cannot be linked.
 */
export function revealPosition(error: SyntaxError, url: string): void {
  const { stderr } = process.getBuiltinModule('node:child_process').spawnSync(process.execPath, ['--input-type=module', '--eval', `import ${JSON.stringify(url)}`], { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'], timeout: 10_000 })
  const start = stderr.search(/^file:.*:\d+$/m)
  if (start >= 0) error.stack = stderr.slice(start)
}
