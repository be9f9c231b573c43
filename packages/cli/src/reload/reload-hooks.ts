/** Follows imports on the loader thread of Node.js 20. */
import type { MessagePort } from 'node:worker_threads'
import { Generations } from './generations.ts'

interface Context {
  readonly parentURL?: string
}
type Resolve = (specifier: string, context: Context) => Promise<{ readonly url: string }>

let generations: Generations | undefined

export function initialize({ port }: { readonly port: MessagePort }): void {
  generations = new Generations((report) => port.postMessage(report))
}

export async function resolve(specifier: string, context: Context, next: Resolve): Promise<unknown> {
  try {
    const result = await next(specifier, context)
    return generations?.resolved(result, context.parentURL) ?? result
  } catch (error) {
    generations?.missed(specifier, context.parentURL)
    throw error
  }
}
