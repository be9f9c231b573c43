/** Reading a header once: clients send the same ones with every request. */

/** Texts whose reading is known. They come from clients, so they are bounded. */
const MOST = 64

/** The function, which must depend on the text alone, with its latest findings at hand. */
export function remembered<T>(read: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>()
  return (text) => {
    const found = known.get(text)
    if (found !== undefined) return found
    const result = read(text)
    if (known.size >= MOST) known.clear()
    known.set(text, result)
    return result
  }
}
