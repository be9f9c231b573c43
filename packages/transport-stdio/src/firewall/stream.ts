/** Keeps others from `process.stdout`, and with it from `console`: what they write there goes to stderr. */
import process from 'node:process'

/** Returns what undoes it. */
export function divertStream(stray: () => void): () => void {
  const { stdout, stderr } = process
  const { write: ownWrite, end, destroy, cork, uncork } = stdout
  let full = false
  const drained = (): void => {
    full = false
    stdout.emit('drain') // Whoever is told to wait waits for it.
  }
  const write = (...args: unknown[]): boolean => {
    stray()
    const roomy = Reflect.apply(stderr.write, stderr, args) as boolean
    if (!roomy && !full) stderr.once('drain', drained)
    full ||= !roomy
    return roomy
  }
  const diverted = {
    write,
    // Its end would be that of the connection.
    end: (...args: unknown[]): typeof stdout => {
      const [chunk] = args
      if (chunk !== undefined && chunk !== null && typeof chunk !== 'function') write(...args)
      else if (typeof args.at(-1) === 'function') process.nextTick(args.at(-1) as () => void)
      return stdout
    },
    // Node itself does it with an error, such as that nobody reads any more.
    destroy: (error?: Error) => (error ? Reflect.apply(destroy, stdout, [error]) : stdout) as typeof stdout,
    cork: () => {},
    uncork: () => {},
  }
  Object.assign(stdout, diverted)
  return () => void Object.assign(stdout, { write: ownWrite, end, destroy, cork, uncork })
}
