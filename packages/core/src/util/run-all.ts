/** Runs every listener even if some of them throw, and throws the first error afterwards. */
export function runAll(listeners: Iterable<() => void>): void {
  let errors: unknown[] | undefined
  for (const run of listeners) {
    try {
      run()
    } catch (error) {
      ;(errors ??= []).push(error)
    }
  }
  if (errors) throw errors[0]
}
