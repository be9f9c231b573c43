/** Reads the body of a Node.js request. */
import type { Readable } from 'node:stream'
import { BodyPieces, incompleteBody, type BodyBounds } from '@gangway/core/internal/http'

/**
 * Reads a body and calls `done` once, with the bytes or an `HttpError`: 413 or 503 if a limit is exceeded, 400 if the connection closes too early.
 * Events cost less than iterating over the stream. After an error, the rest of the body stays in the stream.
 */
export function readBody(source: Readable, announced: string | undefined, bounds: BodyBounds, done: (error: unknown, bytes?: ReturnType<BodyPieces['whole']>) => void): void {
  let pieces: BodyPieces | undefined
  const fail = (error: unknown): void => {
    pieces?.drop()
    pieces = undefined
    done(error)
  }
  try {
    pieces = new BodyPieces(announced, bounds)
  } catch (error) {
    return fail(error)
  }
  const add = (piece: Uint8Array): void => {
    try {
      pieces?.add(piece)
    } catch (error) {
      source.off('data', add)
      source.pause()
      fail(error)
    }
  }
  source.on('data', add)
  source.on('end', () => {
    const bytes = pieces?.whole()
    pieces = undefined
    if (bytes) done(null, bytes)
  })
  source.on('error', (error) => pieces && fail(incompleteBody(error)))
  source.on('close', () => pieces && fail(incompleteBody()))
  source.resume() // Fastify plugins such as @fastify/compress pass on a paused stream.
}
