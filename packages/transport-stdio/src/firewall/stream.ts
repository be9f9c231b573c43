/** Keeps others from `process.stdout`, and with it from `console`: what they write there goes to stderr. */
import process from 'node:process'
import type { Callable } from './replace.ts'

/** `stray` is told which of our functions was called. Returns a function that restores the stream. */
export function divertStream(stray: (called: Callable) => void): () => void {
  const { stdout, stderr } = process
  const { write: ownWrite, end, destroy, cork, uncork } = stdout
  let full = false
  const drained = (): void => {
    full = false
    stdout.emit('drain') // Whoever is told to wait waits for it.
  }
  const forward = (...args: unknown[]): boolean => {
    const roomy = Reflect.apply(stderr.write, stderr, args) as boolean
    if (!roomy && !full) stderr.once('drain', drained)
    full ||= !roomy
    return roomy
  }
  const write = (...args: unknown[]): boolean => {
    stray(write)
    return forward(...args)
  }
  const diverted = {
    write,
    // Its end would be that of the connection.
    end: (...args: unknown[]): typeof stdout => {
      const told = args.findLast((argument) => typeof argument === 'function') as (() => void) | undefined
      const finish = (): void => {
        told?.()
        tellOfFinish(stdout)
      }
      const [chunk, encoding] = args
      if (chunk === undefined || chunk === null || chunk === told) process.nextTick(finish)
      else {
        stray(diverted.end)
        forward(chunk, typeof encoding === 'string' ? encoding : undefined, finish)
      }
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

/** Whoever ends it may wait to hear that it has finished, as `pipeline` does, which on a file waits for its close, too, in vain. Not those that pipe into it: they would stop, and it takes more. */
function tellOfFinish(stdout: typeof process.stdout): void {
  for (const listener of stdout.rawListeners('finish')) if (!isOfPipe(listener)) Reflect.apply(listener, stdout, [])
}

/** Node's own is known by its name, and by hearing it but once. */
const isOfPipe = (listener: unknown): boolean => (listener as { readonly listener?: { readonly name: string } }).listener?.name === 'onfinish'
