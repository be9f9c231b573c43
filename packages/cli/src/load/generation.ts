/** The mark on the address of a module that tells one load of the same file from the next. */

const MARK = /([?&])gangway-reload=(\d+)/

/** Undefined for a module that bears none. */
export function generationOf(url: string | undefined): number | undefined {
  const number = url === undefined ? undefined : MARK.exec(url)?.[2]
  return number === undefined ? undefined : Number(number)
}

/** `url` bears none yet. */
export function withGeneration(url: string, generation: number): string {
  const [address = '', ...hash] = url.split('#')
  return [`${address}${address.includes('?') ? '&' : '?'}gangway-reload=${generation}`, ...hash].join('#')
}

/** For texts that people read. */
export const withoutGenerations = (text: string): string => text.replaceAll(new RegExp(MARK, 'g'), '')
