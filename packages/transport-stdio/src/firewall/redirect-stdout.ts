/** Redirects `process.stdout`, and with it `console`, to stderr. */
import process from 'node:process'
import type { Callable } from './replace.ts'

/** Calls `onStrayWrite` with our replacement function that was called. Returns a function that restores the stream. */
export function redirectStdout(onStrayWrite: (called: Callable) => void): () => void {
  const { stdout, stderr } = process
  const { write: ownWrite, end, destroy, cork, uncork } = stdout
  let full = false
  const drained = (): void => {
    full = false
    stdout.emit('drain') // The caller got `false` from `write`, so it waits for this event.
  }
  const forward = (...args: unknown[]): boolean => {
    const roomy = Reflect.apply(stderr.write, stderr, args) as boolean
    if (!roomy && !full) stderr.once('drain', drained)
    full ||= !roomy
    return roomy
  }
  const write = (...args: unknown[]): boolean => {
    onStrayWrite(write)
    return forward(...args)
  }
  const redirected = {
    write,
    // Ending the stream would close the connection to the client.
    end: (...args: unknown[]): typeof stdout => {
      const told = args.findLast((argument) => typeof argument === 'function') as (() => void) | undefined
      const finish = (): void => {
        told?.()
        tellOfFinish(stdout)
      }
      const [chunk, encoding] = args
      if (chunk === undefined || chunk === null || chunk === told) process.nextTick(finish)
      else {
        onStrayWrite(redirected.end)
        forward(chunk, typeof encoding === 'string' ? encoding : undefined, finish)
      }
      return stdout
    },
    // Node.js itself destroys the stream with an error, for example EPIPE.
    destroy: (error?: Error) => (error ? Reflect.apply(destroy, stdout, [error]) : stdout) as typeof stdout,
    cork: () => {},
    uncork: () => {},
  }
  Object.assign(stdout, redirected)
  return () => void Object.assign(stdout, { write: ownWrite, end, destroy, cork, uncork })
}

/**
 * Calls `finish` listeners although the stream stays open: `pipeline` waits for them. Listeners of `pipe()` are left out, because they would stop a pipe that still has data.
 */
function tellOfFinish(stdout: typeof process.stdout): void {
  for (const listener of stdout.rawListeners('finish')) if (!isOfPipe(listener)) Reflect.apply(listener, stdout, [])
}

/** Node.js names the listener of `pipe()` "onfinish" and adds it with `once`. */
const isOfPipe = (listener: unknown): boolean => (listener as { readonly listener?: { readonly name: string } }).listener?.name === 'onfinish'
