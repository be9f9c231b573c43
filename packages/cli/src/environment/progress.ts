/** Shows progress on a terminal. */
import process from 'node:process'

/** Returns a function that removes the line; calling it again has no effect. */
export function progress(text: string): () => void {
  const { stderr } = process
  if (!stderr.isTTY) return () => {}
  const begun = Date.now()
  const draw = (): void => void stderr.write(`\r\u001B[Kgangway: ${text} … ${Math.round((Date.now() - begun) / 1000)} s`)
  draw()
  const timer = setInterval(draw, 1000).unref()
  let shown = true
  return () => {
    clearInterval(timer)
    if (shown) stderr.write('\r\u001B[K')
    shown = false
  }
}
