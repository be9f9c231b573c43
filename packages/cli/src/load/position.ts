/** Extracts the position of an error in the user's code, as `file:line:column`, from messages and stacks of Node.js and jiti. */
import { dirname, sep } from 'node:path'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { withoutGenerations } from './generation.ts'

/** In a message of jiti. Its columns are 0-based. */
const JITI_FAULT = /^ParseError:[\s\S]*?^\s*(\S.*):(\d+):(\d+)$/m
/** At the start of a stack of Node.js: file, line, and a caret below the code. */
const NODE_FAULT = /^(\S.*):(\d+)\n[\s\S]*?\n([ \t]*)\^/
const FRAME = /^ {4}at (?:.*\()?((?:file:\/\/|\/|[A-Za-z]:[\\/]).*:\d+:\d+)\)?$/gm

/** The position of a syntax or linking error; undefined for other errors. */
export function syntaxPosition({ message, stack = '' }: Error): string | undefined {
  const jiti = JITI_FAULT.exec(message)
  if (jiti) return `${jiti[1]}:${jiti[2]}:${Number(jiti[3]) + 1}`
  const node = NODE_FAULT.exec(withoutGenerations(stack))
  return node?.[1] && `${toPath(node[1])}:${node[2]}:${(node[3] ?? '').length + 1}`
}

/** The innermost stack frame in the user's own code. */
export function framePosition(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const ours = ownFolders()
  const frames = Array.from(withoutGenerations(error.stack ?? '').matchAll(FRAME), ([, frame = '']) => toPath(frame))
  return frames.find((frame) => !frame.includes(`${sep}node_modules${sep}`) && !ours.some((folder) => frame.startsWith(folder)))
}

const toPath = (place: string): string => (place.startsWith('file:') ? fileURLToPath(place) : place)

/** Excluded by path, because in this repository they are not in node_modules. */
const ownFolders = (): string[] => [fileURLToPath(import.meta.url), createRequire(import.meta.url).resolve('@gangway/core')].map((file) => dirname(file) + sep)
