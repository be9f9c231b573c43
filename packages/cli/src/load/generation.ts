/** The query parameter in module URLs that makes Node.js load a file again after a change. */

const MARK = /([?&])gangway-reload=(\d+)/

/** Undefined if the URL has no such parameter. */
export function generationOf(url: string | undefined): number | undefined {
  const number = url === undefined ? undefined : MARK.exec(url)?.[2]
  return number === undefined ? undefined : Number(number)
}

/** `url` must not have the parameter yet. */
export function withGeneration(url: string, generation: number): string {
  const [address = '', ...hash] = url.split('#')
  return [`${address}${address.includes('?') ? '&' : '?'}gangway-reload=${generation}`, ...hash].join('#')
}

/** Removes the parameter from messages and stacks. */
export const withoutGenerations = (text: string): string => text.replaceAll(new RegExp(MARK, 'g'), '')
