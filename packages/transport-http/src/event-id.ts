/** Event ids, which consist of the stream's name and the event's sequence number in it. */

export interface EventId {
  readonly stream: string
  readonly sequence: number
  /** Whether the stream is the standalone stream, which carries messages that belong to no request. */
  readonly standalone: boolean
  /** Identifies the process that restored the session; empty for the process that created it. */
  readonly epoch: string
}

export const toStreamName = (number: number, { standalone, epoch }: Pick<EventId, 'standalone' | 'epoch'>): string => `${standalone ? 's' : ''}${number}${epoch}`

export const toEventId = (stream: string, sequence: number): string => `${stream}_${sequence}`

/** Returns undefined if this is not an id that `toEventId` creates. */
export function parseEventId(id: string): EventId | undefined {
  const [, stream, standalone, epoch = '', sequence] = /^((s?)\d+(r[a-z\d]+)?)_(\d+)$/.exec(id) ?? []
  return stream === undefined ? undefined : { stream, sequence: Number(sequence), standalone: standalone === 's', epoch }
}
