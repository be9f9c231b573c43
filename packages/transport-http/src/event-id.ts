/** Ids of events: the stream, and the place in it. */

export interface EventId {
  readonly stream: string
  readonly sequence: number
  /** Whether the stream is the one for what is said unasked. */
  readonly standing: boolean
  /** Of the process that the session was restored in; empty in the one where it began. */
  readonly epoch: string
}

export const toStreamName = (number: number, { standing, epoch }: Pick<EventId, 'standing' | 'epoch'>): string => `${standing ? 's' : ''}${number}${epoch}`

export const toEventId = (stream: string, sequence: number): string => `${stream}_${sequence}`

/** Undefined for what is no id of ours. */
export function parseEventId(id: string): EventId | undefined {
  const [, stream, standing, epoch = '', sequence] = /^((s?)\d+(r[a-z\d]+)?)_(\d+)$/.exec(id) ?? []
  return stream === undefined ? undefined : { stream, sequence: Number(sequence), standing: standing === 's', epoch }
}
