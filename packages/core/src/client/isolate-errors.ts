/** Isolates the connection from errors thrown by user callbacks. */

/** Rethrows errors of the callback as uncaught exceptions, as an event emitter's listener would, so that they do not break the connection. */
export const isolateErrors =
  <Args extends unknown[]>(callback: (...args: Args) => void): ((...args: Args) => void) =>
  (...args) => {
    try {
      callback(...args)
    } catch (error) {
      queueMicrotask(() => {
        throw error
      })
    }
  }
