/** Keeps what a callback throws away from who calls it. */

/** Its errors are uncaught ones, as those of any listener: the connection is not to blame, and goes on. */
export const apart =
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
