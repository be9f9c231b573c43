/** Reads a stream as Server-Sent Events. */
import type { Readable } from 'node:stream'

export interface ServerEvent {
  event: string
  data: string
  id?: string
}

/** Resolves when the stream has ended. Comments are told of as events without a name. */
export function eachEvent(stream: Readable, take: (event: ServerEvent) => void): Promise<void> {
  let rest = ''
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    const blocks = (rest + chunk).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) take(parse(block))
  })
  return new Promise((resolve) => stream.once('close', resolve))
}

function parse(block: string): ServerEvent {
  const fields = block.split('\n').map((line) => line.split(/: ?(.*)/s, 2) as [string, string])
  const { '': comment, ...found } = Object.fromEntries(fields)
  return comment === undefined ? { event: 'message', data: '', ...found } : { event: '', data: comment }
}
