/** Replaces methods of Node.js modules. */
export type Callable = (...args: unknown[]) => unknown

/**
 * The replacements keep the properties of the originals, such as `util.promisify.custom`. Named imports see them after `syncBuiltinESMExports()`.
 * Returns a function that restores the originals.
 */
export function replaceMethods(owner: object, names: readonly string[], wrap: (original: Callable) => Callable): () => void {
  const methods = owner as Record<string, Callable>
  const originals = names.flatMap((name) => (typeof methods[name] === 'function' ? [[name, methods[name]] as const] : []))
  for (const [name, original] of originals) methods[name] = Object.defineProperties(wrap(original), Object.getOwnPropertyDescriptors(original))
  return () => {
    for (const [name, original] of originals) methods[name] = original
  }
}
