/** The code blocks of a Markdown page, and what their info strings say of them. */
import { readFileSync } from 'node:fs'

export interface Block {
  readonly language: string
  /** The line in the page. */
  readonly line: number
  readonly code: string
  /** The file that it is, for other blocks to import. */
  readonly file: string | undefined
  /** It cannot run here. */
  readonly notRun: boolean
  /** Where it answers a handshake: `stdio`, or addresses on a port of its own, paths or URLs of which the host is sent. */
  readonly serves: readonly string[]
  /** URLs at which the handler that it exports answers a handshake. */
  readonly answers: readonly string[]
  /** Paths that can be got. */
  readonly gets: readonly string[]
  readonly bearer: string | undefined
}

const FENCE = /^```(\S+)(.*)\n([\s\S]*?)^```$/gm

/** Throws for a word in an info string that means nothing. */
export function blocksOf(page: string): Block[] {
  const text = readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8')
  return [...text.matchAll(FENCE)].map(({ index, 1: language = '', 2: info = '', 3: code = '' }) => {
    const line = text.slice(0, index).split('\n').length
    const words = info.trim().split(/\s+/).filter((word) => word !== '')
    const valuesOf = (name: string): string[] => words.filter((word) => word.startsWith(`${name}=`)).map((word) => word.slice(name.length + 1))
    const unknown = words.find((word) => !/^(not-run|[\w-]+\.(ts|json)|(serves|answers|gets|bearer)=.+)$/.test(word))
    if (unknown !== undefined) throw new Error(`${page}:${line}: "${unknown}" says nothing of a block`)
    return {
      language,
      line,
      code,
      file: words.find((word) => /^[\w-]+\.(ts|json)$/.test(word)),
      notRun: words.includes('not-run'),
      serves: valuesOf('serves'),
      answers: valuesOf('answers'),
      gets: valuesOf('gets'),
      bearer: valuesOf('bearer')[0],
    }
  })
}
