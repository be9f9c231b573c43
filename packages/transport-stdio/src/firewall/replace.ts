/** Puts functions of ours in the place of Node's. */
export type Callable = (...args: unknown[]) => unknown

/** They look like the originals, `util.promisify` included. `import { … }` sees them after `syncBuiltinESMExports()`. Returns what undoes it. */
export function replaceMethods(owner: object, names: readonly string[], wrap: (original: Callable) => Callable): () => void {
  const methods = owner as Record<string, Callable>
  const originals = names.flatMap((name) => (typeof methods[name] === 'function' ? [[name, methods[name]] as const] : []))
  for (const [name, original] of originals) methods[name] = Object.defineProperties(wrap(original), Object.getOwnPropertyDescriptors(original))
  return () => {
    for (const [name, original] of originals) methods[name] = original
  }
}
