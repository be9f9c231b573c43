/** What every door offers to the suite: a place to connect to, and wires that carry texts both ways. */
import type { Running, ServerDefinition } from '@gangway/core'
import type { Id, Message, Revision } from './message.ts'

/** One client's way to the server. */
export interface Wire {
  /** Sends each text as one message, all at once where there is one channel. Over HTTP, resolves with the last reply. */
  send(...texts: string[]): Promise<void>
  /** True where the answers to `send` have come when it resolves. */
  readonly answersInline: boolean
  /** Closes the connection that carries this request, where there is one for each. */
  abandon?(id: Id): void
  /** The client leaves. */
  close(): Promise<void>
}

/** Takes the text of each message that the server sends. */
export type Receive = (text: string) => void

/** A server that is being served behind a door. */
export interface Served {
  /** Undefined where there is nothing to connect to by address. */
  readonly url: string | undefined
  readonly running?: Running
  connect(receive: Receive, revision: Revision): Promise<Wire>
  /** The server ends in good order, after all that is in flight. */
  end?(): Promise<void>
  close(): Promise<void>
}

/** Starts to serve. */
export type Door = (server: ServerDefinition) => Promise<Served>

export type Matches = (message: Message) => boolean
