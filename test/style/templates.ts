/** Collects the text that users read from the sources of a package: every string and template with at least three words. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseAst } from 'vitest/node'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Folders whose strings are shell scripts. */
const SCRIPTS = 'packages/cli/src/completion/'

export interface Template {
  /** `packages/cli/src/errors.ts:12` */
  readonly place: string
  /** An expression in a template is replaced with `…`. */
  readonly text: string
}

interface Node {
  readonly type: string
  readonly start: number
  readonly value?: unknown
  readonly quasis?: readonly { readonly value: { readonly cooked: string } }[]
}

/** Comments are no part of the syntax tree, so only code is searched. */
export function templatesIn(name: string): readonly Template[] {
  const folder = `packages/${name}/src`
  const files = readdirSync(join(ROOT, folder), { encoding: 'utf8', recursive: true }).filter((file) => file.endsWith('.ts'))
  return files.map((file) => `${folder}/${file}`).filter((file) => !file.startsWith(SCRIPTS)).flatMap((file) => {
    const source = readFileSync(join(ROOT, file), 'utf8')
    const lineAt = (offset: number): number => source.slice(0, offset).split('\n').length
    return [...textsIn(parseAst(source, { lang: 'ts' }))].filter(({ text }) => isProse(text)).map(({ text, start }) => ({ place: `${file}:${lineAt(start)}`, text }))
  })
}

function* textsIn(node: unknown): Iterable<{ text: string; start: number }> {
  if (Array.isArray(node)) for (const child of node as unknown[]) yield* textsIn(child)
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return
  const { type, start, value, quasis } = node as Node
  if (type === 'Literal' && typeof value === 'string') yield { text: value, start }
  if (type === 'TemplateLiteral' && quasis) yield { text: quasis.map((quasi) => quasi.value.cooked).join('…'), start }
  for (const child of Object.values(node)) yield* textsIn(child)
}

/** Code in strings, such as a program for `--eval`, has other characters than prose. */
const isProse = (text: string): boolean => text.includes(' ') && (text.match(/(?<![\w<$-])[a-z]{2,}(?![\w>(=])/gi) ?? []).length >= 3 && !/^"use strict"|^import[ {*]|=>|[{}];|\)\s*\{/.test(text)
