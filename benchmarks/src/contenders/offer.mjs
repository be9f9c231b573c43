/** The tools of every contender: the same names, schemas and handlers for all libraries. */

import { setImmediate as turn } from 'node:timers/promises'

/**
 * Settings of a contender, as JSON in its first argument.
 * @typedef {{
 *   transport: 'http' | 'stdio',
 *   port: number,
 *   mode: 'session' | 'stateless' | 'modern',
 *   door?: 'fastify' | 'plugin' | 'node' | 'fetch',
 *   tools?: number,
 *   names?: ToolName[],
 *   maxSessions?: number,
 *   news?: boolean,
 *   locked?: { issuer: string, audience: string, keys: import('jose').JSONWebKeySet },
 *   result?: string,
 * }} Settings `tools` is the number of tools, named ones included. `result` is the JSON that a floor responds with, whatever the request is. With `news`, Gangway has a resource, and a tool that reports its change. `locked` configures the tokens that Gangway accepts
 */

/**
 * @typedef {'echo' | 'measure' | 'large' | 'steps' | 'talk'} ToolName
 * @typedef {{ text: string, bytes: number, count: number }} Arguments each tool has one of them
 * @typedef {(step: number, total: number, message?: string) => unknown} Progress
 */

/** Bytes of each message of `talk`. */
export const TALK = 512 * 1024

/** @type {Record<ToolName, { input: keyof Arguments, run: (given: Arguments, progress: Progress) => string | Promise<string> }>} */
const HANDLERS = {
  echo: { input: 'text', run: (/** @type {Arguments} */ { text }) => text },
  measure: { input: 'text', run: (/** @type {Arguments} */ { text }) => String(text.length) },
  large: { input: 'bytes', run: (/** @type {Arguments} */ { bytes }) => 'x'.repeat(bytes) },
  steps: {
    input: 'count',
    run: async (/** @type {Arguments} */ { count }, /** @type {Progress} */ progress) => {
      for (let step = 1; step <= count; step++) await progress(step, count)
      return 'done'
    },
  },
  talk: {
    input: 'count',
    run: async (/** @type {Arguments} */ { count }, /** @type {Progress} */ progress) => {
      for (let step = 1; step <= count; step++) {
        await progress(step, count, String(step % 10).repeat(TALK))
        await turn()
      }
      return 'done'
    },
  },
}

/** @returns {Settings} */
export const settings = () => JSON.parse(process.argv[2] ?? '{}')

/**
 * Input fields are zod schemas. The named tools are in the middle of the list, so that a linear search does not find them first.
 * @param {typeof import('zod').z} z the contender's own copy of zod
 * @param {Settings} settings
 * @returns {{ name: string, description: string, shape: Record<string, import('zod').ZodType>, run: (given: any, progress: Progress) => string | Promise<string> }[]}
 */
export function offer(z, { tools = 1, names = ['echo'] }) {
  const named = names.map((name) => {
    const { input, run } = HANDLERS[name]
    return { name, description: `Answers as ${name} does`, shape: { [input]: input === 'text' ? z.string() : z.number() }, run }
  })
  const others = Array.from({ length: Math.max(0, tools - named.length) }, (_, index) => ({
    name: `tool_${index}`,
    description: `Finds records of kind ${index} and tells what is known of them`,
    shape: { query: z.string(), limit: z.number().optional(), offset: z.number().optional() },
    run: () => 'nothing found',
  }))
  const half = others.length >> 1
  return [...others.slice(0, half), ...named, ...others.slice(half)]
}
