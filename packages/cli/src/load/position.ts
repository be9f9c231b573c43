/** Where in the user's files a fault lies, as `file:line:column`, from the texts that Node and jiti leave behind. */
import { dirname, sep } from 'node:path'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { withoutGenerations } from './generation.ts'

/** jiti's message ends with it, its columns counted from 0. */
const JITI_FAULT = /^ParseError:[\s\S]*?^\s*(\S.*):(\d+):(\d+)$/m
/** Node begins the stack with the file, the line and a mark below it. */
const NODE_FAULT = /^(\S.*):(\d+)\n[\s\S]*?\n([ \t]*)\^/
const FRAME = /^ {4}at (?:.*\()?((?:file:\/\/|\/|[A-Za-z]:[\\/]).*:\d+:\d+)\)?$/gm

/** Undefined for errors that are not about text which cannot be parsed or linked. */
export function syntaxPosition({ message, stack = '' }: Error): string | undefined {
  const jiti = JITI_FAULT.exec(message)
  if (jiti) return `${jiti[1]}:${jiti[2]}:${Number(jiti[3]) + 1}`
  const node = NODE_FAULT.exec(withoutGenerations(stack))
  return node?.[1] && `${toPath(node[1])}:${node[2]}:${(node[3] ?? '').length + 1}`
}

/** The innermost line of the user's own code on the stack. */
export function framePosition(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const ours = ownFolders()
  const frames = Array.from(withoutGenerations(error.stack ?? '').matchAll(FRAME), ([, frame = '']) => toPath(frame))
  return frames.find((frame) => !frame.includes(`${sep}node_modules${sep}`) && !ours.some((folder) => frame.startsWith(folder)))
}

const toPath = (place: string): string => (place.startsWith('file:') ? fileURLToPath(place) : place)

/** In this repository they are not inside node_modules. */
const ownFolders = (): string[] => [fileURLToPath(import.meta.url), createRequire(import.meta.url).resolve('@gangway/core')].map((file) => dirname(file) + sep)
